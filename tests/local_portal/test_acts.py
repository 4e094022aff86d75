"""What humans do on the portal's pages and time does to accounts, as the control API is told (`POST /_portal/act`)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from local_portal.portal_client import (
    ACCOUNTS,
    PLUS_MONTHLY,
    SANDBOX,
    SLOW,
    SNAPSHOTS,
    STARTER_ANNUAL,
    STARTER_MONTHLY,
    TRIAL,
    Client,
    client_of,
    wait_until,
)


def _act(client: Client, action: str, account: str = "acme", **fields: Any) -> dict[str, Any]:
    return client.order("act", {"action": action, "account": account, **fields})


def _refused(client: Client, action: str, account: str = "acme", **fields: Any) -> str:
    body = {"action": action, "account": account, **fields}
    answer = requests.post(f"{client.portal.url}/_portal/act", json=body, timeout=600)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def _refused_settings(client: Client, **fields: Any) -> str:
    body = {"action": "account_settings", **fields}
    return str(requests.post(f"{client.portal.url}/_portal/act", json=body, timeout=600).json()["error"])


def _day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def _listed(client: Client, name: str = "acme") -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in client.done("account_list")["accounts"] if each["account"] == name)
    return found


def test_human_edits_whatever_the_pages_let_a_human_edit(client: Client) -> None:
    """Every attribute, in one act, by the rules of the portal; the account's write is in no request book."""
    client.seed({"account": "acme", "planid": STARTER_MONTHLY})

    _act(
        client,
        "edit",
        client_name="Acme NV",
        client_email="new@acme.example",
        notification="ops@example.com",
        cname="Mail.Acme.Example",
        planid=PLUS_MONTHLY,
        language="dutch",
        timezone="Europe/Brussels",
        subscribers=150,
        emails_sent=7,
        status="disabled",
        lock_message="Please pay",
    )

    kept = client.account("acme")
    assert [kept[name] for name in ("client_name", "client_email", "language", "timezone", "lock_message")] == [
        "Acme NV",
        "new@acme.example",
        "dutch",
        "Europe/Brussels",
        "Please pay",
    ]
    item = _listed(client)
    assert [item[name] for name in ("cname", "planid", "notification", "subscribers", "reseller_status")] == [
        "mail.acme.example",
        str(PLUS_MONTHLY),
        "ops@example.com",
        150,
        "disabled",
    ]
    assert client.charges() == [("acme", 30)]
    assert [row["action"] for row in client.requests()] == ["account_list"]


@pytest.mark.parametrize(
    "fields",
    [
        {"client_email": "nobody"},
        {"notification": "x"},
        {"cname": "mail"},
        {"language": "klingon"},
        {"timezone": "Mars/Base"},
        {"status": "cancelled"},
        {"country": "FR"},
        {"plan": {"tier": "sandbox"}},
        {"plan": {"tier": "gold"}},
        {"subscribers": "many"},
        {"client_name": None},
    ],
)
def test_human_cannot_edit_what_the_portal_does_not_let_through(client: Client, fields: dict[str, Any]) -> None:
    """The rules of the portal hold for humans, too; nothing of a refused act is done."""
    client.seed({"account": "acme", "client_name": "Acme"})
    before = client.account("acme")

    assert _refused(client, "edit", **{"subscribers": 9, **fields})

    assert client.account("acme") == before
    assert client.book("acts") == {"acts": []}


def test_act_that_is_not_known_is_refused(client: Client) -> None:
    """Neither an unknown act, nor one without its account, nor one with a field too many."""
    client.seed({"account": "acme"})

    assert "one of" in _refused(client, "explode")
    assert "does not exist" in _refused(client, "expire", "nobody")
    assert "required" in _refused(client, "cancel", "")
    assert "colour" in _refused(client, "cancel", colour="red")
    bodies: list[Any] = [[], "cancel", None, {"action": ["cancel"]}]
    for body in bodies:
        assert requests.post(f"{client.portal.url}/_portal/act", json=body, timeout=600).status_code == 400


def test_rename_keeps_everything_but_the_name(client: Client) -> None:
    """Id, creation, key, templates, plan and contents stay; the old name is free again (portal.md 1.5)."""
    client.seed(
        {"account": "acme", "created_at": "2024-05-01", "contents": {"tags": ["vip"]}, "templates": [{"name": "News"}]},
        {"account": "other"},
    )
    before, key = client.account("acme"), client.own("acme").key

    assert "taken" in _refused(client, "rename", to="other")
    assert "valid" in _refused(client, "rename", to="no spaces")
    _act(client, "rename", to="zenith")

    after = client.account("zenith")
    assert {name for name in after if after[name] != before[name]} == {"account", "updated_at"}
    assert client.own("zenith").key == key
    assert client.own("zenith").done("message_template_list")["0"]["name"] == "News"
    assert client.listed() == ["zenith", "other"]
    (item,) = client.hub("GET", ACCOUNTS, search="zenith").json()["hosted_accounts"]
    assert (item["id"], item["created_at"]) == (before["id"], "2024-05-01T00:00:00+00:00")
    assert item["updated_at"] > item["created_at"]
    client.done("account_name_check", account="acme")


def test_expired_account_is_listed_with_its_date(client: Client) -> None:
    """`expired` follows the date, however old, and the hub has it under the archived ones (portal.md rule 38)."""
    client.seed({"account": "acme"}, {"account": "other"})

    _act(client, "expire", date="2022-03-04")

    item = _listed(client)
    assert (item["expire"], item["expired"], item["cancelled"], item["reseller_status"]) == (
        "2022-03-04",
        True,
        False,
        "active",
    )
    archived = client.hub("GET", ACCOUNTS, is_archived="true").json()["hosted_accounts"]
    assert [each["account_name"] for each in archived] == ["acme"]
    for wrong in ("yesterday", "1960-01-01", "2024-1-1", "", 5):
        assert "date" in _refused(client, "expire", date=wrong)
    _act(client, "expire")
    assert _listed(client)["expire"] == _day(-1)


def test_cancelled_account_can_have_been_cancelled_long_ago(client: Client) -> None:
    """A cancellation has a day, which no list tells."""
    client.seed({"account": "acme"})

    _act(client, "cancel", reason="left", retain_data=False, date="2023-01-31")

    kept, item = client.account("acme"), _listed(client)
    assert (kept["cancelled_at"][:10], kept["cancel_reason"], kept["retain_data"]) == ("2023-01-31", "left", False)
    assert (item["cancelled"], item["reseller_status"]) == (True, "cancelled")
    assert "cancelled" in _refused(client, "edit", client_name="Acme")


def test_paid_account_is_renewed_with_a_charge_and_comes_back() -> None:
    """Archived for less than a year: charged at once, back after a while, on another plan if wanted (rule 39)."""
    with client_of(provisioning=SLOW) as slow:
        slow.seed({"account": "acme", "planid": STARTER_MONTHLY}, {"account": "other", "planid": STARTER_MONTHLY})
        slow.done("account_cancel", account="acme", reason="left")
        _act(slow, "expire", "other", date=_day(-300))

        _act(slow, "renew", planid=STARTER_ANNUAL)
        _act(slow, "renew", "other")

        assert slow.charges() == [("acme", 200), ("other", 20)]
        assert slow.account("acme")["status"] == "creating"
        wait_until(lambda: slow.account("acme")["status"] == "active")
        item = _listed(slow)
        assert (item["planid"], item["cancelled"], item["expired"]) == (str(STARTER_ANNUAL), False, False)
        assert "neither" in _refused(slow, "renew", "other")


@pytest.mark.parametrize("way", ["cancel", "expire", "archive"])
def test_account_archived_over_a_year_ago_is_not_renewed(client: Client, way: str) -> None:
    """Its data is gone for good (portal.md rule 41)."""
    client.seed({"account": "acme", "planid": STARTER_MONTHLY})

    _act(client, way, date=_day(-366))

    assert "over a year" in _refused(client, "renew")
    assert client.charges() == []


def test_archived_account_was_cancelled_or_has_expired_on_that_day(client: Client) -> None:
    """Archived is what follows from the other two (portal.md rule 38)."""
    client.seed({"account": "acme"}, {"account": "gone", "status": "cancelled"})

    for name in ("acme", "gone"):
        _act(client, "archive", name, date="2025-02-03")

    assert (client.account("acme")["expire"], client.account("gone")["cancelled_at"][:10]) == ("2025-02-03",) * 2
    assert "passed" in _refused(client, "archive", date=_day(1))


def test_trial_is_renewed_for_free_once_and_then_for_money(client: Client) -> None:
    """Two weeks for free, once (rule 40); to a paid plan at any time (rule 44)."""
    client.seed({"account": "acme", "planid": TRIAL})

    for _ in range(2):
        _act(client, "expire")
        if client.account("acme")["free_renewals"] == 0:
            _act(client, "renew")
            assert (_listed(client)["expire"], client.charges()) == (_day(14), [])
    assert "once" in _refused(client, "renew")
    assert "paid" in _refused(client, "renew", plan={"tier": "sandbox"})
    _act(client, "renew", planid=STARTER_MONTHLY)

    assert client.charges() == [("acme", 20)]
    assert _listed(client)["planid"] == str(STARTER_MONTHLY)


def test_trial_is_extended_once_only(client: Client) -> None:
    """Support does it, and never twice (portal.md rule 43)."""
    client.seed({"account": "acme", "planid": TRIAL, "expire": _day(3)}, {"account": "paid", "planid": STARTER_MONTHLY})

    _act(client, "extend_trial")

    assert _listed(client)["expire"] == _day(17)
    assert "once" in _refused(client, "extend_trial")
    assert "not a trial" in _refused(client, "extend_trial", "paid")


def test_account_that_is_moved_out_is_gone_and_its_name_stays_taken(client: Client) -> None:
    """No list of either API has it, snapshots and jobs of it do no harm, its host answers nobody here (rule 35)."""
    client.seed(
        {"account": "acme", "planid": SANDBOX, "templates": [{"name": "News"}]},
        {"account": "made", "snapshot": "v1"},
        snapshots=[{"name": "v1", "source": "acme"}],
    )
    own = client.own("acme")

    _act(client, "delete")

    assert client.listed() == ["made"]
    assert client.hub("GET", ACCOUNTS, search="acme").json()["hosted_accounts"] == []
    assert "taken" in client.refused("account_name_check", account="acme")
    assert "taken" in client.refused("account_add", account="acme", plan=TRIAL)
    assert "does not exist" in client.refused("account_status", account="acme")
    assert own.raw("message_template_list").status_code == 404
    assert client.book("templates") == {"templates": []}
    assert [each["source"] for each in client.book("snapshots")["snapshots"]] == [None]
    assert client.session.get(f"{client.portal.url}/_portal/", timeout=600).ok


def test_account_that_is_moved_out_while_it_is_filled_ends_its_job() -> None:
    """Nothing comes back to life when the job would have been due."""
    with client_of(provisioning=SLOW) as slow:
        slow.seed(
            {"account": "base", "planid": SANDBOX, "templates": [{"name": "News"}]},
            snapshots=[{"name": "v1", "source": "base"}],
        )
        slow.done("account_add", account="acme", plan=TRIAL, snapshot=1)
        _act(slow, "delete")
        time.sleep(SLOW)

        assert [each["account"] for each in slow.book("templates")["templates"]] == ["base"]
        (job,) = slow.hub("GET", "/api/child-account-snapshots/v1/status").json()["items"]
        assert (job["status"], job["target_account"]) == ("cancelled", "")


def test_account_that_is_moved_in_appears_as_it_is(client: Client) -> None:
    """It was somebody else's: nothing is charged, and its age is its own (portal.md rule 34)."""
    client.seed(taken=["acme"])
    assert "taken" in client.refused("account_name_check", account="acme")

    _act(
        client,
        "move_in",
        planid=PLUS_MONTHLY,
        created_at="2020-01-01",
        client_name="Acme",
        templates=[{"name": "News"}],
    )

    assert (client.listed(), client.charges()) == (["acme"], [])
    (item,) = client.hub("GET", ACCOUNTS).json()["hosted_accounts"]
    assert item["created_at"] == "2020-01-01T00:00:00+00:00"
    assert client.own("acme").done("message_template_list")["0"]["name"] == "News"
    assert "twice" in _refused(client, "move_in")


def test_human_deletes_a_snapshot(client: Client) -> None:
    """A snapshot is gone from the list, for good (portal.md rule 15)."""
    client.seed({"account": "base", "planid": SANDBOX}, snapshots=[{"name": "v1", "source": "base"}])

    client.order("act", {"action": "delete_snapshot", "snapshot": 1})

    assert client.hub("GET", SNAPSHOTS).json()["snapshots"] is None
    answer = requests.post(
        f"{client.portal.url}/_portal/act", json={"action": "delete_snapshot", "snapshot": 1}, timeout=600
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "Snapshot 1 does not exist."})


def test_human_works_inside_an_account(client: Client) -> None:
    """Templates of any kind, the branding and the add-ons change without an API."""
    client.seed({"account": "acme", "planid": STARTER_MONTHLY})

    assert _act(client, "template_add", name="Shiny", designer=True) == {"ok": True, "id": 1}
    assert _act(client, "template_add", name="News", html="<p>1</p>", tags=["a"])["id"] == 2
    _act(client, "template_edit", id=2, html="<p>2</p>")
    _act(client, "branding_edit", branding={"siteName": "Acme"})
    _act(client, "addons", scoring=True, conversations="paid", seats=2)

    kept = client.book("templates")["templates"]
    assert [(each["name"], each["content"], each["tags"], each["designer"]) for each in kept] == [
        ("Shiny", "", [], True),
        ("News", "<p>2</p>", ["a"], False),
    ]
    assert client.own("acme").v3("GET", "/brandings").json()["brandings"][0]["siteName"] == "Acme"
    assert client.book("addons") == {
        "addons": [{"account": "acme", "scoring": True, "conversations": "paid", "seats": 2}]
    }
    assert "not expected" in _refused(client, "branding_edit", branding={"colour": "red"})
    assert "positive" in _refused(client, "addons", conversations="paid", seats=0)
    _act(client, "template_edit", id=1, name="Shinier")
    _act(client, "template_delete", id=2)
    assert [each["name"] for each in client.book("templates")["templates"]] == ["Shinier"]
    _act(client, "template_delete", id=1)
    assert client.book("templates") == {"templates": []}


def test_new_key_locks_out_whoever_has_the_old_one(client: Client) -> None:
    """A user can make another key at any time; it stays the account's alone."""
    client.seed({"account": "acme"}, {"account": "other", "api_key": "key-of-other"})
    old = client.own("acme")

    _act(client, "new_key")
    assert "not authorized" in old.refused("user_me")
    assert len(client.own("acme").key) == len(old.key)
    _act(client, "new_key", api_key="key-of-acme")
    client.own("acme").done("user_me")
    assert client.own("acme").key == "key-of-acme"
    assert "alone" in _refused(client, "new_key", api_key="key-of-other")


def test_new_accounts_get_the_default_account_settings(client: Client) -> None:
    """Branding and templates for every new account; the box brands the existing ones and pushes nothing (rule 58)."""
    client.seed({"account": "before"})

    settings = {"branding": {"siteName": "Northwind"}, "templates": [{"name": "Welcome", "html": "<p>Hi</p>"}]}
    client.order("act", {"action": "account_settings", **settings, "apply_to_existing": True})
    client.done("account_add", account="after", plan=TRIAL)

    assert [(each["account"], each["siteName"]) for each in client.book("brandings")["brandings"]] == [
        ("before", "Northwind"),
        ("after", "Northwind"),
    ]
    assert [(each["account"], each["name"]) for each in client.book("templates")["templates"]] == [("after", "Welcome")]
    assert client.book("defaults")["defaults"]["branding"] == {"siteName": "Northwind"}
    assert "not expected" in _refused_settings(client, branding={"colour": "red"})
    assert "p parameter" in _refused_settings(client, templates=[{"name": "News", "scope": "specific"}])


def test_list_can_be_stale_about_what_a_human_did(client: Client) -> None:
    """An act is a write like any other: a late list does not know it yet, an account that is gone is still there."""
    client.seed({"account": "acme", "client_name": "Old"}, {"account": "gone"})
    _act(client, "edit", client_name="New")
    _act(client, "delete", "gone")
    _act(client, "move_in", "new")

    client.fault("account_list", "stale_list", writes=3)

    stale = client.done("account_list")["accounts"]
    assert {(each["account"], each["client_name"]) for each in stale} == {("acme", "Old"), ("gone", "")}
    assert client.listed() == ["acme", "new"]


def test_acts_are_kept_in_a_book_without_a_secret(client: Client) -> None:
    """What was done by hand is written down apart from what was called, and no password with it."""
    _act(client, "move_in", password="s3cret", api_key="0123456789")
    _act(client, "rename", to="zenith")

    book = client.book("acts")["acts"]
    assert [(each["action"], each["account"], each["parameters"]) for each in book] == [
        ("move_in", "acme", {}),
        ("rename", "acme", {"to": "zenith"}),
    ]
    assert client.requests() == []
