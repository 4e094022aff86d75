"""Renewal days: what the card is charged as terms end, from today to a day to come (docs/portal.md rule 48).

Time does not pass in a rehearsal, so the portal is told until which day to bill. Each account is billed at the list
price on the day on which its term ends, and runs for another one; so is a disabled account (rule 47). An account that
is cancelled, a trial, a sandbox and an account that is free for ever are never billed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Any

from agencyfile.local_portal.accounts import CANCELLED, change_account, plan_of
from agencyfile.local_portal.clock import day_after_months, day_of, is_day, parse_moment
from agencyfile.local_portal.control_input import BadOrder, read_map
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.prices import currency_of, price_of
from agencyfile.local_portal.request_context import Turn


def bill(turn: Turn, value: Any) -> dict[str, Any]:
    """Charge every term that ends from today until a day, and return how many there were.

    Raises:
        BadOrder: The value names no day.
    """
    until = str(read_map(value, {"until"}, "bill").get("until", ""))
    if not is_day(until):
        raise BadOrder("until is a date, as in 2027-01-31.")
    charged = sum(_bill_account(turn, row, until) for row in turn.rows.all("SELECT * FROM accounts ORDER BY id"))
    return {"renewals": charged}


def _bill_account(turn: Turn, row: Row, until: str) -> int:
    plan = plan_of(row)
    if row["status"] == CANCELLED or row["forever_free"] or not plan.is_paid or not plan.term:
        return 0
    if not row["expire"] or row["expire"] < day_of(turn.now):
        return 0
    days = list(_renewal_days(row["expire"], plan.term, until))
    end = day_after_months(parse_moment(row["expire"]), plan.term * len(days))
    price, currency = price_of(turn.rows, plan), currency_of(turn.rows, plan)
    for day in days:
        charge = {"time": parse_moment(day), "account": row["account"], "amount": price, "currency": currency}
        turn.rows.insert("charges", charge | {"description": f"Next term: {plan.label}", "plan": plan.planid})
    if days:
        change_account(turn, row["id"], {"expire": end})
    return len(days)


def _renewal_days(first: str, months: int, until: str) -> Iterator[str]:
    """Yield the days from the first one on; the 31st is the last day of a shorter month."""
    start = parse_moment(first)
    days = (day_after_months(start, months * number) for number in count())
    yield from takewhile(lambda day: day <= until, days)
