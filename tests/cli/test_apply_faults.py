"""Apply against a portal that misbehaves: at most one charge, nothing sent twice, the address named."""

import json
from typing import Any

import pytest
from rehearsal import Rehearsal
from stories import LAB, agency

APPROVED = ("-auto-approve", "--allow", "billed")

UNCLEAR: list[dict[str, Any]] = [
    {"kind": "drop_after_commit"},
    {"kind": "drop_before_commit"},
    {"kind": "error_after_commit", "status": 500},
    {"kind": "error_before_commit", "status": 502},
    {"kind": "truncated"},
    {"kind": "garbage"},
    {"kind": "late_commit", "seconds": 0.1},
]


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        pytest.param(action, fault, id=f"{action}-{fault['kind']}")
        for action in ("account_add", "snapshot_create")
        for fault in UNCLEAR
        if (action, fault["kind"]) != ("snapshot_create", "truncated")  # its answer has no body to cut
    ],
)
def test_apply_without_a_clean_answer_exits_5_names_the_address_and_never_sends_again(
    rehearsal: Rehearsal, action: str, fault: dict[str, Any]
) -> None:
    """One send, exit 5, an open intent in the ledger; the next apply sends nothing for the address."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    address, nth = ("sandbox.lab", 1) if action == "account_add" else ("snapshot.base", 1)
    rehearsal.faults({"action": action, "nth": nth, "times": 1, **fault})

    first = rehearsal.run("apply", *APPROVED)
    sent = rehearsal.writes()
    second = rehearsal.run("apply", *APPROVED)

    assert first.code == 5
    assert f"outcome unknown   {address}" in first.out
    assert second.code == 5
    assert f"? {address} outcome unknown" in second.out
    assert rehearsal.writes() == sent
    assert rehearsal.book("charges") == []
    entries = [json.loads(line) for line in rehearsal.ledger.read_text().splitlines()]
    assert [entry["body"].get("result") for entry in entries][-1] == "unknown"


@pytest.mark.parametrize("fault", UNCLEAR, ids=[fault["kind"] for fault in UNCLEAR])
def test_apply_charge_without_a_clean_answer_is_made_at_most_once(rehearsal: Rehearsal, fault: dict[str, Any]) -> None:
    """Whatever happens to the answer, the card shows at most one charge, after any number of applies."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, **fault})

    codes = [rehearsal.run("apply", *APPROVED).code for _ in range(3)]

    assert codes[0] == 5
    charged = [charge["account"] for charge in rehearsal.book("charges")]
    assert charged.count("acme") <= 1
    assert charged.count("beta") <= 1


def test_apply_rate_limited_waits_and_sends_again(rehearsal: Rehearsal) -> None:
    """429 says that nothing was done: the call is sent again after the time that the portal asks for."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 2, "kind": "rate_limited", "retry_after": 0})

    rehearsal.apply()

    assert len(rehearsal.book("charges")) == 1


def test_apply_free_edit_is_repeated_until_it_is_answered(rehearsal: Rehearsal) -> None:
    """What sets a level and charges nothing may be sent again."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme="notification: new@northwind.example"))
    rehearsal.faults({"action": "account_edit", "nth": 1, "times": 1, "kind": "drop_after_commit"})

    assert rehearsal.run("apply", *APPROVED).code == 0
    assert rehearsal.book("accounts")[0]["notification"] == "new@northwind.example"
    rehearsal.check_converged()


def test_apply_with_pages_repeated_and_reordered_creates_nobody_again(rehearsal: Rehearsal) -> None:
    """A list that repeats or reorders its pages is still read whole."""
    accounts = {f"client{number}": "" for number in range(12)}
    rehearsal.write(agency(rehearsal.recipient, **accounts))
    rehearsal.apply()
    rehearsal.faults({"action": "account_list", "nth": 2, "times": 1, "kind": "repeat_page"})

    assert rehearsal.plan()["resource_changes"] == []


def test_apply_refused_by_the_portal_exits_1_and_says_why(rehearsal: Rehearsal) -> None:
    """A clean no: nothing happened, nothing is unknown, the portal's words are shown."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.act_by_hand("account_add", account="acme", plan=1, name="A", email="a@b.example")
    rehearsal.faults({"action": "account_list", "nth": 1, "times": None, "kind": "stale_list", "writes": 1})

    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 1
    assert "failed            account.acme" in ran.out
    assert "taken" in ran.out


def test_apply_failure_half_way_exits_7_and_the_next_apply_finishes(rehearsal: Rehearsal) -> None:
    """Partly applied is safe to resume."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    rehearsal.faults({"action": "account_add", "nth": 2, "times": None, "kind": "rate_limited", "retry_after": 0})

    ran = rehearsal.run("apply", *APPROVED)
    rehearsal.faults()

    assert ran.code == 7
    rehearsal.apply()
    assert [charge["account"] for charge in rehearsal.book("charges")] == ["acme", "beta"]
