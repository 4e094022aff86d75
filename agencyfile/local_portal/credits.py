"""Credits: the agency's pools, and the book of what was granted from them (docs/portal.md section 2.6).

Only the two pools that an API can allocate from exist here (rule 70). A grant adds to what the account has (rule 71).
"""

from __future__ import annotations

from agencyfile.local_portal.accounts import change_account, refuse_cancelled
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn

EMAIL = "email"
COMPATIBILITY = "compatibility"


def grant_credits(turn: Turn, row: Row, pool: str, amount: int) -> None:
    """Move credits from a pool to an account."""
    refuse_cancelled(row)
    if amount <= 0:
        raise Refusal("The number of credits must be positive.", "credits")
    left = turn.rows.number("SELECT credits FROM pools WHERE name = ?", (pool,))
    if amount > left:
        raise Refusal(f"Not enough {pool} credits: {amount} asked for, {left} left.", "credits")
    turn.rows.run("UPDATE pools SET credits = credits - ? WHERE name = ?", (amount, pool))
    change_account(turn, row["id"], {f"{pool}_credits": row[f"{pool}_credits"] + amount})
    entry = {"time": turn.now, "account": row["account"], "pool": pool, "credits": amount}
    turn.rows.insert("grants", entry)
