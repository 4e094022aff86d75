"""The add-ons of an account, scoring and conversations (docs/portal.md 1.2).

Inferred, since no source states it: a paid seat costs what the settings say, charged at once for the seats that are
added; fewer seats, a trial and an end cost nothing and refund nothing.
"""

from __future__ import annotations

from agencyfile.local_portal import accounts
from agencyfile.local_portal.catalogue import find_plan
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn

PAID = "paid"
_MOST_SEATS = 10**6  # more of them cost more than the book of charges can hold
CONVERSATIONS = (PAID, "trial", "cancel")


def set_conversations(turn: Turn, row: Row, status: str, seats: int) -> None:
    """Start, try or end conversations; the seats count for the paid ones alone."""
    accounts.refuse_cancelled(row)
    if status == PAID and seats < 1:
        raise Refusal("The number of seats must be positive.", "seats")
    if seats > _MOST_SEATS:
        raise Refusal(f"The number of seats must not be above {_MOST_SEATS}.", "seats")
    before = row["conversation_seats"] if row["conversations"] == PAID else 0
    after = seats if status == PAID else 0
    plan = find_plan(row["planid"])
    if plan is not None:
        price = max(0, after - before) * turn.settings.seat_price
        accounts.charge(turn, row["account"], price, f"Conversations, {after} seats", plan)
    accounts.change_account(turn, row["id"], {"conversations": status, "conversation_seats": after})


def set_scoring(turn: Turn, row: Row, *, is_active: bool) -> None:
    """Switch scoring on or off for an account that is not Enterprise."""
    accounts.refuse_cancelled(row)
    plan = find_plan(row["planid"])
    if plan is not None and plan.tier == "enterprise":
        raise Refusal("Scoring is part of every Enterprise account and cannot be switched.", "account")
    accounts.change_account(turn, row["id"], {"scoring": int(is_active)})
