"""The calls of the vendor's reseller script of 2013 to 2015, in its order, and what it reads (portal.md section 8, E).

The script itself is not ours to copy; these are the same requests over plain HTTP, at a portal that speaks its dialect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from local_portal.portal_client import PLUS_MONTHLY, STARTER_MONTHLY, TRIAL, Client

VISITOR = "127.0.0.1"


@pytest.fixture
def portal(client: Client) -> Iterator[Client]:
    """A portal that speaks as the script expects, with more accounts than stand on a page."""
    client.order("settings", {"dialect": "vendor-2014"})
    client.seed(*({"account": f"client{number}"} for number in range(24)))
    yield client
    client.order("reset")


def test_script_lists_accounts_page_by_page(portal: Client) -> None:
    """It asks for `count` accounts, twenty where it says nothing, and reads from `total` how many pages there are."""
    pages = [portal.done("account_list", search="", page=page) for page in (1, 2)]

    assert [len(each["accounts"]) for each in pages] == [20, 4]
    assert {int(each["total"]) for each in pages} == {24}
    item = pages[0]["accounts"][0]
    assert item["account"].endswith(".activehosted.com")
    assert (int(item["reseller_status"]), item["cancelled"], int(item["expired"])) == (0, "false", 0)


def test_script_disables_an_account_and_reads_its_state(portal: Client) -> None:
    """1 is inactive, in what it sends and in what it reads."""
    for status in ("1", "0"):
        portal.done("account_status_set", account="client1.activehosted.com", status=status, message="Closed")
        assert int(_item(portal, "client1")["reseller_status"]) == int(status)


def test_script_manages_an_account_from_its_creation_to_its_second_life(portal: Client) -> None:
    """Check, plans, add, its own key, upgrade at the price of that day, cancel, and billed again by an edit."""
    portal.done("account_name_check", account="new_client")
    assert str(TRIAL) in portal.done("account_plans")["plans"]
    added = portal.done(
        "account_add", method="POST", account="new_client", plan=STARTER_MONTHLY, name="Ann", email="ann@acme.example",
        notification="agency@example.com", cname="",
    )  # fmt: skip
    assert added["account"] == "new_client.activehosted.com"

    offered = portal.done("account_plans", account=added["account"])["plans"][str(PLUS_MONTHLY)]
    before = len(portal.charges())
    portal.done("account_edit", method="POST", account=added["account"], plan=PLUS_MONTHLY)
    assert portal.charges()[before:] == [("new_client", round(float(offered["prorated"])))]

    portal.done("account_cancel", account=added["account"], reason="left")
    assert _item(portal, "new_client")["cancelled"] == "true"
    portal.done("account_edit", method="POST", account=added["account"], plan=PLUS_MONTHLY)
    assert _item(portal, "new_client")["cancelled"] == "false"
    assert portal.charges()[-1][0] == "new_client"


def test_script_goes_from_a_new_login_into_the_account(portal: Client) -> None:
    """The login of a new account answers the address and the key of its API, which takes a template and signs on."""
    added = portal.done("account_add", method="POST", account="new_client", plan=TRIAL, notification="a@example.com")
    base = portal.portal.account_api.format(account="new_client")
    login = {"api_user": added["username"], "api_pass": added["password"], "api_output": "json"}
    user = _called(base, login | {"api_action": "user_me"})

    key = {"api_key": user["apikey"], "api_output": "json"}
    letter = {"name": "Newsletter", "html": "<p>Hello</p>", "template_scope": "all"}
    assert _called(user["apiurl"], key | {"api_action": "message_template_add", **letter})["id"]
    signed = {"sso_addr": VISITOR, "sso_user": added["username"], "sso_duration": "20"}
    token = _called(user["apiurl"], key | {"api_action": "singlesignon", **signed})["token"]
    opened = requests.get(f"{base}/admin/main.php", params={"_ssot": token}, timeout=600)
    assert (opened.status_code, opened.url) == (200, f"{base}/admin/")


def test_script_gives_accounts_away(portal: Client) -> None:
    """Plan 0 with `free`, for ever."""
    portal.done("account_add", method="POST", account="gift", plan=0, free=1, notification="agency@example.com")

    assert (_item(portal, "gift")["foreverfree"], portal.charges()) == (True, [])


def _item(portal: Client, account: str) -> dict[str, Any]:
    found = portal.done("account_list", search=account, page=1)["accounts"]
    return next(each for each in found if each["account"] == f"{account}.activehosted.com")


def _called(base: str, parameters: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{base}/admin/api.php", params=parameters, timeout=600).json()
    assert int(answer["result_code"]) == 1, answer
    return answer
