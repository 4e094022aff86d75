"""The actions of the agency API (portal.md 1.2 to 1.5) and the rules they keep (portal.md section 2)."""

from __future__ import annotations

from typing import Any

import pytest
from local_portal.portal_client import (
    ENTERPRISE_MONTHLY,
    PLUS_MONTHLY,
    SANDBOX,
    SLOW,
    STARTER_ANNUAL,
    STARTER_MONTHLY,
    TRIAL,
    Client,
    client_of,
    wait_until,
)

FULL = {
    "account": "Acme.activehosted.com",
    "cname": "Mail.Acme.example.com",
    "name": "Ann Acme",
    "email": "ann@acme.example",
    "notification": "agency@example.com",
    "plan": STARTER_MONTHLY,
    "language": "dutch",
    "timezone": "Europe/Brussels",
}


def test_account_add_returns_a_password_that_logs_in(client: Client) -> None:
    """The password is shown once, in clear, and is the one the client can use."""
    answer = client.done("account_add", method="POST", **FULL)

    assert (answer["account"], answer["username"]) == ("acme", "admin")
    assert client.order("login", answer) == {"ok": True}
    assert client.order("login", answer | {"password": "other"}) == {"ok": False}
    assert answer["password"] not in str(client.book("accounts"))


def test_account_add_keeps_what_was_ordered(client: Client) -> None:
    """What is write-once is kept, though the list never shows it."""
    client.done("account_add", method="POST", **FULL)

    kept = client.account("acme")
    assert kept["cname"] == "mail.acme.example.com"
    assert (kept["client_name"], kept["client_email"]) == ("Ann Acme", "ann@acme.example")
    assert (kept["language"], kept["timezone"], kept["status"]) == ("dutch", "Europe/Brussels", "active")


def test_account_add_of_a_paid_plan_charges_its_price_at_once(client: Client) -> None:
    """Creating a paid account charges the card; trials and sandboxes cost nothing."""
    price = client.done("account_plans")["plans"][str(STARTER_MONTHLY)]["price"]
    for number, plan in enumerate([STARTER_MONTHLY, TRIAL, SANDBOX]):
        client.done("account_add", account=f"acme-{number}", plan=plan)

    assert client.charges() == [("acme-0", price)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"account": ""}, "required"),
        ({"account": "two words"}, "not a valid account name"),
        ({"account": "-dash"}, "not a valid account name"),
        ({"account": "x" * 64}, "not a valid account name"),
        ({"account": "TAKEN"}, "taken"),
        ({"plan": ""}, "required"),
        ({"plan": "starter"}, "whole number"),
        ({"plan": 999999}, "does not exist"),
        ({"plan": "9" * 400}, "whole number"),
        ({"cname": "acme"}, "not a valid domain"),
        ({"cname": "acme.123"}, "not a valid domain"),
        ({"cname": "a_b.example.com"}, "not a valid domain"),
        ({"cname": "used.example.com"}, "used by another account"),
        ({"plan": SANDBOX}, "sandbox account cannot have a CNAME"),
        ({"email": "ann"}, "not a valid email"),
        ({"notification": "a b@example.com"}, "not a valid email"),
        ({"language": "klingon"}, "language"),
        ({"language": "Dutch"}, "language"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"snapshot": 77}, "does not exist"),
        ({"snapshot": "first"}, "whole number"),
    ],
)
def test_account_add_that_breaks_a_rule_is_refused_and_changes_nothing(
    client: Client, change: dict[str, Any], words: str
) -> None:
    """A refusal says why, and neither an account nor a charge comes of it."""
    client.seed({"account": "taken", "cname": "used.example.com"})

    message = client.refused("account_add", method="POST", **FULL | change)

    assert words in message
    assert client.names() == ["taken"]
    assert client.charges() == []


def test_account_add_from_a_snapshot_copies_its_contents_but_never_images(client: Client) -> None:
    """Images are never copied, everything else of the sandbox is (portal.md rules 18 and 21)."""
    contents = {"templates": ["welcome"], "automations": ["drip"], "images": ["logo.png"], "contacts": 3}
    planted = client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}, "contents": contents},
        snapshots=[{"name": "v1", "source": "base"}],
    )

    client.done("account_add", account="acme", plan=PLUS_MONTHLY, snapshot=planted["snapshots"][0]["id"])

    copied = client.account("acme")["contents"]
    assert copied == {"templates": ["welcome"], "automations": ["drip"], "contacts": 3}


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [({"created_at": "2021-07-31T23:59:59Z"}, "before August 2021"), ({"status": "failed"}, "not complete")],
)
def test_account_add_from_an_unusable_snapshot_is_refused(client: Client, snapshot: dict[str, str], words: str) -> None:
    """Snapshots from before August 2021 are disabled (portal.md rule 16), failed ones are no source."""
    planted = client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}},
        snapshots=[{"name": "v1", "source": "base", **snapshot}],
    )

    message = client.refused("account_add", account="acme", plan=TRIAL, snapshot=planted["snapshots"][0]["id"])

    assert words in message


def test_account_edit_changes_cname_notification_and_plan_alone(client: Client) -> None:
    """Only three attributes can be edited; all others are ignored (portal.md 1.2)."""
    client.done("account_add", method="POST", **FULL)

    wanted = {"cname": "new.example.com", "notification": "other@example.com", "name": "Bob", "language": "german"}
    client.done("account_edit", method="POST", account="acme", plan=PLUS_MONTHLY, **wanted)

    kept = client.account("acme")
    assert (kept["cname"], kept["notification"], kept["planid"]) == ("new.example.com", "other@example.com", 221)
    assert (kept["client_name"], kept["language"]) == ("Ann Acme", "dutch")


def test_account_edit_of_the_plan_charges_the_difference_of_an_upgrade(client: Client) -> None:
    """An upgrade charges the list price difference, a downgrade nothing, another billing interval a whole new term."""
    prices = {plan: item["price"] for plan, item in client.done("account_plans")["plans"].items()}
    client.seed({"account": "acme", "planid": STARTER_MONTHLY})

    for plan in (PLUS_MONTHLY, STARTER_MONTHLY, STARTER_ANNUAL, STARTER_MONTHLY, STARTER_MONTHLY):
        client.done("account_edit", account="acme", plan=plan)

    difference = prices[str(PLUS_MONTHLY)] - prices[str(STARTER_MONTHLY)]
    terms = [prices[str(STARTER_ANNUAL)], prices[str(STARTER_MONTHLY)]]
    assert client.charges() == [("acme", difference), *(("acme", price) for price in terms)]


def test_bill_charges_each_term_that_ends_and_no_other(client: Client) -> None:
    """Rules 47 and 48: each on its own day, disabled ones too; a trial, an ended one and a free one never."""
    seeds = {"paid": "active", "paused": "disabled", "gone": "cancelled"}
    for name, status in seeds.items():
        client.seed({"account": name, "planid": STARTER_MONTHLY, "status": status, "expire": "2999-01-31"})
    client.seed({"account": "free", "planid": STARTER_MONTHLY, "forever_free": True, "expire": ""})
    client.seed({"account": "yearly", "planid": STARTER_ANNUAL, "expire": "2999-03-15"})
    client.seed({"account": "trial", "planid": TRIAL, "expire": "2999-02-01"})

    assert client.order("bill", {"until": "2999-03-31"}) == {"renewals": 7}

    charges = [(charge["account"], charge["time"][:10]) for charge in client.book("charges")["charges"]]
    days = {name: [day for account, day in charges if account == name] for name in seeds}
    assert days == {"paid": ["2999-01-31", "2999-02-28", "2999-03-31"], "paused": days["paid"], "gone": []}
    assert client.account("paid")["expire"] == "2999-04-30"


@pytest.mark.parametrize(
    ("before", "after"),
    [(STARTER_MONTHLY, SANDBOX), (TRIAL, SANDBOX), (SANDBOX, STARTER_MONTHLY), (STARTER_MONTHLY, TRIAL)],
)
def test_account_edit_into_or_out_of_a_sandbox_is_refused(client: Client, before: int, after: int) -> None:
    """Sandboxes are made as sandboxes and stay sandboxes (portal.md rules 5 and 6)."""
    client.seed({"account": "acme", "planid": before})

    assert "cannot be" in client.refused("account_edit", account="acme", plan=after)
    assert client.account("acme")["planid"] == before


def test_account_edit_with_an_empty_cname_takes_it_away(client: Client) -> None:
    """An empty value clears, a missing one leaves alone; the domain is free for another account."""
    client.seed({"account": "acme", "cname": "mail.example.com"}, {"account": "other"})

    client.done("account_edit", account="acme", notification="a@example.com")
    assert client.account("acme")["cname"] == "mail.example.com"
    client.done("account_edit", account="acme", cname="")
    client.done("account_edit", account="other", cname="mail.example.com")

    assert [client.account(name)["cname"] for name in ("acme", "other")] == ["", "mail.example.com"]


def test_account_that_is_being_created_refuses_edits_and_becomes_active() -> None:
    """Provisioning takes its time; until then only reading works (portal.md 6)."""
    with client_of(provisioning=SLOW) as slow:
        slow.done("account_add", account="acme", plan=TRIAL)

        assert slow.done("account_status", account="acme")["status"] == "creating"
        assert "still being created" in slow.refused("account_edit", account="acme", notification="a@example.com")
        assert "still being created" in slow.refused("account_status_set", account="acme", status=1)

        wait_until(lambda: bool(slow.done("account_status", account="acme")["status"] == "active"))
        slow.done("account_edit", account="acme", notification="a@example.com")


def test_account_status_of_an_unknown_account_is_a_failure_without_a_status(client: Client) -> None:
    """What the vendor answers is not documented; here there is no `status` to misread."""
    answer = client.agency("account_status", account="ghost")

    assert answer["result_code"] == 0
    assert "status" not in answer


def test_account_status_set_disables_with_one_and_enables_with_zero(client: Client) -> None:
    """1 = inactive and 0 = active, the reverse of scoring (portal.md 1.2, traps)."""
    client.seed({"account": "acme"})

    client.done("account_status_set", account="acme", status=1, message="<b>Please pay</b>")
    assert client.done("account_status", account="acme")["status"] == "disabled"
    assert client.account("acme")["lock_message"] == "<b>Please pay</b>"
    client.done("account_status_set", account="acme", status=0)

    assert client.done("account_status", account="acme")["status"] == "active"
    assert "one of: 0, 1" in client.refused("account_status_set", account="acme", status="active")


def test_account_cancel_leaves_a_cancelled_account_that_nothing_changes(client: Client) -> None:
    """There is no deletion: the account stays, cancelled, and its name stays taken (portal.md rules 36 to 38)."""
    client.seed({"account": "acme", "contents": {"templates": []}})

    client.done("account_cancel", account="acme", reason="left", retaindata=0)

    kept = client.account("acme")
    assert (kept["status"], kept["cancel_reason"], kept["retain_data"], kept["contents"]) == (
        "cancelled",
        "left",
        False,
        {},
    )
    (item,) = client.done("account_list")["accounts"]
    assert (item["cancelled"], item["reseller_status"]) == (True, "cancelled")
    for action, more in (
        ("account_cancel", {}),
        ("account_edit", {"notification": "a@example.com"}),
        ("account_status_set", {"status": 0}),
        ("account_credits_apply", {"credits": 1}),
        ("account_conversations", {"status": "trial"}),
        ("account_scoring", {"status": 1}),
    ):
        assert "cancelled" in client.refused(action, account="acme", **more)
    assert "taken" in client.refused("account_name_check", account="acme")


def test_account_name_check_tells_free_from_taken(client: Client) -> None:
    """A taken name is result_code 0 with the word "taken"."""
    client.seed({"account": "acme"})

    client.done("account_name_check", account="free")
    assert "taken" in client.refused("account_name_check", account="ACME")


def test_account_credits_apply_adds_and_takes_from_the_pool(client: Client) -> None:
    """A grant adds, it does not set a level; a pool that is too small refuses (portal.md rule 71)."""
    client.seed({"account": "acme"}, credits={"email": 500, "compatibility": 20})

    client.done("account_credits_apply", account="acme", credits=200)
    client.done("account_credits_apply", account="acme", credits=200)
    client.done("account_emailtest_credits_apply", method="POST", account="acme", credits=20)

    assert "Not enough" in client.refused("account_credits_apply", account="acme", credits=200)
    assert "Not enough" in client.refused("account_emailtest_credits_apply", account="acme", credits=1)
    assert "positive" in client.refused("account_credits_apply", account="acme", credits=0)
    assert "whole number" in client.refused("account_credits_apply", account="acme", credits=-5)
    book = client.book("credits")
    assert book["pools"] == {"email": 100, "compatibility": 0}
    assert [(each["pool"], each["credits"]) for each in book["grants"]] == [
        ("email", 200),
        ("email", 200),
        ("compatibility", 20),
    ]
    assert client.account("acme")["email_credits"] == 400


def test_account_conversations_needs_seats_when_paid(client: Client) -> None:
    """Three states; seats count for the paid one."""
    client.seed({"account": "acme"})

    client.done("account_conversations", method="POST", account="acme", status="paid", seats=4)
    assert client.account("acme")["conversation_seats"] == 4
    assert "seats" in client.refused("account_conversations", account="acme", status="paid")
    assert "one of" in client.refused("account_conversations", account="acme", status="free")
    client.done("account_conversations", account="acme", status="cancel")

    assert client.account("acme")["conversations"] == "cancel"


def test_account_conversations_cost_what_the_settings_say(client: Client) -> None:
    """No source tells a price: nothing by itself, and on wish each seat that is added, once."""
    client.seed({"account": "acme"}, {"account": "other"})
    client.done("account_conversations", method="POST", account="other", status="paid", seats=9)
    client.order("settings", {"seat_price": 7})

    for status, seats in (("trial", 0), ("paid", 2), ("paid", 2), ("paid", 5), ("paid", 3), ("cancel", 0)):
        client.done("account_conversations", method="POST", account="acme", status=status, seats=seats)

    assert client.charges() == [("acme", 14), ("acme", 21)]
    assert client.book("addons")["addons"] == [
        {"account": "acme", "scoring": False, "conversations": "cancel", "seats": 0},
        {"account": "other", "scoring": False, "conversations": "paid", "seats": 9},
    ]


def test_account_scoring_switches_on_with_one_except_for_enterprise(client: Client) -> None:
    """1 = active here, the reverse of account_status_set; Enterprise has it anyway."""
    client.seed({"account": "acme"}, {"account": "big", "planid": ENTERPRISE_MONTHLY})

    client.done("account_scoring", account="acme", status=1)
    assert client.account("acme")["scoring"] is True
    client.done("account_scoring", account="acme", status=0)

    assert client.account("acme")["scoring"] is False
    assert "Enterprise" in client.refused("account_scoring", account="big", status=1)


def test_account_list_pages_until_an_empty_page(client: Client) -> None:
    """Pages of three, numbered from 1; a page that is no number is the first one."""
    client.seed(*({"account": f"acme-{number}"} for number in range(7)))

    assert client.listed() == client.listed(page=1) == client.listed(page=0) == client.listed(page="x")
    assert [len(client.listed(page=page)) for page in (1, 2, 3, 4, 10**30)] == [3, 3, 1, 0, 0]


def test_account_list_counts_pages_from_the_first_page_of_the_settings() -> None:
    """Whether the vendor counts from 0 or from 1 is not known, so it is a setting (portal.md 1.3)."""
    with client_of(page_size=2, first_page=0) as zero:
        zero.seed(*({"account": f"acme-{number}"} for number in range(3)))

        assert zero.listed() == zero.listed(page=0) == ["acme-0", "acme-1"]
        assert zero.listed(page=1) == ["acme-2"]


@pytest.mark.parametrize(
    ("planfilter", "found"),
    [
        ("trial", ["t"]),
        ("monthly", ["m"]),
        ("yearly", ["y"]),
        ("sandbox", ["s"]),
        ("starter", ["m"]),
        ("Professional", ["y"]),
    ],
)
def test_account_list_filters_by_plan(client: Client, planfilter: str, found: list[str]) -> None:
    """The filters of the portal's own page, and the tiers with their older names."""
    client.seed(
        {"account": "t", "plan": {"tier": "trial"}},
        {"account": "s", "plan": {"tier": "sandbox"}},
        {"account": "m", "plan": {"tier": "starter", "billing": "monthly"}},
        {"account": "y", "plan": {"tier": "pro", "billing": "annual"}},
    )

    assert client.listed(planfilter=planfilter) == found


def test_account_list_with_an_unknown_plan_filter_is_refused(client: Client) -> None:
    """A filter that is silently ignored would hide a mistake."""
    assert "planfilter" in client.refused("account_list", planfilter="cheap")


@pytest.mark.parametrize(("search", "found"), [("cme", ["acme"]), ("100%", ["b"]), ("%", ["b"]), ("B.EX", ["b"])])
def test_account_list_searches_literally_in_names_and_domains(client: Client, search: str, found: list[str]) -> None:
    """A search is a text, never a pattern."""
    client.seed({"account": "acme"}, {"account": "b", "client_name": "100% Fun", "cname": "b.example.com"})

    assert client.listed(search=search) == found


def test_account_list_shows_an_expired_trial(client: Client) -> None:
    """`expired` follows the date, the state stays what account_status says."""
    client.seed({"account": "old", "plan": {"tier": "trial"}, "expire": "2024-01-01"})

    (item,) = client.done("account_list")["accounts"]
    assert (item["expired"], item["reseller_status"], item["cancelled"]) == (True, "active", False)


def test_account_plans_is_a_map_keyed_by_plan_id(client: Client) -> None:
    """Every plan is keyed by its id, has a tier, a term and a size, and only plans that recur cost something."""
    plans = client.done("account_plans")["plans"]

    assert all(int(planid) == plan["id"] for planid, plan in plans.items())
    assert {plan["type"] for plan in plans.values()} == {
        "trial",
        "sandbox",
        "starter",
        "plus",
        "pro",
        "enterprise",
    }
    assert all((plan["price"] > 0) == (plan["term"] in (1, 12)) for plan in plans.values())
    assert len({(plan["type"], plan["term"], plan["limit_sub"]) for plan in plans.values()}) == len(plans)
