"""The portal's pages for people over HTTP: forms taken once, one state with the APIs, and nothing that breaks them."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from local_portal.portal_client import PLUS_MONTHLY, Client
from local_portal.visitor import Visitor, order_fields

from agencyfile.local_portal import logins
from agencyfile.local_portal.dialect import DIALECTS

PAID = {"tier": "plus", "billing": "monthly", "contacts": "1000"}


def test_account_ordered_on_a_page_is_the_account_of_the_apis(client: Client, visitor: Visitor) -> None:
    """One state: the page charges, the agency API lists and upgrades, the page shows the upgrade."""
    answer = visitor.order("acme", **PAID)

    password = re.findall(r'id="password">([^<]+)<', answer.text)
    assert client.order("login", {"account": "acme", "username": "admin", "password": password[0]}) == {"ok": True}
    (row,) = client.done("account_list")["accounts"]
    assert (row["account"], row["planid"], row["notification"]) == ("acme", str(PLUS_MONTHLY), "me@northwind.example")
    assert client.charges() == [("acme", 50)]
    client.done("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY + 1)
    assert "Plus annual, 1,000 contacts" in visitor.get("/partner/accounts/acme").text
    assert [each["action"] for each in client.book("acts")["acts"]] == ["create"]
    assert "password" not in visitor.get("/partner/accounts/acme/ready").text.replace("Its password", "")


def test_form_sent_twice_at_once_charges_once(client: Client, visitor: Visitor) -> None:
    """A double click: both requests lead to the new account, the second one does nothing."""
    form = visitor.form("/partner/accounts/new", "order")
    fields = {**form.fields, **order_fields("acme"), **PAID}

    def send(_: int) -> requests.Response:
        address, cookies = visitor.url + form.action, visitor.session.cookies
        return requests.post(address, data=fields, cookies=cookies, timeout=60, allow_redirects=False)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert {(each.status_code, each.headers["location"]) for each in answers} == {(303, "/partner/accounts/acme/ready")}
    assert len(client.charges()) == 1


def test_password_of_the_agency_is_asked_for_once_there_is_one(client: Client, visitor: Visitor) -> None:
    """My account: the new password works and no other one does."""
    assert "The two passwords differ." in visitor.fill("/partner/me", "password", password="12345678", again="1").text
    visitor.fill("/partner/me", "password", password="a long one", again="a long one")

    stranger = Visitor(client.portal.url)
    assert stranger.log_in().status_code == 422
    assert stranger.log_in("a long one").url.endswith("/partner/resold")
    assert "a long one" not in str(client.book("books"))


def test_order_that_is_refused_leaves_nothing(client: Client, visitor: Visitor) -> None:
    """A wrong button, a missing client, a name that is taken: the form comes back, and no book has a line."""
    client.seed({"account": "taken"})
    for values, words in (
        ({"press": "sandbox"}, "press its button again"),
        ({"client_name": ""}, "Enter the client&#x27;s name."),
        ({"account": "taken"}, "already taken"),
        ({"billing": "once"}, "Non-recurring plans are Trial and Sandbox."),
        ({"contacts": "7"}, "Choose a product, a tier"),
        ({"snapshot": "999"}, "Snapshot 999 does not exist."),
        (
            {"tier": "sandbox", "press": "sandbox", "cname": "mail.acme.example"},
            "A sandbox account cannot have a CNAME.",
        ),
    ):
        answer = visitor.fill("/partner/accounts/new", "order", **{**order_fields("acme"), **PAID, **values})
        assert answer.status_code == 422
        assert words.replace("&#x27;", "'") in answer.text, answer.text
    assert (client.names(), client.charges(), client.book("acts")["acts"]) == (["taken"], [], [])


def test_prepaid_credit_is_used_before_the_card(client: Client, visitor: Visitor) -> None:
    """Rules 66 and 67: first the account's own, then the pool, then the card for the rest."""
    visitor.fill("/partner/credit/prepaid", "buy", amount="100")
    client.seed({"account": "acme", "plan": {"tier": "starter"}})
    visitor.fill("/partner/credit/prepaid", "allocate", account="acme", credits="30")

    visitor.fill("/partner/accounts/acme/edit", "plan", tier="pro", billing="monthly", contacts="2500")  # 208 - 16

    assert client.charges() == [("", 100), ("acme", 192 - 100)]
    history = visitor.get("/partner/billing/history").text
    assert "$100" in history
    assert "$1 authorised on the card, not charged" in history
    assert "Left to allocate, USD</dt><dd>0</dd>" in visitor.get("/partner/credit/prepaid").text


def test_api_uses_prepaid_credit_as_well(client: Client, visitor: Visitor) -> None:
    """The same book: what the API creates is paid from the pool."""
    visitor.fill("/partner/credit/prepaid", "buy", amount="50")
    client.done("account_add", method="POST", account="acme", plan=PLUS_MONTHLY)

    assert client.charges() == [("", 50)]


@pytest.mark.parametrize(
    ("tier", "is_taken"), [("trial", True), ("plus", True), ("starter", False), ("sandbox", False)]
)
def test_sms_credits_are_for_plans_that_send_sms(client: Client, visitor: Visitor, tier: str, is_taken: bool) -> None:  # noqa: FBT001
    """Rule 68; what is not there cannot be allocated."""
    client.seed({"account": "acme", "plan": {"tier": tier}})
    visitor.fill("/partner/credit/sms", "buy", amount="500")
    answer = visitor.fill("/partner/credit/sms", "allocate", account="acme", credits="500")
    again = visitor.fill("/partner/credit/sms", "allocate", account="acme", credits="500")

    granted = [(each["account"], each["pool"], each["credits"]) for each in client.book("credits")["grants"]]
    assert granted == ([("acme", "sms", 500)] if is_taken else [])
    assert (answer.status_code, again.status_code) == (200 if is_taken else 422, 422)


def test_templates_reach_new_accounts_while_the_box_is_ticked(client: Client, visitor: Visitor) -> None:
    """Rules 57 and 58: without the box none, with it new accounts alone; three kinds; taken out again."""
    client.seed({"account": "old", "templates": [{"name": "Look", "designer": True}]})
    visitor.fill("/partner/defaults/templates/basic", "basic", name="News", tags="a, b", html="<p>\n</p>")
    visitor.order("first", **PAID)
    visitor.fill("/partner/defaults", "defaults", add_templates="1", apply="1")
    visitor.fill("/partner/defaults/templates/designer", "designer", link="http://tplshare.com/xyz$", name="Shared")
    step = visitor.fill("/partner/defaults/templates/old", "source", source="old")
    visitor.fill(step.url.removeprefix(visitor.url), "template", template="1")
    visitor.order("second", **PAID)
    visitor.fill("/partner/defaults/templates", "remove-0")
    visitor.fill("/partner/defaults", "defaults", add_templates=None)
    visitor.order("third", **PAID)

    found = [(each["account"], each["name"], each["designer"]) for each in client.book("templates")["templates"]]
    assert found == [
        ("old", "Look", True),
        ("second", "News", False),
        ("second", "Shared", True),
        ("second", "Look", True),
    ]
    assert "Shared" in visitor.get("/partner/defaults/templates").text


def test_vendors_links_come_back_by_hand(client: Client, visitor: Visitor) -> None:
    """No call brings them back (docs/portal.md section 3); a person does, in one account and in all."""
    client.seed({"account": "acme"}, {"account": "zeta"})
    for links, wanted in ((None, "1"), ("1", "0")):
        visitor.fill("/partner/accounts/acme/branding", "branding", siteName="Acme", links=links)
        (branding,) = client.book("brandings")["brandings"]
        assert (branding["siteName"], branding["links"]) == ("Acme", wanted)
    for links, wanted in ((None, "1"), ("1", "0")):
        visitor.fill("/partner/defaults", "defaults", links=links, apply="1")
        assert {each["links"] for each in client.book("brandings")["brandings"]} == {wanted}


def test_share_link_brings_the_template_into_another_account(client: Client, visitor: Visitor) -> None:
    """A link that this portal made brings name and content; any other one a template of the designer."""
    client.seed({"account": "acme", "templates": [{"name": "News", "html": "<p>"}]}, {"account": "zeta"})
    for account in ("acme", "zeta"):
        visitor.get(f"/partner/accounts/{account}/login")
    page = visitor.fill("/accounts/acme/admin/templates", "template-1", press="share").text
    link = re.findall(r"http://tplshare\.com/\w+", page)[0]
    for address, name in ((link, ""), ("https://tplshare.com/unknown", "Other"), ("https://evil.example/x", "")):
        visitor.fill("/accounts/zeta/admin/templates/import", "import", link=address, name=name)

    found = [each for each in client.book("templates")["templates"] if each["account"] == "zeta"]
    assert [(each["name"], each["content"], each["designer"]) for each in found] == [
        ("News", "<p>", False),
        ("Other", "", True),
    ]


def test_five_wrong_tries_lock_the_log_in_for_five_minutes(
    client: Client, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 72: then not even the right password, and not a new one either; the agency gets in."""
    client.seed({"account": "acme", "password": "the right one"})
    guest = Visitor(client.portal.url)
    for _ in range(logins.TRIES):
        assert _try(guest, "wrong").status_code == 403
    assert "5 minutes" in _try(guest, "the right one").text
    visitor.get("/partner/accounts/acme/login")
    visitor.fill("/accounts/acme/admin/settings", "password", password="a new password")
    assert "5 minutes" in _try(guest, "a new password").text

    monkeypatch.setattr(logins, "PAUSE", 0.0)
    assert _try(guest, "a new password").url.endswith("/accounts/acme/admin/")


def test_reset_link_works_once_for_its_account(client: Client, visitor: Visitor) -> None:
    """The link goes to the client's address alone, and the answer does not tell whose that is."""
    client.seed({"account": "acme", "client_email": "owner@acme.example"}, {"account": "zeta"})
    for address in ("nobody@acme.example", "OWNER@acme.example"):
        answer = visitor.fill("/accounts/acme/admin/forgotten", "forgotten", email=address)
        assert "a mail with a link is on its way" in answer.text
    assert visitor.get("/partner/mailbox/2").status_code == 404
    link = re.findall(r"/accounts/acme/admin/reset\?code=[\w-]+", visitor.get("/partner/mailbox/1").text)[0]
    assert visitor.get(link.replace("acme", "zeta")).status_code == 404
    assert visitor.fill(link, "reset", password="short").status_code == 422
    visitor.fill(link, "reset", password="chosen by the client")

    assert visitor.get(link).status_code == 404
    order = {"account": "acme", "username": "admin", "password": "chosen by the client"}
    assert client.order("login", order) == {"ok": True}


def test_renewal_of_archived_accounts(client: Client, visitor: Visitor) -> None:
    """Rules 39 to 41: a paid plan is charged once, a trial has one free renewal, after a year it is too late."""
    for name, tier in (("paid", "plus"), ("trial", "trial"), ("late", "plus")):
        client.seed({"account": name, "plan": {"tier": tier}, "notification": "me@northwind.example"})
        client.order(
            "act", {"action": "archive", "account": name, "date": "2020-01-01" if name == "late" else _YESTERDAY}
        )
    assert "Renew" in visitor.get("/partner/resold?state=expired").text
    visitor.fill("/partner/accounts/paid/change", "renew", tier="pro", billing="monthly", contacts="500")
    visitor.fill("/partner/accounts/trial/change", "free")
    late = visitor.fill("/partner/accounts/late/change", "renew", tier="plus")

    assert "its data is gone" in late.text
    assert client.charges() == [("paid", 64)]
    client.order("act", {"action": "archive", "account": "trial", "date": _YESTERDAY})
    assert "for free once only" in visitor.fill("/partner/accounts/trial/change", "free").text
    mails = visitor.get("/partner/mailbox").text
    assert all(f"{name} was renewed" in mails for name in ("paid", "trial"))
    assert "owner@" not in mails


def test_support_desk_does_what_mails_ask_for(client: Client, visitor: Visitor) -> None:
    """A mail as a manual step prints it is pasted whole; the account is guessed from it; support answers once."""
    client.seed(
        {"account": "acme"},
        {"account": "lab", "plan": {"tier": "sandbox"}},
        {"account": "try", "plan": {"tier": "trial"}},
    )
    expire = client.account("try")["expire"]
    for number, (tool, account) in enumerate(
        (("rename", "acme"), ("custom-fields", "lab"), ("extend", "try")), start=1
    ):
        words = f"{account}.activehosted.com to zenith.activehosted.com"
        body = f"From: me@northwind.example\nTo: help@activecampaign.com\nSubject: Do it\n\nPlease {tool} {words}"
        sent = visitor.fill("/partner/support", "mail", body=body)
        serial = sent.url.rpartition("/")[2]
        assert visitor.form(f"/partner/desk/{serial}", tool).fields["account"] == account
        assert visitor.fill(f"/partner/desk/{serial}", tool).url.endswith("/partner/desk"), number
        assert "It was answered" in visitor.get(f"/partner/desk/{serial}").text

    assert client.names() == ["zenith", "lab", "try"]
    assert client.account("lab")["custom_fields"] is True
    assert client.account("try")["expire"] > expire
    again = visitor.fill("/partner/support", "mail", body="From: a@b.example\n\nExtend try.activehosted.com")
    refused = visitor.fill(f"/partner/desk/{again.url.rpartition('/')[2]}", "extend")
    assert "A trial can be extended once only." in refused.text
    visitor.fill(f"/partner/desk/{again.url.rpartition('/')[2]}", "move-out")
    assert client.names() == ["zenith", "lab"]


def test_cancelled_account_stays_in_the_list(client: Client, visitor: Visitor) -> None:
    """Rule 36: it is found under its state, cannot be edited, and nobody can log in."""
    client.seed({"account": "acme", "contents": {"campaigns": 3}})
    visitor.fill("/partner/accounts/acme/cancel", "cancel", reason="closed", retain=None)

    kept = client.account("acme")
    assert (kept["status"], kept["cancel_reason"], kept["retain_data"], kept["contents"]) == (
        "cancelled",
        "closed",
        False,
        {},
    )
    assert "acme" not in visitor.get("/partner/resold").text
    assert "acme" in visitor.get("/partner/resold?state=archived").text
    assert "Renew it first" in visitor.get("/partner/accounts/acme/edit").text
    assert visitor.get("/partner/accounts/acme/login").status_code == 409


def test_lists_have_pages(client: Client, visitor: Visitor) -> None:
    """Twenty accounts to a page, the newest first; a page that makes no sense is the first one."""
    client.seed(*({"account": f"acme-{number:02}", "created_at": 1e9 + number} for number in range(45)))
    names = [re.findall(r'href="/partner/accounts/(acme-\d\d)"', visitor.get(f"/partner/resold?page={page}").text)
             for page in ("1", "2", "3", "4", "x", "99999999999999999999")]  # fmt: skip

    assert names[0] + names[1] + names[2] == [f"acme-{number:02}" for number in reversed(range(45))]
    assert (names[3], names[4]) == ([], names[0])
    assert names[5] == names[0]


def test_portal_that_is_used_by_its_apis_alone_loads_no_page() -> None:
    """Pages cost nothing until somebody looks at one."""
    script = (
        "import sys; from agencyfile.local_portal import server, Settings, running\n"
        "with running(Settings()) as portal:\n"
        "    assert not [name for name in sys.modules if name.startswith('agencyfile.local_portal.pages')]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


_YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


def _try(guest: Visitor, password: str) -> requests.Response:
    return guest.fill("/accounts/acme/admin/login", "login", user="admin", password=password)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_boxes_of_a_branding_mean_what_they_say_in_every_dialect(
    client: Client, visitor: Visitor, dialect: str
) -> None:
    """Unticked is hidden and ticked is shown, whatever a 1 means; what is left alone stays as it is."""
    client.order("settings", {"dialect": dialect})
    client.seed({"account": "acme"})
    page = "/partner/accounts/acme/branding"
    hidden = {"help": None, "links": None}

    visitor.fill(page, "branding", siteName="Acme", **hidden)
    assert _shown(client) == {"copyright", "version", "license"}
    assert visitor.form(page, "branding").fields.keys().isdisjoint(hidden)
    visitor.fill(page, "branding", siteName="Acme Mail")  # as somebody who changes another field
    assert _shown(client) == {"copyright", "version", "license"}
    assert "off" in re.findall(r"Acme Mail.*", visitor.get("/_portal/").text)[0]
    visitor.fill(page, "branding", help="1", links="1")
    assert _shown(client) == {"copyright", "version", "license", "links", "help"}
    assert "off" not in re.findall(r"Acme Mail.*?</tr>", visitor.get("/_portal/").text)[0]


def _shown(client: Client) -> set[str]:
    (branding,) = client.book("brandings")["brandings"]
    return {name for name, value in branding["shown"].items() if value is True}
