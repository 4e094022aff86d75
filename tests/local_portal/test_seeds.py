"""Seeds: a whole agency, in every state, in one request."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from local_portal.portal_client import ACCOUNTS, SNAPSHOTS, TRIAL, Client, client_of

TODAY = datetime.now(UTC).date()
LONG_AGO = (TODAY - timedelta(days=500)).isoformat()
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()

# Every state an account can be in, and what the lists have to say of it: state, expired, cancelled, free for ever.
STATES: dict[str, tuple[dict[str, Any], tuple[str, bool, bool, bool]]] = {
    "trial": ({"plan": {"tier": "trial"}}, ("active", False, False, False)),
    "ended-trial": ({"plan": {"tier": "trial"}, "expire": YESTERDAY}, ("active", True, False, False)),
    "ended-paid": ({"plan": {"tier": "plus"}, "expire": LONG_AGO}, ("active", True, False, False)),
    "disabled": ({"status": "disabled", "lock_message": "Please pay"}, ("disabled", False, False, False)),
    "cancelled": ({"status": "cancelled", "cancelled_at": LONG_AGO}, ("cancelled", False, True, False)),
    "creating": ({"status": "creating"}, ("creating", False, False, False)),
    "sandbox": ({"plan": {"tier": "sandbox"}}, ("active", False, False, True)),
    "free": ({"forever_free": True}, ("active", False, False, True)),
    **{
        f"{tier}-{billing}": (
            {"plan": {"tier": tier, "billing": billing, "contacts": 2500}},
            ("active", False, False, False),
        )
        for tier in ("starter", "plus", "pro", "enterprise")
        for billing in ("monthly", "annual")
    },
}


def _agency(number: int) -> list[dict[str, Any]]:
    kinds = list(STATES)
    return [
        {
            "account": f"{kinds[place % len(kinds)]}-{place}",
            "client_name": f"Client {place}",
            "notification": f"ops+{place}@example.com",
            "language": "dutch",
            "country": "BE",
            **({} if kinds[place % len(kinds)] == "sandbox" else {"cname": f"mail{place}.example.com"}),
            **STATES[kinds[place % len(kinds)]][0],
        }
        for place in range(number)
    ]


def test_seed_makes_five_hundred_accounts_in_every_state_at_once() -> None:
    """One request, and each list tells the state of every account as it has to."""
    with client_of(page_size=100, provisioning=30) as client:
        client.seed(*_agency(500))

        items = [item for page in range(1, 6) for item in client.done("account_list", page=page)["accounts"]]
        assert len(items) == 500
        for item in items:
            kind = item["account"].rpartition("-")[0]
            shown = (item["reseller_status"], item["expired"], item["cancelled"], item["foreverfree"])
            assert shown == STATES[kind][1], item["account"]
        assert Counter(item["expire"] for item in items if item["account"].startswith("ended-paid"))[LONG_AGO] > 20
        archived = client.hub("GET", ACCOUNTS, is_archived="true").json()["pagination"]["total"]
        assert archived == sum(item["expired"] or item["cancelled"] for item in items)


def test_seed_makes_snapshots_in_every_state_and_twice_of_a_name(client: Client) -> None:
    """Old ones, failed ones, unfinished ones, and two of one name (portal.md rules 16 and 1.8)."""
    states = ("success", "failed", "cancelled", "in_progress")
    client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}},
        snapshots=[
            *({"name": state, "source": "base", "status": state} for state in states),
            {"name": "old", "source": "base", "created_at": "2021-07-31"},
            {"name": "twin", "source": "base"},
            {"name": "twin", "source": "base"},
        ],
    )

    found = client.hub("GET", SNAPSHOTS).json()["snapshots"]
    assert [(each["name"], each["status"]) for each in found] == [
        *zip(states, states, strict=True),
        ("old", "success"),
        ("twin", "success"),
        ("twin", "success"),
    ]
    old = next(each["id"] for each in found if each["name"] == "old")
    assert "August 2021" in client.refused("account_add", account="acme", plan=TRIAL, snapshot=old)


def test_seed_furnishes_an_account(client: Client) -> None:
    """Key, templates, branding and add-ons are there as if they had always been."""
    client.seed(
        {
            "account": "acme",
            "api_key": "acme-key-0123",
            "templates": [{"name": "News", "html": "<p>Hi</p>", "tags": ["a"], "scope": "all"}],
            "branding": {"siteName": "Acme", "help": False},
            "addons": {"scoring": True, "conversations": "trial"},
            "currency": "EUR",
            "updated_at": "2024-06-01",
            "created_at": "2024-05-01",
        }
    )

    own = client.own("acme")
    assert own.key == "acme-key-0123"
    assert own.done("message_template_view", id=1)["tags"] == ["a"]
    assert own.v3("GET", "/brandings/1").json()["branding"]["help"] == "0"
    assert client.book("addons")["addons"] == [
        {"account": "acme", "scoring": True, "conversations": "trial", "seats": 0}
    ]
    kept = client.account("acme")
    assert (kept["currency"], kept["updated_at"][:10]) == ("EUR", "2024-06-01")
    own.raw("message_template_add", name="acme-key-0123")
    assert "acme-key-0123" not in client.session.get(f"{client.portal.url}/_portal/requests", timeout=600).text


def test_seed_takes_a_number_for_a_name_and_no_date_for_never(client: Client) -> None:
    """Files that people write by hand have such values."""
    client.seed({"account": 7, "expire": "", "templates": [{"name": "News"}]})

    (item,) = client.done("account_list")["accounts"]
    assert (item["account"], item["expire"], item["expired"]) == ("7", "", False)
    assert client.book("templates")["templates"][0]["account"] == "7"


def test_names_of_others_are_taken_and_never_listed(client: Client) -> None:
    """Names are the vendor's, not the agency's: somebody else may have one."""
    client.seed(taken=["acme"])

    assert client.listed() == []
    assert "taken" in client.refused("account_name_check", account="acme")
    assert "taken" in client.refused("account_add", account="acme", plan=TRIAL)


@pytest.mark.parametrize(
    "account",
    [
        {"expire": "soon"},
        {"api_key": "short"},
        {"api_key": "the-key-of-first"},
        {"templates": {}},
        {"templates": [{"html": "<p>"}]},
        {"templates": [{"name": "News", "colour": "red"}]},
        {"templates": [{"name": "News", "scope": "some"}]},
        {"templates": [{"name": "News", "scope": "specific"}]},
        {"expire": "1960-01-01"},
        {"branding": {"colour": "red"}},
        {"branding": {"help": "perhaps"}},
        {"addons": {"chat": True}},
        {"addons": {"conversations": "free"}},
        {"addons": {"scoring": "yes"}},
        {"forever_free": 1},
        {"cancelled_at": "never", "status": "cancelled"},
    ],
)
def test_seed_of_an_account_that_cannot_be_adds_nothing(client: Client, account: dict[str, Any]) -> None:
    """What belongs to an account is checked like the account itself."""
    client.seed({"account": "first", "api_key": "the-key-of-first"})

    body = {"accounts": [{"account": "acme", **account}]}
    answer = requests.post(f"{client.portal.url}/_portal/seed", json=body, timeout=600)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.names() == ["first"]
