"""Keys of new accounts: fetched by the login of the creation, sealed like it, and used for templates and branding."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import evidence
import pytest
import requests
from rehearsal import Rehearsal, writes_of
from stories import agency

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
    read(rehearsal, user_me_login="no-key", login_password="md5")  # noqa: S106 - a reading
    requests.post(
        f"{rehearsal.portal.url}/_portal/settings", json={"account_login": True}, timeout=600
    ).raise_for_status()


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


COMPLETE = {"templates": [("acme", "newsletter", "<h1>News</h1>")], "brandings": [("acme", "Acme Mail", False)]}


@pytest.mark.parametrize("password", ["md5", "clear"])
def test_new_account_gets_newsletter_and_branding_in_one_apply(
    newcomer: Rehearsal, log: StringIO, password: str
) -> None:
    """With R6, in both readings of R7: nothing is left to a person but handing the login over, and no key is in clear."""
    read(newcomer, login_password=password)
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
