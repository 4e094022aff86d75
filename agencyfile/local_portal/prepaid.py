"""Prepaid credit: money that is used before the card is charged (docs/portal.md rules 66 and 67)."""

from __future__ import annotations

from agencyfile.local_portal.database import Database
from agencyfile.local_portal.request_context import Turn

PREPAID = "prepaid"


def use_prepaid(turn: Turn, account: str, amount: float, description: str) -> float:
    """Pay an amount from prepaid credit as far as it goes, and return what is left for the card."""
    own = min(amount, prepaid_left(turn.rows, account))
    pool = min(amount - own, turn.rows.number("SELECT credits FROM pools WHERE name = ?", (PREPAID,)))
    if own + pool > 0:
        turn.rows.run("UPDATE pools SET credits = credits - ? WHERE name = ?", (pool, PREPAID))
        row = {"time": turn.now, "account": account, "amount": own + pool, "own": own}
        turn.rows.insert("prepaid_uses", row | {"description": description})
    return amount - own - pool


def prepaid_left(rows: Database, account: str) -> int:
    """Return how much of the prepaid credit that was allocated to an account is left."""
    granted = rows.number("SELECT SUM(credits) FROM grants WHERE account = ? AND pool = ?", (account, PREPAID))
    return granted - rows.number("SELECT SUM(own) FROM prepaid_uses WHERE account = ?", (account,))
