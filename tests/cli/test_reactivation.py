"""A cancelled account that is billed again: a planned charge, made once for each time that the file allows."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from rehearsal import Rehearsal, writes_of
from stories import agency

CHARGES = ("--auto-approve", "--allow", "billed,guard,permanent")


def read(rehearsal: Rehearsal, reading: str) -> None:
    """Let the portal bill a cancelled account again that is edited, or refuse the edit."""
    body = {"readings": {"edit-cancelled": reading}}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=body, timeout=600).raise_for_status()


@pytest.fixture
def cancelled(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    """An account that agencyfile made, and that was cancelled since; its block allows one reactivation."""
    read(rehearsal, "reactivates")
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    cancel(rehearsal)
    rehearsal.write(agency(rehearsal.recipient, acme="reactivations: 1"))
    yield rehearsal
    read(rehearsal, "refused")


def cancel(rehearsal: Rehearsal) -> None:
    """Somebody cancels the account at the portal."""
    rehearsal.act_by_hand("account_cancel", account="acme", reason="left", retaindata="1")


def state(rehearsal: Rehearsal) -> str:
    """The state of the account at the portal."""
    (row,) = rehearsal.book("accounts")
    return str(row["status"])


def test_cancelled_account_is_billed_again_in_one_planned_charge(cancelled: Rehearsal) -> None:
    """The plan tells the charge, the apply makes it once, and the next plan is empty."""
    document = cancelled.plan()
    (change,) = document["resource_changes"]
    assert writes_of(document) == [("account_edit", "acme")]
    assert change["effect"] == "billed"
    assert [edit["attribute"] for edit in change["edits"]] == ["status", "reactivated"]

    cancelled.apply()

    assert state(cancelled) == "active"
    assert [(row["account"], row["amount"]) for row in cancelled.book("charges")] == [("acme", 50), ("acme", 50)]


def test_account_that_is_cancelled_again_is_left_to_a_person(cancelled: Rehearsal) -> None:
    """One reactivation was allowed. Another is a change of the file."""
    cancelled.apply()
    cancel(cancelled)

    document = cancelled.plan()
    assert document["resource_changes"] == []
    assert "account.acme.renewal" in [step["id"] for step in document["manual_steps"]]

    cancelled.write(agency(cancelled.recipient, acme="reactivations: 2"))
    cancelled.environment["AGENCYFILE_SETTLE"] = "600"
    assert "change-not-listed" in cancelled.run("plan").err  # the list may be stale: no second charge on its word
    cancelled.environment["AGENCYFILE_SETTLE"] = "0"
    assert writes_of(cancelled.plan()) == [("account_edit", "acme")]


def test_without_the_word_a_cancelled_account_is_a_manual_step(cancelled: Rehearsal) -> None:
    """Nothing is billed again that the file does not allow."""
    cancelled.write(agency(cancelled.recipient, acme=""))

    assert cancelled.plan()["resource_changes"] == []
    assert cancelled.run("apply", *CHARGES).code == 0
    assert state(cancelled) == "cancelled"


def test_portal_that_refuses_says_so(cancelled: Rehearsal) -> None:
    """In the other reading nothing is charged, and the message is the portal's."""
    read(cancelled, "refused")

    ran = cancelled.run("apply", *CHARGES)

    assert ran.code == 1, ran
    assert "is cancelled and can no longer be changed" in ran.out + ran.err
    assert len(cancelled.book("charges")) == 1


@pytest.mark.parametrize("kind", ["drop_after_commit", "drop_before_commit", "garbage"])
def test_lost_answer_leads_to_no_second_charge(cancelled: Rehearsal, kind: str) -> None:
    """The intent is open until the list shows the account in use again, or the settle time is over."""
    cancelled.faults({"kind": kind, "action": "account_edit"})
    ran = cancelled.run("apply", *CHARGES)
    assert ran.code == 5, ran
    cancelled.faults()

    is_done = kind != "drop_before_commit"
    if is_done:
        cancelled.apply(*CHARGES)
        assert state(cancelled) == "active"
    assert len(cancelled.book("charges")) == (2 if is_done else 1)


def test_plan_and_notification_are_changed_by_the_same_call(cancelled: Rehearsal) -> None:
    """The account comes back as the file declares it."""
    more = (
        "reactivations: 1, notification: other@northwind.example, plan: {tier: pro, billing: monthly, contacts: 1000}"
    )
    cancelled.write(agency(cancelled.recipient, acme=more))

    cancelled.apply()

    row: dict[str, Any] = cancelled.book("accounts")[0]
    assert (row["notification"], row["status"]) == ("other@northwind.example", "active")
    assert len(cancelled.book("charges")) == 2
