"""Where a ledger is kept: one primitive, compare-and-append."""

from collections.abc import Sequence
from typing import Protocol

from plan.ledger.entry import Entry


class LedgerStore(Protocol):
    """A durable, ordered log that several writers may share.

    An append is durable as a whole when it returns. When it is cut short, any first part of it may be there, each
    entry whole: so the entries of one append are ordered such that every first part of them is true.
    """

    @property
    def location(self) -> str:
        """Where it is, as a person would say it."""

    def read(self, after: int) -> Sequence[Entry]:
        """The entries with a serial above `after`, in order.

        Raises:
            LedgerCorrupt: the bytes are not a ledger, or its chain of digests is broken.
            LedgerError: it cannot be reached.
        """

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append `entries` when the last serial is `expected`; return the new last serial.

        Raises:
            LedgerConflict: the last serial is another one: nothing was appended.
            LedgerError: it cannot be written: the caller must not go on.
        """
