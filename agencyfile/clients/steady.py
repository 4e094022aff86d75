"""Lists of several pages that change while they are read.

Pages have numbers, so an entry that is added or removed meanwhile shifts those behind it: one is read twice, or never.
A list of several pages therefore counts once two readings in a row agree. A single page needs no second look.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.clients.records import SourceError

READINGS: Final = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """One reading of a list: its records, and the number of its pages."""

    records: Sequence[Mapping[str, Any]]
    pages: int


def steady(read: Callable[[], Listing], identity: Callable[[Mapping[str, Any]], object], name: str) -> Listing:
    """Read a list until two readings agree on which records it has.

    Raises:
        SourceError: it kept changing, or cannot be read.
    """
    before: list[object] | None = None
    for _ in range(READINGS):
        found = read()
        identities = [identity(record) for record in found.records]
        is_repeated = len(set(map(str, identities))) < len(identities)
        if not is_repeated and (found.pages <= 1 or identities == before):
            return found
        before = identities
    raise SourceError(f"{name} kept changing while it was read", "try again when nobody works on it")
