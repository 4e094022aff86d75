"""One call's turn at the database: what every action gets to work with."""

from __future__ import annotations

from dataclasses import dataclass

from agencyfile.local_portal.database import Database
from agencyfile.local_portal.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The presentation of the lists; a fault distorts it.

    Attributes:
        before: Show the rows as they were before the write with this serial.
        is_repeating: Show the page before the one asked for.
        shuffle: Order the rows by a permutation that this number selects.
        is_mapped: Show a list as a map keyed by position, as PHP does with a list that has gaps (docs/portal.md 1.1).
        is_emptied: Show a map as an empty list, as PHP does with an empty map (docs/portal.md 1.1).
    """

    before: int | None = None
    is_repeating: bool = False
    shuffle: int | None = None
    is_mapped: bool = False
    is_emptied: bool = False


PLAIN_VIEW = View()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One call's turn: the rows, the clock, and the serial under which its writes are kept.

    Attributes:
        rows: The database, inside a transaction.
        settings: How the portal is set up.
        now: The moment at which the call takes effect.
        write: Serial of this call among the writes; 0 for a call that only reads.
        view: How lists are to be shown.
        base: The address of the account's own API, as the client has reached it; empty for the agency's APIs.
    """

    rows: Database
    settings: Settings
    now: float
    write: int = 0
    view: View = PLAIN_VIEW
    base: str = ""


def permutation(view: View) -> str:
    """Return the ORDER BY term of a shuffled view: another order for each shuffle number."""
    return f"(id * 7919 + {view.shuffle or 0} * 15485863) % 10007, id"
