"""Credit that a person buys and allocates on the portal's pages (docs/portal.md section 2.6, rules 65 to 70).

Inferred, since no source states it: what a package costs; that an account's own prepaid credit is used up first and
what is left in the pool next; that a charge which prepaid credit covers in part goes to the card for the rest.
"""

from __future__ import annotations

from types import MappingProxyType

from agencyfile.local_portal.accounts import change_account, refuse_cancelled
from agencyfile.local_portal.catalogue import CURRENCY, SANDBOX, find_plan
from agencyfile.local_portal.credits import COMPATIBILITY, EMAIL, grant_credits
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.prepaid import PREPAID, prepaid_left
from agencyfile.local_portal.request_context import Turn

SMS = "sms"
# Amounts of credit and their prices in whole US dollars; prepaid credit is money, so that it costs what it is.
PACKAGES = MappingProxyType(
    {
        PREPAID: MappingProxyType({amount: amount for amount in (50, 100, 250, 500, 1000)}),
        SMS: MappingProxyType({500: 15, 1000: 29, 5000: 139, 10000: 269}),
        COMPATIBILITY: MappingProxyType({50: 10, 100: 19, 500: 89}),
    }
)
_NAMES = MappingProxyType(
    {PREPAID: "Prepaid credit", SMS: "SMS sending credits", COMPATIBILITY: "Compatibility credits"}
)
_NO_SMS = ("starter", SANDBOX)


def buy(turn: Turn, pool: str, amount: int) -> None:
    """Buy one package of credit with the stored card.

    Raises:
        Refusal: The portal does not sell such a package.
    """
    price = PACKAGES[pool].get(amount)
    if price is None:
        raise Refusal("Choose one of the amounts.", "amount")
    turn.rows.run("INSERT OR IGNORE INTO pools VALUES (?, 0)", (pool,))
    turn.rows.run("UPDATE pools SET credits = credits + ? WHERE name = ?", (amount, pool))
    row = {"time": turn.now, "account": "", "amount": price, "currency": CURRENCY, "plan": 0}
    turn.rows.insert("charges", row | {"description": f"{_NAMES[pool]}: {amount:,}"})


def allocate(turn: Turn, row: Row, pool: str, amount: int) -> None:
    """Move credit from a pool to an account; what was allocated stays there (docs/portal.md rule 71).

    Raises:
        Refusal: There is not enough of it, or the plan of the account does not use it (rule 68).
    """
    if pool == COMPATIBILITY:
        grant_credits(turn, row, pool, amount)
        return
    refuse_cancelled(row)
    plan = find_plan(row["planid"])
    if pool == SMS and plan is not None and plan.tier in _NO_SMS:
        raise Refusal("Only accounts on Trial, Plus, Pro and Enterprise send SMS.", "account")
    if not 0 < amount <= pool_left(turn.rows, pool):
        raise Refusal(f"Allocate at least 1 and at most {pool_left(turn.rows, pool):,}.", "credits")
    turn.rows.run("UPDATE pools SET credits = credits - ? WHERE name = ?", (amount, pool))
    turn.rows.insert("grants", {"time": turn.now, "account": row["account"], "pool": pool, "credits": amount})
    change_account(turn, row["id"], {})


def pool_left(rows: Database, pool: str) -> int:
    """Return how much of a pool was not allocated yet."""
    return rows.number("SELECT credits FROM pools WHERE name = ?", (pool,))


def allocated(rows: Database, account: str) -> dict[str, int]:
    """Return what was ever allocated to an account, and for prepaid credit what is left of it."""
    query = "SELECT SUM(credits) FROM grants WHERE account = ? AND pool = ?"
    found = {pool: rows.number(query, (account, pool)) for pool in (EMAIL, SMS, COMPATIBILITY)}
    return {
        "Prepaid credit left, USD": prepaid_left(rows, account),
        "Email sending credits": found[EMAIL],
        "SMS sending credits": found[SMS],
        "Compatibility credits": found[COMPATIBILITY],
    }
