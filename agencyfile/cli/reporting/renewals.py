"""Renewals to come: the days on which paid terms end, and what the next ones cost (`docs/portal.md` rule 48)."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from agencyfile.cli.prices import subscription_of
from agencyfile.cli.reporting.records import RenewalMonthRecord, RenewalRecord
from plan import Money
from plan.money import total

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry

MONTHS: Final = 13  # a year, and the month that closes it


def renewal_months(entries: Iterable["AccountEntry"], today: date) -> list[RenewalMonthRecord]:
    """Return the renewals of the months to come, this one included; a month without any is there too."""
    found: dict[str, list[RenewalRecord]] = {month: [] for month in _months(today)}
    for entry in entries:
        for record in renewals_of(entry, today, until=_end(today)):
            found[record["day"][:7]].append(record)
    return [_month(month, sorted(records, key=_order)) for month, records in found.items()]


def renewals_of(entry: "AccountEntry", today: date, *, until: date) -> Iterator[RenewalRecord]:
    """Yield the renewals of one account until a day: on the day on which the term ends, and each term later.

    The 31st is the last day of a shorter month. A term whose end has passed is not renewed any more.
    """
    subscription = subscription_of(entry)
    if subscription is None or not subscription.months or entry.expires is None or entry.expires < today:
        return
    number, day = 0, entry.expires
    while day <= until:
        yield {
            "address": str(entry.address),
            "client": entry.client_name,
            "day": day.isoformat(),
            "billed": subscription.plan,
            "price": str(subscription.price) if subscription.price else None,
        }
        number += 1
        day = after_months(entry.expires, subscription.months * number)


def after_months(start: date, months: int) -> date:
    """Return the day so many months later, moved back to the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    last = calendar.monthrange(start.year + years, month + 1)[1]
    return date(start.year + years, month + 1, min(start.day, last))


def _month(month: str, records: Sequence[RenewalRecord]) -> RenewalMonthRecord:
    told = [record["price"] for record in records if record["price"]]
    return {
        "month": month,
        "renewals": list(records),
        "number": len(records),
        "total": [str(money) for money in total(map(Money.parse, told))],
        "untold": len(records) - len(told),
    }


def _order(record: RenewalRecord) -> tuple[str, str]:
    return record["day"], record["address"]


def _months(today: date) -> Iterator[str]:
    for number in range(MONTHS):
        yield after_months(today.replace(day=1), number).isoformat()[:7]


def _end(today: date) -> date:
    last = after_months(today.replace(day=1), MONTHS - 1)
    return last.replace(day=calendar.monthrange(last.year, last.month)[1])


def by_client(entries: Iterable["AccountEntry"]) -> dict[str, list["AccountEntry"]]:
    """Return the accounts that are billed or in use, by the client's name as the portal has it, in order of names."""
    found: dict[str, list[AccountEntry]] = defaultdict(list)
    for entry in entries:
        if not entry.is_archived:
            found[entry.client_name].append(entry)
    return dict(sorted(found.items(), key=lambda item: (not item[0], item[0].lower())))
