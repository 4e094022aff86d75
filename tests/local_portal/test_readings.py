"""Each reading of the portal on which sources differ, as a client meets it (docs/portal.md section 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from local_portal.portal_client import ACCOUNTS, PLUS_MONTHLY, SNAPSHOTS, TRIAL, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLUS_2500 = 231


@pytest.fixture
def portal(client: Client) -> Iterator[Client]:
    """An empty portal whose readings are put back afterwards."""
    yield client
    client.order("settings", {"dialect": "today"})


def read(portal: Client, **readings: str) -> None:
    """Let the portal read questions otherwise."""
    portal.order("settings", {"readings": {name.replace("_", "-"): reading for name, reading in readings.items()}})


def listed(portal: Client, **parameters: Any) -> list[dict[str, Any]]:
    """Return the accounts on one page."""
    return list(portal.done("account_list", **parameters)["accounts"])


def test_states_as_numbers(portal: Client) -> None:
    """R1: 0 is active, also while the account is created; account_status goes on answering words."""
    read(portal, status_words="numbers")
    portal.seed(*({"account": name, "status": name} for name in ("active", "creating", "disabled")))

    assert [row["reseller_status"] for row in listed(portal)] == ["0", "0", "1"]
    assert portal.done("account_status", account="disabled")["status"] == "disabled"


def test_display_names_at_the_hub(portal: Client) -> None:
    """R2: the hub shows and searches what a person calls an account; jobs and sources too."""
    read(portal, hub_account_name="display-name")
    portal.seed({"account": "lab", "plan": {"tier": "sandbox"}, "client_name": "My Laboratory"})
    portal.seed({"account": "acme", "display_name": "Acme & Sons", "client_name": "Jane"}, {"account": "bare"})

    names = {row["account_name"] for row in portal.hub("GET", ACCOUNTS).json()["hosted_accounts"]}
    assert names == {"My Laboratory", "Acme & Sons", "bare"}
    assert portal.hub("GET", ACCOUNTS, search="& sons").json()["pagination"]["total"] == 1
    assert portal.hub("GET", ACCOUNTS, search="acme").json()["pagination"]["total"] == 1  # a part of the display name
    (source,) = portal.hub("GET", f"{ACCOUNTS}snapshots", search="laboratory").json()["accounts"]
    assert source["account_name"] == "My Laboratory"


def test_account_ordered_by_a_display_name(portal: Client) -> None:
    """R2: `account_name` is shown as it was given, and the login name is cut down from it."""
    read(portal, hub_account_name="display-name")
    body = {
        "account_name": "My Account",
        "name": "John Doe",
        "email": "user@example.com",
        "notification": "notify@example.com",
        "billing_interval": 1,
        "products": [{"code": "ac", "tier": "starter", "entitlements": []}],
        "country": "US",
    }
    assert portal.hub("POST", ACCOUNTS, json=body).status_code == 200

    assert portal.account("myaccount")["display_name"] == "My Account"
    assert portal.hub("GET", ACCOUNTS).json()["hosted_accounts"][0]["account_name"] == "My Account"


def test_pages_with_a_count_and_a_total(portal: Client) -> None:
    """R3: 20 rows on a page unless asked otherwise, pages from 1, and the number of all rows."""
    portal.seed(*({"account": f"a{number:02}"} for number in range(45)))
    assert "total" not in portal.done("account_list")
    read(portal, list_pages="count")

    first = portal.done("account_list", page=1)
    assert (len(first["accounts"]), first["total"]) == (20, 45)
    assert listed(portal, page=0) == first["accounts"]
    assert [row["account"] for row in listed(portal, page=2, count=40)] == [f"a{number}" for number in range(40, 45)]
    assert portal.done("account_list", search="a4")["total"] == 5


def test_names_as_hosts(portal: Client) -> None:
    """R4: lists and the answer to a creation say the whole host."""
    read(portal, account_form="host")
    made = portal.done("account_add", method="POST", account="acme", plan=TRIAL)

    assert made["account"] == listed(portal)[0]["account"] == "acme.activehosted.com"


def test_names_with_underscores(portal: Client) -> None:
    """R5: each reading refuses what the other takes; seeds take both."""
    assert "not a valid" in portal.refused("account_name_check", account="a_b")
    read(portal, name_characters="underscore")
    portal.done("account_name_check", account="a_b")
    assert "not a valid" in portal.refused("account_name_check", account="a-b")
    portal.seed({"account": "one_two"}, {"account": "one-two"})


def test_types_of_an_older_list(portal: Client) -> None:
    """R9: `cancelled` is a text, and `expired` a number."""
    read(portal, list_types="text")
    portal.seed({"account": "gone", "status": "cancelled"}, {"account": "old", "expire": "2020-01-01"})

    assert [(row["cancelled"], row["expired"]) for row in listed(portal)] == [("true", 0), ("false", 1)]


def test_client_email_in_the_list(portal: Client) -> None:
    """R10: it is a column only where it is listed."""
    portal.seed({"account": "acme", "client_email": "jane@acme.example"})
    assert "client_email" not in listed(portal)[0]
    read(portal, client_email="listed")
    assert listed(portal)[0]["client_email"] == "jane@acme.example"


def test_prorated_price_is_what_is_charged(portal: Client) -> None:
    """R11: half of the term is left, so half of the difference is due; the term ends when it would have ended."""
    expire = (datetime.now(UTC).date() + timedelta(days=15)).isoformat()
    portal.seed({"account": "acme", "planid": str(PLUS_MONTHLY), "expire": expire})
    assert "prorated" not in portal.done("account_plans", account="acme")["plans"][str(_PLUS_2500)]
    read(portal, prorated="told")
    plans = portal.done("account_plans", account="acme")["plans"]
    assert "prorated" not in portal.done("account_plans")["plans"][str(_PLUS_2500)]
    assert (plans[str(PLUS_MONTHLY)]["prorated"], plans["211"]["prorated"]) == (0, 0)

    portal.done("account_edit", account="acme", plan=_PLUS_2500)

    ((_, amount),) = portal.charges()
    difference = plans[str(_PLUS_2500)]["price"] - plans[str(PLUS_MONTHLY)]["price"]
    assert amount == plans[str(_PLUS_2500)]["prorated"] == difference / 2
    assert portal.account("acme")["expire"] == expire


def test_free_for_ever(portal: Client) -> None:
    """R18: plan 0 with `free` makes an account that costs nothing; nothing turns an account free afterwards."""
    assert "does not exist" in portal.refused("account_add", account="acme", plan=0, free=1)
    read(portal, free_plan="accepted")
    assert "does not exist" in portal.refused("account_add", account="acme", plan=0)
    portal.done("account_add", account="acme", plan=0, free=1)

    assert (listed(portal)[0]["planid"], listed(portal)[0]["foreverfree"], portal.charges()) == ("0", True, [])
    assert "0" not in portal.done("account_plans")["plans"]
    portal.done("account_edit", account="acme", plan=PLUS_MONTHLY)
    assert listed(portal)[0]["foreverfree"] is False
    assert "does not exist" in portal.refused("account_edit", account="acme", plan=0)


def test_id_of_a_new_template(portal: Client) -> None:
    """R19: the answer to an addition says it, or does not."""
    portal.seed({"account": "acme"})
    own = portal.own("acme")
    assert "id" not in own.done("message_template_add", name="one", html="<p>1</p>")
    read(portal, template_id="answered")
    number = own.done("message_template_add", name="two", html="<p>2</p>")["id"]
    assert own.done("message_template_view", id=number)["name"] == "two"


def test_status_of_an_unknown_account(portal: Client) -> None:
    """R20: a failure, or a success that says no state."""
    assert "does not exist" in portal.refused("account_status", account="nobody")
    read(portal, unknown_account="no-status")
    assert "status" not in portal.done("account_status", account="nobody")


def test_wrong_method_at_the_hub(portal: Client) -> None:
    """R21: 405 with the methods, or as if there were no such path."""
    allowed = portal.hub("PATCH", SNAPSHOTS)
    assert (allowed.status_code, allowed.headers["allow"]) == (405, "GET, POST")
    read(portal, hub_wrong_method="404")
    hidden = portal.hub("PATCH", SNAPSHOTS)
    assert (hidden.status_code, "allow" in hidden.headers) == (404, False)


def test_more_operations_of_the_hub(portal: Client) -> None:
    """R22: lists are empty, writes are refused, and those that want a JWT refuse the key."""
    profiles, quota = "/api/ai-customizations/v1/profiles", "/api/files/v1/quota"
    assert portal.hub("GET", profiles).status_code == 404
    read(portal, hub_more="served")

    assert portal.hub("GET", profiles).json() == {"profiles": []}
    assert portal.hub("POST", profiles, json={"name": "x"}).status_code == 400
    assert portal.hub("GET", f"{profiles}/7").status_code == 404
    assert portal.hub("GET", quota).status_code == 401
    assert portal.hub("PUT", profiles).status_code == 405
    keyless = requests.get(portal.portal.hub_api + profiles, timeout=600)
    assert keyless.status_code == 401
