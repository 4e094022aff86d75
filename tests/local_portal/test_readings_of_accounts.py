"""The readings of an account's own API on which sources differ (docs/portal.md section 8): R6 to R8 and R13 to R17."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from local_portal.portal_client import PLUS_MONTHLY, TRIAL, Client


@pytest.fixture
def spoken(client: Client) -> Iterator[Client]:
    """A client of a portal that goes back to today's dialect afterwards."""
    yield client
    client.order("settings", {"dialect": "today"})


def read(client: Client, **readings: str) -> None:
    """Let the portal read these questions so."""
    client.order("settings", {"readings": {name.replace("_", "-"): reading for name, reading in readings.items()}})


def login(client: Client, account: str = "acme") -> tuple[str, str]:
    """Create an account; return its password and the digest of it."""
    password = client.done("account_add", method="POST", account=account, plan=TRIAL)["password"]
    return password, hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def me(client: Client, **words: str) -> dict[str, Any]:
    """What `user_me` of the account answers to these words alone."""
    found: dict[str, Any] = client.own("acme").call({"api_action": "user_me", "api_output": "json", **words}).json()
    return found


def test_login_leads_to_the_key_of_the_account_and_its_address(spoken: Client) -> None:
    """R6: the answer has both, and the key opens both versions at that address."""
    read(spoken, user_me_login="key")
    _, digest = login(spoken)

    shown = me(spoken, api_user="admin", api_pass=digest)

    assert (shown["result_code"], shown["username"], shown["apikey"]) == (1, "admin", spoken.own("acme").key)
    assert shown["apiurl"] == spoken.own("acme").base
    answer = requests.get(f"{shown['apiurl']}/api/3/brandings", headers={"Api-Token": shown["apikey"]}, timeout=600)
    assert answer.status_code == 200


def test_login_leads_to_no_key_in_the_other_reading(spoken: Client) -> None:
    """R6, as the local portal has it by default."""
    _, digest = login(spoken)

    assert not {"apikey", "apiurl"} & me(spoken, api_user="admin", api_pass=digest).keys()


@pytest.mark.parametrize(("reading", "clear"), [("md5", 0), ("clear", 1)])
def test_password_is_taken_in_clear_or_as_its_digest(spoken: Client, reading: str, clear: int) -> None:
    """R7: `api_pass` is one or the other, and `api_pass_h` is the digest in both."""
    read(spoken, login_password=reading)
    password, digest = login(spoken)

    def code(**words: str) -> int:
        return int(me(spoken, api_user="admin", **words)["result_code"])

    assert code(api_pass=password) == clear
    assert code(api_pass=digest) == 1 - clear
    assert code(api_pass_h=digest) == 1
    assert code(api_pass_h=password) == 0


@pytest.mark.parametrize(("reading", "code"), [("parameter", 0), ("header", 1)])
def test_key_in_a_header_opens_the_first_version_in_one_reading(spoken: Client, reading: str, code: int) -> None:
    """R16; the parameter opens it in both, and a wrong one counts for more than a right header."""
    read(spoken, account_key=reading)
    spoken.seed({"account": "acme"})
    own = spoken.own("acme")
    url, words = f"{own.base}/admin/api.php", {"api_action": "user_me", "api_output": "json"}

    def ask(**more: str) -> int:
        answer = requests.get(url, {**words, **more}, headers={"Api-Token": own.key}, timeout=600).json()
        return int(answer["result_code"])

    assert ask() == code
    assert ask(api_key="wrong") == 0
    assert own.done("user_me")["username"] == "admin"


def test_single_sign_on_logs_one_visitor_in(spoken: Client) -> None:
    """R17: the token is for one address, one user and some minutes, and for this account alone."""
    read(spoken, single_sign_on="token")
    spoken.seed({"account": "acme"}, {"account": "other"})
    own = spoken.own("acme")

    def visit(token: str, base: str = own.base) -> int:
        with requests.Session() as browser:
            return browser.get(f"{base}/admin/main.php", params={"_ssot": token}, timeout=600).status_code

    here = own.done("singlesignon", method="POST", sso_addr="127.0.0.1", sso_user="admin")["token"]
    elsewhere = own.done("singlesignon", method="POST", sso_addr="203.0.113.7", sso_user="admin")["token"]
    assert (visit(here), visit(elsewhere), visit(here, spoken.own("other").base), visit("")) == (200, 403, 403, 403)
    assert visit(f"{'0' * 8}{here[8:]}") == 403
    assert "singlesignon" in [row["action"] for row in spoken.requests()]
    assert here not in spoken.session.get(f"{spoken.portal.url}/_portal/requests", timeout=600).text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"sso_user": "admin"}, "sso_addr"),
        ({"sso_addr": "home", "sso_user": "admin"}, "sso_addr"),
        ({"sso_addr": "127.0.0.1", "sso_user": "root"}, "User not found"),
        ({"sso_addr": "127.0.0.1", "sso_user": "admin", "sso_duration": "0"}, "sso_duration"),
        ({"sso_addr": "127.0.0.1", "sso_user": "admin", "sso_duration": "9" * 30}, "sso_duration"),
    ],
)
def test_single_sign_on_refuses_what_is_not_complete(spoken: Client, words: dict[str, str], reason: str) -> None:
    """The vendor's page marks address and user as required."""
    read(spoken, single_sign_on="token")
    spoken.seed({"account": "acme"})

    assert reason in spoken.own("acme").refused("singlesignon", method="POST", **words)


def test_single_sign_on_is_unknown_in_the_other_reading(spoken: Client) -> None:
    """R17, as the local portal has it by default."""
    spoken.seed({"account": "acme"})

    assert "not known" in spoken.own("acme").refused("singlesignon", sso_addr="127.0.0.1", sso_user="admin")


def test_edit_of_a_cancelled_account_bills_it_again(spoken: Client) -> None:
    """R8: it is in use at once, on the plan that the edit names, for the price of a new term."""
    read(spoken, edit_cancelled="reactivates")
    spoken.seed({"account": "acme", "status": "cancelled", "plan": {"tier": "trial"}})

    spoken.done("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY, notification="ops@agency.example")

    (row,) = spoken.done("account_list")["accounts"]
    assert (row["cancelled"], row["reseller_status"], row["planid"]) == (False, "active", str(PLUS_MONTHLY))
    assert [(charge["account"], charge["amount"]) for charge in spoken.book("charges")["charges"]] == [("acme", 50)]
    spoken.done("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY)
    assert len(spoken.book("charges")["charges"]) == 1


def test_edit_of_a_cancelled_account_is_refused_in_the_other_reading(spoken: Client) -> None:
    """R8, as the local portal has it by default."""
    spoken.seed({"account": "acme", "status": "cancelled"})

    assert "cancelled" in spoken.refused("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY)
    assert spoken.book("charges")["charges"] == []


def test_account_that_was_cancelled_over_a_year_ago_stays_so(spoken: Client) -> None:
    """Rule 41: its data is gone."""
    read(spoken, edit_cancelled="reactivates")
    spoken.seed({"account": "acme", "status": "cancelled", "cancelled_at": "2024-01-01"})

    assert "over a year ago" in spoken.refused("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY)


def brand(client: Client, **fields: Any) -> dict[str, Any]:
    """Change the branding of the account, and return what that means."""
    client.own("acme").v3("PUT", "/brandings/1", json={"branding": fields}).raise_for_status()
    shown: dict[str, Any] = client.book("brandings")["brandings"][0]["shown"]
    return shown


@pytest.mark.parametrize(("reading", "fresh"), [("one-shows", "1"), ("one-hides", "0")])
def test_flag_shows_or_hides(spoken: Client, reading: str, fresh: str) -> None:
    """R13: a fresh account shows everything of the vendor's; what 1 does differs."""
    read(spoken, branding_flags=reading)
    spoken.seed({"account": "acme"})
    assert spoken.own("acme").v3("GET", "/brandings/1").json()["branding"]["copyright"] == fresh

    shown = brand(spoken, copyright="1")

    assert (shown["copyright"], shown["version"]) == (reading == "one-shows", True)


@pytest.mark.parametrize("reading", ["any-value-hides", "absence-enables"])
def test_links_come_back_by_their_absence_in_one_reading(spoken: Client, reading: str) -> None:
    """R15: any value hides them in both."""
    read(spoken, branding_links=reading)
    spoken.seed({"account": "acme"})

    assert brand(spoken, links="0")["links"] is False
    assert brand(spoken, siteName="Acme")["links"] is (reading == "absence-enables")


@pytest.mark.parametrize("reading", ["pages", "mails"])
def test_header_goes_into_pages_or_mails(spoken: Client, reading: str) -> None:
    """R14: the control API tells which."""
    read(spoken, branding_header=reading)
    spoken.seed({"account": "acme"})

    assert brand(spoken, headerTextValue="Acme")["header_in"] == reading
