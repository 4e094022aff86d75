"""The ledger in one JSON Lines file on a local disk."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from plan.errors import LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.anchor import Anchor
from plan.ledger.entry import Entry
from plan.ledger.lines import Mark, above, check_link, continues, digest_of, lines_of, scan
from plan.ledger.marks import Marks, check_marks
from plan.ledger.regular import open_regular


class FileStore:
    """A file that is only ever appended to, under an advisory lock, and synced before `append` returns.

    A last line that a crash cut short was never acknowledged: it is set aside (`NAME.torn`) by the next append and
    is not an entry. The folder is synced too when the file is new. A compaction puts a new file in place of the old
    one (`NAME.new`, renamed), so that a reader sees either. POSIX only.

    `marks` are files that hold how far it was read or written here: a ledger that lacks that entry is an older copy and
    is refused. `is_accepted` lets such a copy in; the next append moves the marks to it.
    """

    def __init__(self, path: Path, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> None:
        self._path = path
        self._mark = Mark()
        self._marks = Marks(marks)
        self._is_accepted = is_accepted

    @property
    def highest(self) -> Anchor | None:
        """The last entry that was ever seen on this machine, whatever the file holds now."""
        return self._marks.highest()

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self._path)

    def read(self, after: int) -> Sequence[Entry]:
        """The entries above `after`, the chain checked from the first line."""
        # Marks first: another process may append between the two, and its mark would name an entry we did not read.
        seen = () if self._is_accepted else self._marks.seen()
        entries = self._scan_whole(self._content())
        check_marks(entries, seen, self.location)
        if not self._is_accepted:
            self._marks.advance(self._end())
        return above(entries, after)

    def _content(self) -> bytes:
        try:
            descriptor = open_regular(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise LedgerError(
                f"the ledger {self._path} cannot be read: {error.strerror}", fix="fix its permissions or its disk"
            ) from None
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def _end(self) -> Anchor | None:
        return Anchor(self._mark.serial, self._mark.digest) if self._mark.serial else None

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append under the lock; a torn tail is set aside first."""
        with self._at(expected, entries) as descriptor:
            lines = lines_of(entries)
            _write(descriptor, b"".join(lines))
            self._mark = self._mark.after(entries, lines)
            self._marks.move(self._end())
        return self._mark.serial

    def append_whole(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append by putting a new file, with the old entries and these, in place of the ledger."""
        with self._at(expected, entries) as descriptor:
            lines = lines_of(entries)
            self._put(_read(descriptor, 0) + b"".join(lines))
            self._mark = self._mark.after(entries, lines)
            self._marks.move(self._end())
        return self._mark.serial

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Write a new file beside the ledger, sync it, and rename it to the ledger, all under the lock."""
        with self._at(expected, entries):
            lines = lines_of(entries)
            self._put(b"".join(lines))
            self._mark = Mark().after(entries, lines)
            self._marks.move(self._end())
        return self._mark.serial

    @contextlib.contextmanager
    def _at(self, expected: int, entries: Sequence[Entry]) -> Iterator[int]:
        try:
            with self._locked() as descriptor:
                self._catch_up(descriptor)
                if self._mark.serial != expected:
                    raise LedgerConflict(expected=expected, found=self._mark.serial)
                check_link(entries, self._mark, self._line(self._mark.lines))
                self._set_torn_tail_aside(descriptor)
                yield descriptor
        except OSError as error:
            raise LedgerError(
                f"the ledger {self._path} cannot be written: {error.strerror}",
                fix="free space or fix the permissions, then run again",
            ) from None

    def _catch_up(self, descriptor: int) -> None:
        """Read what was added since; all of it when the line where we stopped is not there any more."""
        mark = self._mark
        last = os.pread(descriptor, mark.last_size, mark.size - mark.last_size)
        if mark.lines and digest_of(last[:-1]) != mark.digest:
            self._scan_whole(_read(descriptor, 0))
        else:
            _, self._mark = scan(_read(descriptor, mark.size), mark, self._line)

    def _scan_whole(self, content: bytes) -> list[Entry]:
        entries, mark = scan(content, Mark(), self._line)
        if not continues(entries, mark, self._mark):
            raise LedgerCorrupt(
                self._line(mark.lines), f"the file was rewritten: entry {self._mark.serial}, read before, is gone"
            )
        self._mark = mark
        return entries

    def _line(self, number: int) -> str:
        return f"{self._path}:{number}"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        is_new = not self._path.exists()
        if is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = -1
        while descriptor < 0:
            descriptor = self._lock()
        try:
            if is_new:
                _sync_folder(self._path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _lock(self) -> int:
        descriptor = open_regular(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if self._is_current(descriptor):
                undo.pop_all()
                return descriptor
        return -1

    def _is_current(self, descriptor: int) -> bool:
        """Is the locked file still the ledger, or did a compaction replace it while we waited?"""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{suffix}")

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        torn = _read(descriptor, self._mark.size)
        if not torn:
            return
        beside = open_regular(self._beside("torn"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with os.fdopen(beside, "ab") as aside:
            aside.write(torn + b"\n")
            os.fsync(aside.fileno())
        os.ftruncate(descriptor, self._mark.size)

    def _put(self, content: bytes) -> None:
        beside = self._beside("new")
        descriptor = open_regular(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            # Held until the folder is synced: nobody appends to a file that a crash could take back.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _write(descriptor, content)
            beside.replace(self._path)
            _sync_folder(self._path.parent)
        finally:
            os.close(descriptor)


def _read(descriptor: int, offset: int) -> bytes:
    content = b""
    while part := os.pread(descriptor, os.fstat(descriptor).st_size - offset - len(content), offset + len(content)):
        content += part
    return content


def _write(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, content[written:])
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
