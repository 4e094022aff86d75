"""The ledger in one JSON Lines file on a local disk."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from plan.errors import LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.entry import NO_PREVIOUS, Entry, line_digest


class FileStore:
    """A file that is only ever appended to, under an advisory lock, and synced before `append` returns.

    A last line that a crash cut short was never acknowledged: it is set aside (`NAME.torn`) by the next append and
    is not an entry. The folder is synced too when the file is new. POSIX only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._serial = 0
        self._previous = NO_PREVIOUS
        self._offset = 0

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self._path)

    def read(self, after: int) -> Sequence[Entry]:
        """The entries above `after`, the chain checked from the first line."""
        entries, self._serial, self._previous, self._offset = self._scan(0, 0, NO_PREVIOUS)
        return entries[after:]

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Append under the lock; a torn tail is set aside first."""
        try:
            with self._locked() as descriptor:
                found = self._catch_up()
                if found != expected:
                    raise LedgerConflict(expected=expected, found=found)
                self._check_link(entries)
                self._set_torn_tail_aside(descriptor)
                self._write(descriptor, entries)
        except OSError as error:
            raise LedgerError(
                f"the ledger {self._path} cannot be written: {error.strerror}",
                fix="free space or mend the permissions, then run again",
            ) from None
        return self._serial

    def _check_link(self, entries: Sequence[Entry]) -> None:
        if entries and entries[0].previous != self._previous:
            raise LedgerCorrupt(f"{self._path}:{self._serial}", "this line is not as agencyfile wrote it")

    def _catch_up(self) -> int:
        if self._path.stat().st_size < self._offset:
            self._serial, self._previous, self._offset = 0, NO_PREVIOUS, 0
        _, self._serial, self._previous, self._offset = self._scan(self._offset, self._serial, self._previous)
        return self._serial

    def _scan(self, offset: int, serial: int, previous: str) -> tuple[list[Entry], int, str, int]:
        entries: list[Entry] = []
        try:
            with self._path.open("rb") as stream:
                stream.seek(offset)
                content = stream.read()
        except FileNotFoundError:
            return entries, serial, previous, offset
        except OSError as error:
            raise LedgerError(f"the ledger {self._path} cannot be read: {error.strerror}") from None
        whole = content[: content.rfind(b"\n") + 1]
        for raw in whole.splitlines():
            serial += 1
            entries.append(self._parse(raw, serial, previous))
            previous = line_digest(raw.decode())
        return entries, serial, previous, offset + len(whole)

    def _parse(self, raw: bytes, serial: int, previous: str) -> Entry:
        where = f"{self._path}:{serial}"
        try:
            entry = Entry.parse(raw.decode())
        except ValueError as error:
            raise LedgerCorrupt(where, f"this line is not a ledger entry ({error})") from None
        if entry.serial != serial:
            raise LedgerCorrupt(where, f"entry {entry.serial} stands where entry {serial} belongs")
        if entry.previous != previous:
            raise LedgerCorrupt(where, "the chain of digests is broken: this line or the one before was changed")
        return entry

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if is_new:
                _sync_folder(self._path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        if size == self._offset:
            return
        torn = os.pread(descriptor, size - self._offset, self._offset)
        with self._path.with_name(self._path.name + ".torn").open("ab") as aside:
            aside.write(torn + b"\n")
            os.fsync(aside.fileno())
        os.ftruncate(descriptor, self._offset)

    def _write(self, descriptor: int, entries: Sequence[Entry]) -> None:
        lines = [entry.line() for entry in entries]
        content = "".join(f"{line}\n" for line in lines).encode()
        written = os.write(descriptor, content)
        while written < len(content):
            written += os.write(descriptor, content[written:])
        os.fsync(descriptor)
        self._serial += len(entries)
        self._previous = line_digest(lines[-1])
        self._offset += len(content)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
