"""The port of a ledger's storage: compare-and-append, and compare-and-replace for compaction."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from plan.ledger.entry import Entry


class LedgerStore(Protocol):
    """A durable, ordered log that several writers may share.

    An append is durable as a whole when it returns. When it is cut short, any first part of it may be there, each
    entry whole: so the entries of one append are ordered such that every first part of them is true. A compacted log
    begins with an entry of type `compacted`, whose serial and digest of the line before are those of the log that it
    took the place of.
    """

    @property
    def location(self) -> str:
        """Human-readable location."""

    def read(self, after: int) -> Sequence[Entry]:
        """Return the entries with a serial above `after`, in order.

        Raises:
            LedgerCorrupt: the bytes are not a ledger, its chain of digests is broken, or it lost what was read before.
            LedgerError: it cannot be reached.
        """

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append `entries` when the last serial is `expected`; return the new last serial.

        Raises:
            LedgerConflict: the last serial is another one: nothing was appended.
            LedgerError: it cannot be written: the caller must not go on.
        """

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Put `entries` in place of the whole log when the last serial is `expected`; return the new last serial.

        All or nothing, also in a crash. The first of them is of type `compacted`, has the serial `expected` + 1 and
        names the digest of the last line that it replaces.

        Raises:
            LedgerConflict: the last serial is another one: nothing was replaced.
            LedgerError: it cannot be written: the caller must not go on.
        """


@runtime_checkable
class AppendsWhole(Protocol):
    """A store whose `append` can be cut short, and that has a slower one that cannot.

    A first part of a backup is a ledger that lacks charges. The other stores of agencyfile append by one request.
    """

    def append_whole(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append as `append` does, but all or nothing, also in a crash.

        Raises:
            LedgerConflict: the last serial is another one: nothing was appended.
            LedgerError: it cannot be written: nothing was appended.
        """
