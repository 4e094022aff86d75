"""Diagnostics of an export: its age, its bad rows, contacts that wait for verification."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from agencyfile.contacts.export import Export
from agencyfile.kinds.contact.export_rules import CONTACT_PENDING, EXPORT_AGE, EXPORT_ROW
from agencyfile.kinds.finding import found
from plan.diagnostic import Diagnostic
from plan.resource import Resource

# In steps: the words are part of what is approved, and must not change with every minute.
_AGES: Final = (
    (timedelta(days=31), "more than a month old"),
    (timedelta(days=7), "more than a week old"),
    (timedelta(days=1), "more than a day old"),
)
_NAMED: Final = 20  # bad rows


def remarks(export: Export, contacts: Sequence[Resource], now: datetime) -> Iterator[Diagnostic]:
    """Yield what a reviewer should know of the export."""
    made = export.made.strftime("%Y-%m-%d %H:%M UTC")
    yield found(EXPORT_AGE, f"{export.path.name} is of {made}{_age(now - export.made)}.", origin=None, address=None)
    yield from _rows(export)
    for resource in contacts:
        person = export.people.get(resource.address.name)
        if person and person.is_pending and not person.is_group:
            detail = f"{person.email} has not followed the link in the operator's verification mail."
            yield found(CONTACT_PENDING, detail, origin=resource.origin, address=resource.address)


def _age(age: timedelta) -> str:
    return next((f": {words}" for least, words in _AGES if age >= least), "")


def _rows(export: Export) -> Iterator[Diagnostic]:
    for problem in export.problems[:_NAMED]:
        yield found(EXPORT_ROW, f"{export.path.name}, {problem}.", origin=None, address=None)
    more = len(export.problems) - _NAMED
    if more > 0:
        yield found(EXPORT_ROW, f"{export.path.name} has {more:,} more such rows.", origin=None, address=None)
