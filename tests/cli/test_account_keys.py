"""Keys of new accounts: fetched by the login of the creation, sealed like it, and used for templates and branding."""

import html
import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import evidence
import pytest
import requests
from rehearsal import Rehearsal, writes_of
from sampling import thinned
from stories import agency, live_account
from terminals import Terminal

from agencyfile.cli import browser
from agencyfile.gate import NotAdmitted, account_api_of

POLICY = "  portal: {fetch_account_keys: true}\n"
TEMPLATES = """\
templates:
  newsletter: {type: basic, html: templates/newsletter.html}
"""
BRANDED = "templates: [newsletter], branding: {site_name: Acme Mail, copyright: false}"


def read(rehearsal: Rehearsal, **readings: str) -> None:
    """Let the portal read these questions so."""
    body = {"readings": {name.replace("_", "-"): reading for name, reading in readings.items()}}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=body, timeout=600).raise_for_status()


@pytest.fixture
def newcomer(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    """A file with one new account, its newsletter and its branding, beside a portal that answers keys."""
    read(rehearsal, user_me_login="key")
    text = agency(rehearsal.recipient, TEMPLATES, acme=BRANDED)
    rehearsal.write(text.replace("  name: northwind\n", f"  name: northwind\n{POLICY}"))
    rehearsal.write("<h1>News</h1>", "templates/newsletter.html")
    yield rehearsal
    settings = {"dialect": "today", "account_login": True}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=settings, timeout=600).raise_for_status()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that anybody logs, at every level."""
    stream = StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    handler.addFilter(lambda record: not record.name.startswith("uvicorn"))  # the portal's own, in this process
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def key_at_portal(rehearsal: Rehearsal, account: str = "acme") -> str:
    """The key of an account, from the portal's own books; a run may not write it anywhere."""
    answer = requests.post(f"{rehearsal.portal.url}/_portal/keys", json={"account": account}, timeout=600).json()
    evidence.add_secret(answer["api_key"])
    return str(answer["api_key"])


def steps(document: dict[str, Any]) -> list[str]:
    """The ids of the manual steps of a plan."""
    return [step["id"] for step in document["manual_steps"]]


def held(rehearsal: Rehearsal) -> dict[str, object]:
    """What the portal holds of the account: its templates and its branding."""
    templates = [(row["account"], row["name"], row["content"]) for row in rehearsal.book("templates")]
    brandings = [(row["account"], row["siteName"], row["shown"]["copyright"]) for row in rehearsal.book("brandings")]
    return {"templates": templates, "brandings": brandings}


LOGGED_IN = "Log out"
COMPLETE = {"templates": [("acme", "newsletter", "<h1>News</h1>")], "brandings": [("acme", "Acme Mail", False)]}


ALL = {
    "login_password": "clear",
    "account_key": "header",
    "branding_flags": "one-shows",
    "branding_header": "mails",
    "branding_links": "absence-enables",
    "account_view": "balances",
    "account_form": "host",
    "status_words": "numbers",
    "list_types": "text",
    "template_id": "answered",
}


@pytest.mark.parametrize("readings", [{}, {"login_password": "clear"}, ALL], ids=["R6", "R6 and R7", "many"])
def test_new_account_gets_newsletter_and_branding_in_one_apply(
    newcomer: Rehearsal, log: StringIO, readings: dict[str, str]
) -> None:
    """With R6, whatever the other readings: a person only hands the login over, and the key is nowhere in clear."""
    read(newcomer, **readings)
    document = newcomer.plan()
    assert steps(document) == ["account.acme.handover"]
    assert sorted(writes_of(document)) == [
        ("account_add", "acme"),
        ("branding_edit", "acme"),
        ("message_template_add", "acme"),
    ]

    ran = newcomer.apply()

    assert held(newcomer) == COMPLETE
    assert steps(newcomer.plan()) == ["account.acme.handover"]
    key = key_at_portal(newcomer)
    assert newcomer.reveal("account_key.acme")["password"] == key
    assert newcomer.can_log_in("acme", "admin", newcomer.reveal("acme")["password"])
    everything = [ran.out, ran.err, log.getvalue(), json.dumps(document), newcomer.ledger.read_text("utf-8")]
    assert not any(key in text for text in everything)


def test_policy_is_off_by_default(newcomer: Rehearsal) -> None:
    """Without it no key is fetched: the newsletter and the branding are manual steps."""
    newcomer.write(newcomer.file.read_text("utf-8").replace(POLICY, ""))

    newcomer.apply()

    assert "user_me" not in newcomer.reads()
    expected = ["account.acme.handover", "branding.acme", "delivery.acme.newsletter"]
    assert sorted(steps(newcomer.plan())) == expected


def test_later_change_is_sent_with_the_kept_key(newcomer: Rehearsal) -> None:
    """A new text of the newsletter and another name of the site need no person while the identity is at hand."""
    newcomer.apply()
    newcomer.write("<h1>More</h1>", "templates/newsletter.html")
    newcomer.write(newcomer.file.read_text("utf-8").replace("Acme Mail", "Acme Post"))

    newcomer.apply()

    assert [row["content"] for row in newcomer.book("templates")] == ["<h1>More</h1>"]
    assert [row["siteName"] for row in newcomer.book("brandings")] == ["Acme Post"]


def test_later_change_without_an_identity_is_a_manual_step(newcomer: Rehearsal) -> None:
    """A job that cannot open the key plans steps for a person, and sends nothing."""
    newcomer.apply()
    newcomer.write("<h1>More</h1>", "templates/newsletter.html")
    newcomer.environment["AGENCYFILE_IDENTITY"] = str(newcomer.folder / "none.key")

    document = newcomer.plan()

    assert document["resource_changes"] == []
    assert "delivery.acme.newsletter" in steps(document)


def test_portal_without_keys_says_how_to_go_on(newcomer: Rehearsal) -> None:
    """Where R6 does not hold: the account is created, its login is kept, and the rest is left to a person."""
    read(newcomer, user_me_login="no-key")

    ran = newcomer.run("apply", "--auto-approve", "--allow", "billed,guard")

    assert ran.code == 7, ran
    assert "the answer holds no key of the account's own API" in ran.out + ran.err
    assert "fetch_account_keys: false" in ran.out + ran.err
    assert held(newcomer) == {"templates": [], "brandings": []}
    newcomer.write(newcomer.file.read_text("utf-8").replace("fetch_account_keys: true", "fetch_account_keys: false"))
    newcomer.apply()
    expected = ["account.acme.handover", "branding.acme", "delivery.acme.newsletter"]
    assert sorted(steps(newcomer.plan())) == expected


def _faults(kind: str) -> dict[str, Any]:
    return {"kind": kind, "action": "user_me", "times": None}


def test_key_that_was_not_fetched_is_fetched_by_the_next_apply(newcomer: Rehearsal) -> None:
    """The sealed password of the creation opens the API again; nothing is created or charged twice."""
    newcomer.faults(_faults("garbage"))
    assert newcomer.run("apply", "--auto-approve", "--allow", "billed,guard").code == 7
    newcomer.faults()

    newcomer.apply()

    assert held(newcomer) == COMPLETE
    assert len(newcomer.book("charges")) == 1
    assert newcomer.reveal("account_key.acme")["password"] == key_at_portal(newcomer)


def test_key_that_was_not_fetched_is_a_manual_step_without_an_identity(newcomer: Rehearsal) -> None:
    """Nothing opens the login that is kept, so a person does what is left."""
    newcomer.faults(_faults("garbage"))
    assert newcomer.run("apply", "--auto-approve", "--allow", "billed,guard").code == 7
    newcomer.faults()
    newcomer.environment["AGENCYFILE_IDENTITY"] = str(newcomer.folder / "none.key")

    document = newcomer.plan()

    assert document["resource_changes"] == []
    assert {"branding.acme", "delivery.acme.newsletter"} <= set(steps(document))


@pytest.mark.parametrize(
    "answered",
    [
        "https://listener.example/acme",
        "https://other.activehosted.com",
        "https://acme.activehosted.com.evil.example",
        "https://acme.api-us1.com:8443",
        "https://user@acme.api-us1.com",
        "https://127.0.0.66\\.api-us1.com",
        "not an address",
        "http://127.0.0.1:9/accounts/acme",
    ],
)
def test_key_goes_to_no_other_address_that_the_portal_names(answered: str) -> None:
    """What the portal answers decides nothing by itself."""
    with pytest.raises(NotAdmitted):
        account_api_of(answered, "acme", own="https://acme.activehosted.com", allowed=())


@pytest.mark.parametrize(
    ("answered", "base"),
    [
        ("", "https://acme.activehosted.com"),
        ("https://acme.activehosted.com/", "https://acme.activehosted.com"),
        ("https://acme.api-us1.com/admin/api.php", "https://acme.api-us1.com"),
        ("http://acme.api-us1.com", "https://acme.api-us1.com"),
        ("https://acme12345.api-us1.com", "https://acme12345.api-us1.com"),
        ("https://mail.agency.example:8443", "https://mail.agency.example:8443"),
    ],
)
def test_key_goes_to_the_vendors_hosts_of_the_account_and_to_allowed_ones(answered: str, base: str) -> None:
    """The account's own host, the hosts that the vendor names APIs by, and what the environment allows."""
    allowed = {"mail.agency.example:8443"}

    assert account_api_of(answered, "acme", own="https://acme.activehosted.com", allowed=allowed) == base


def sign_on(rehearsal: Rehearsal, link: str) -> str:
    """What a browser gets that opens a link."""
    assert link.startswith(rehearsal.portal.url)
    with requests.Session() as browser:
        return browser.get(link.strip(), timeout=600).text


def test_account_is_opened_by_its_kept_key(newcomer: Rehearsal) -> None:
    """Single sign-on (R17): the link logs in, and nothing of it is kept."""
    read(newcomer, single_sign_on="token")
    newcomer.apply()
    before = newcomer.ledger.read_text("utf-8")

    ran = newcomer.run("accounts", "open", "acme", "--print")

    assert ran.code == 0, ran
    assert LOGGED_IN in sign_on(newcomer, ran.out)
    assert newcomer.ledger.read_text("utf-8") == before
    assert ran.out.strip().partition("=")[2] not in ran.err


def test_link_that_logs_in_is_not_printed_into_a_pipe(newcomer: Rehearsal) -> None:
    """Nor into the log of a job: no token is even asked for."""
    read(newcomer, single_sign_on="token")
    newcomer.apply()

    ran = newcomer.run("accounts", "open", "acme")

    assert (ran.code, ran.out) == (3, "")
    assert "a terminal alone" in ran.err
    assert "singlesignon" not in newcomer.reads()


def test_link_is_printed_to_a_terminal(newcomer: Rehearsal) -> None:
    """A person who watches gets it without another word; no variable says that this is a job."""
    read(newcomer, single_sign_on="token")
    newcomer.apply()

    with Terminal(width=120) as terminal:
        process = terminal.start("accounts", "open", "acme", folder=newcomer.folder, environment=newcomer.environment)
        code = terminal.wait(process)

    assert code == 0, terminal.text
    link = next(line for line in terminal.text.splitlines() if line.startswith(newcomer.portal.url))
    assert LOGGED_IN in sign_on(newcomer, link)
    assert "15 minutes" in terminal.text


def test_link_is_for_one_address(newcomer: Rehearsal) -> None:
    """Another visitor who gets hold of it is not logged in."""
    read(newcomer, single_sign_on="token")
    newcomer.apply()

    ran = newcomer.run("accounts", "open", "acme", "--print", "--address", "203.0.113.7")

    assert "This link is not for you" in sign_on(newcomer, ran.out)


def test_portal_without_single_sign_on_says_so(newcomer: Rehearsal) -> None:
    """The action is not known there."""
    newcomer.apply()

    ran = newcomer.run("accounts", "open", "acme", "--print")

    assert ran.code == 1
    assert "offers no single sign-on" in ran.err


def test_browser_gets_the_link_in_no_argument(newcomer: Rehearsal, tmp_path: Path, monkeypatch: Any) -> None:
    """What it is started with is the path of a private page, which is gone afterwards."""
    read(newcomer, single_sign_on="token")
    newcomer.apply()
    seen, program = tmp_path / "seen", tmp_path / "browser"
    lines = ('page="${1#file://}"', f'stat -c "%a" "$page" > {seen}', f'echo "$1" >> {seen}', f'cat "$page" >> {seen}')
    program.write_text("\n".join(("#!/bin/sh", *lines, "")))
    program.chmod(0o700)
    newcomer.environment["BROWSER"] = f"{program} %s"
    monkeypatch.setattr(browser, "_SECONDS", 0.0)

    ran = newcomer.run("accounts", "open", "acme", "--browser")

    assert (ran.code, ran.out) == (0, ""), ran
    mode, argument, page = seen.read_text("utf-8").split("\n", 2)
    assert mode == "600"
    assert "_ssot" not in argument
    assert not Path(argument.removeprefix("file://")).exists()
    link = html.unescape(re.search(r'href="([^"]+)"', page)[1])  # type: ignore[index]
    assert LOGGED_IN in sign_on(newcomer, link)


def test_branding_says_which_polarity_is_assumed(newcomer: Rehearsal) -> None:
    """R13: no answer tells whether a 1 shows or hides. The plan that sends a flag warns, and the next one does not."""
    assert "branding-flags-assumed" in [found["rule"] for found in newcomer.plan()["diagnostics"]]

    newcomer.apply()

    assert newcomer.plan()["diagnostics"] == []


@pytest.mark.parametrize("polarity", ["one-shows", "one-hides"])
def test_branding_obeys_the_polarity_that_the_settings_tell(newcomer: Rehearsal, polarity: str) -> None:
    """What the file calls hidden is hidden, in both readings, and nothing undeclared is sent."""
    read(newcomer, branding_flags=polarity)
    text = newcomer.file.read_text("utf-8")
    newcomer.write(
        text.replace("{fetch_account_keys: true}", f"{{fetch_account_keys: true, branding_flags: {polarity}}}")
    )

    assert newcomer.plan()["diagnostics"] == []
    newcomer.apply()

    (branding,) = newcomer.book("brandings")
    assert branding["shown"] == {
        "copyright": False,
        "version": True,
        "license": True,
        "help": True,
        "links": True,
        "header_in": "pages",
    }
    (edit,) = [row for row in newcomer.book("requests") if row["action"] == "branding_edit"]
    assert set(edit["parameters"]["branding"]) == {"siteName", "copyright"}


def test_other_polarity_sends_the_branding_anew(newcomer: Rehearsal) -> None:
    """Whoever finds out that a 1 hides corrects the setting, and the next apply corrects the accounts."""
    read(newcomer, branding_flags="one-hides")
    newcomer.apply()
    assert newcomer.book("brandings")[0]["shown"]["copyright"] is True
    text = newcomer.file.read_text("utf-8")

    newcomer.write(text.replace("{fetch_account_keys: true}", "{fetch_account_keys: true, branding_flags: one-hides}"))
    newcomer.apply()

    assert newcomer.book("brandings")[0]["shown"]["copyright"] is False


@pytest.mark.parametrize("reading", ["any-value-hides", "absence-enables"])
def test_hidden_links_stay_hidden_by_later_changes(newcomer: Rehearsal, reading: str) -> None:
    """R15: `links: false` is sent with each change, so that a portal that shows them by their absence does not."""
    read(newcomer, branding_links=reading)
    newcomer.write(newcomer.file.read_text("utf-8").replace("copyright: false", "links: false"))
    newcomer.apply()
    newcomer.write(newcomer.file.read_text("utf-8").replace("Acme Mail", "Acme Post"))

    newcomer.apply()

    (branding,) = newcomer.book("brandings")
    assert (branding["siteName"], branding["shown"]["links"]) == ("Acme Post", False)


def test_balance_is_shown_beside_what_was_granted(newcomer: Rehearsal) -> None:
    """R12: what is left is asked of accounts whose API a key opens, and of no other."""
    read(newcomer, account_view="balances")
    newcomer.seed(accounts=[live_account("other")])
    newcomer.write(newcomer.file.read_text("utf-8").replace("templates: [newsletter]", "credits: {email: 5000}"))
    newcomer.apply("--auto-approve", "--allow", "billed,guard,permanent")

    ran = newcomer.run("accounts", "list", "--balances", "--json")

    shown = {account["name"]: account["email_credits"] for account in json.loads(ran.out)["accounts"]}
    assert shown == {"acme": {"left": 5000, "granted": 5000}, "other": None}
    assert newcomer.reads().count("account_view") == 1
    table = newcomer.run("accounts", "list", "--balances").out
    assert "LEFT  GRANTED" in table
    assert "5,000    5,000" in table


def test_balance_that_is_not_told_is_left_out(newcomer: Rehearsal) -> None:
    """In the other reading the total that was granted stands alone."""
    newcomer.write(newcomer.file.read_text("utf-8").replace("templates: [newsletter]", "credits: {email: 5000}"))
    newcomer.apply("--auto-approve", "--allow", "billed,guard,permanent")

    ran = newcomer.run("accounts", "list", "--balances", "--json")

    (account,) = json.loads(ran.out)["accounts"]
    assert account["email_credits"] == {"left": None, "granted": 5000}


@pytest.mark.parametrize("fault", thinned(["drop_after_commit", "drop_before_commit"], every=2))
@pytest.mark.parametrize("action", ["branding_edit", "message_template_edit"])
def test_value_that_was_set_without_an_answer_is_unknown_until_it_is_set_again(
    newcomer: Rehearsal, action: str, fault: str
) -> None:
    """No list shows it. So a plan for the former value sends it again, and does not take the ledger's word for it."""
    newcomer.apply()
    before = newcomer.file.read_text("utf-8")
    newcomer.faults({"action": action, "kind": fault, "times": None})
    newcomer.write(before.replace("Acme Mail", "Acme News"))
    newcomer.write("<h1>Other news</h1>", "templates/newsletter.html")
    assert newcomer.run("apply", "-auto-approve", "--allow", "billed,guard").code == 7
    newcomer.faults()
    newcomer.write(before)
    newcomer.write("<h1>News</h1>", "templates/newsletter.html")
    document = newcomer.plan()
    shown = newcomer.run("plan").err
    newcomer.apply()

    assert (action, "acme") in writes_of(document)
    assert "warning[value-unknown]" in shown
    assert held(newcomer) == COMPLETE
    assert writes_of(newcomer.plan()) == []
