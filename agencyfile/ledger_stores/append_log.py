"""A ledger store over a log that can only be appended to: what PostgreSQL, object stores and state servers share.

Each append takes the place that follows the last serial, and a place can be taken once. A compaction is an append like
any other: the log begins at its last `compacted` entry. Nothing is ever changed or deleted, so that a writer who is far
behind cannot find its place free.
"""

import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from plan.errors import LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.anchor import Anchor
from plan.ledger.entry import Entry, EntryType
from plan.ledger.lines import Mark, above, check_link, digest_of, lines_of, scan
from plan.ledger.marks import Marks, check_marks

READ_BACK: Final = (0.5, 1.5)  # seconds between two looks at a place after an append without a clean answer


class PlaceTaken(Exception):
    """The store refused an append since another one has its place."""


class NoCleanAnswer(Exception):
    """The store may or may not have carried out an append: a broken connection, a time-out, a 5xx."""


class AppendLog(Protocol):
    """The calls that a kind of store brings: places that can be taken once, and reading."""

    @property
    def location(self) -> str:
        """Human-readable location. It holds no credential."""

    def load(self, serial: int) -> Iterable[bytes]:
        """Return whole lines in order, beginning at or before the entry `serial`; 0 is the begin of the log.

        What stands before the last compaction may be left out.

        Raises:
            LedgerError: the store cannot be read.
        """

    def add(self, lines: Sequence[bytes], *, after: int, writer: str) -> None:
        """Take the place after the serial `after` for `lines`, durably: all of them or none.

        Raises:
            PlaceTaken: it is taken. Nothing was written.
            NoCleanAnswer: it may have been written.
            LedgerError: the store cannot be written. Nothing was written.
        """

    def writer_of(self, after: int) -> str | None:
        """Return the writer of the append after the serial `after`; None where that place is free.

        Raises:
            LedgerError: the store cannot be read.
        """


class AppendLogStore:
    """A `LedgerStore` over an `AppendLog`.

    `marks` are files that hold how far the ledger was read or written here, as for a ledger in a file. `is_accepted`
    lets an older copy in; the next append moves the marks to it.
    """

    def __init__(self, log: AppendLog, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> None:
        self._log = log
        self._marks = Marks(marks)
        self._is_accepted = is_accepted
        self._mark = Mark()
        self._entries: list[Entry] = []

    @property
    def location(self) -> str:
        """The location of its log."""
        return self._log.location

    @property
    def highest(self) -> Anchor | None:
        """The last entry that was ever seen on this machine, whatever the store holds now."""
        return self._marks.highest()

    def read(self, after: int) -> Sequence[Entry]:
        """The entries above `after`. The chain is checked from the first line."""
        # Marks first: another process may append between the two, and its mark would name an entry we did not read.
        seen = () if self._is_accepted else self._marks.seen()
        self._catch_up()
        check_marks(self._entries, seen, self.location)
        if not self._is_accepted:
            self._marks.advance(self._end())
        return list(above(self._entries, after))

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Take the place after `expected`."""
        self._check(entries, expected)
        lines, writer = lines_of(entries), str(uuid.uuid4())
        try:
            self._log.add(lines, after=expected, writer=writer)
        except PlaceTaken:
            if not self._is_ours(expected, writer):
                raise self._conflict(expected) from None
        except NoCleanAnswer as doubt:
            self._settle(str(doubt), expected, writer)
        self._advance(entries, self._mark.after(entries, lines))
        self._marks.move(self._end())
        return self._mark.serial

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append the compaction: whoever reads the log begins at it."""
        return self.append(entries, expected=expected)

    def _end(self) -> Anchor | None:
        return Anchor(self._mark.serial, self._mark.digest) if self._mark.serial else None

    def _check(self, entries: Sequence[Entry], expected: int) -> None:
        if self._mark.serial != expected or not self._mark.serial:
            self._catch_up()
        if self._mark.serial != expected:
            raise LedgerConflict(expected=expected, found=self._mark.serial)
        check_link(entries, self._mark, f"{self.location}, entry {expected}")

    def _catch_up(self) -> None:
        """Read what was added since, from the last entry that is known: it must still be there."""
        known = self._mark
        content = b"".join(self._log.load(known.serial))
        if known.serial:
            content = self._behind_the_known(content)
        entries, mark = scan(content, known, self._line)
        if len(content) != mark.size - known.size:
            raise LedgerCorrupt(self._line(mark.lines + 1), "the line is cut short")
        if entries:
            self._advance(entries, mark)

    def _behind_the_known(self, content: bytes) -> bytes:
        start = 0
        while (end := content.find(b"\n", start)) >= 0:
            if digest_of(content[start:end]) == self._mark.digest:
                return content[end + 1 :]
            start = end + 1
        raise LedgerCorrupt(
            self.location, f"the ledger was rewritten: entry {self._mark.serial}, read before, is not in it any more"
        )

    def _advance(self, entries: Sequence[Entry], mark: Mark) -> None:
        self._mark = mark
        self._entries += entries
        first = next((n for n in range(len(entries)) if entries[-1 - n].type is EntryType.COMPACTED), None)
        if first is not None:
            self._entries = self._entries[-1 - first :]

    def _line(self, number: int) -> str:
        return f"{self.location}, line {number}"

    def _is_ours(self, expected: int, writer: str) -> bool:
        """Return whether the place was taken by this very append: a proxy on the way may have sent it twice."""
        return self._log.writer_of(expected) == writer

    def _conflict(self, expected: int) -> LedgerError:
        """Return the conflict. S3 says 409 while the append of somebody else is not to be seen yet."""
        for pause in (0.0, *READ_BACK):
            time.sleep(pause)
            self._catch_up()
            if self._mark.serial != expected:
                return LedgerConflict(expected=expected, found=self._mark.serial)
        return LedgerError(
            f"the ledger {self.location} refuses to append after entry {expected}, and shows no entry there",
            fix="run the command again; if it stays so, look at the store: something there is not an entry",
        )

    def _settle(self, reason: str, expected: int, writer: str) -> None:
        """Find out whether an append without a clean answer was carried out. Return if it was.

        Raises:
            LedgerConflict: somebody else has the place.
            LedgerError: the place is free, so that the append may still arrive, or nobody can tell.
        """
        found: str | None = None
        trouble = ""
        for pause in (0.0, *READ_BACK):
            time.sleep(pause)
            try:
                found, trouble = self._log.writer_of(expected), ""
            except LedgerError as error:
                trouble = f"; then {error}"
            if found is not None:
                break
        if found == writer:
            return
        if found is not None:
            raise self._conflict(expected)
        raise LedgerError(
            f"the ledger {self.location} may or may not have been written: {reason}{trouble}",
            fix="when the store answers again, run plan: it shows what is there",
        ) from None
