"""A ledger in memory: a copy that a rehearsal may write into."""

from collections.abc import Sequence

from plan import LedgerConflict
from plan.ledger import Entry


class CopiedStore:
    """The entries of another ledger. What is appended stays in this process."""

    location = "(a copy in memory)"

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = list(entries)

    def read(self, after: int) -> Sequence[Entry]:
        """Return the entries with a serial above `after`."""
        return [entry for entry in self._entries if entry.serial > after]

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append `entries`; return the new last serial."""
        self._check(expected)
        self._entries += entries
        return entries[-1].serial

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Put `entries` in place of the whole log."""
        self._check(expected)
        self._entries = list(entries)
        return entries[-1].serial

    def _check(self, expected: int) -> None:
        last = self._entries[-1].serial if self._entries else 0
        if last != expected:
            raise LedgerConflict(expected=expected, found=last)
