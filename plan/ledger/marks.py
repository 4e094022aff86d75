"""High-water marks: how far a ledger was read or written by this environment, kept outside of the ledger.

An older copy of a ledger file is whole in itself: every digest is right. What was granted since would be granted again.
So the last entry that was seen is noted beside the ledger and in this user's state folder and compared with each read.
A mark that is missing or cannot be read says nothing; one that cannot be written is left out.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from plan.errors import LedgerError
from plan.ledger.anchor import Anchor, Containment, containment
from plan.ledger.entry import Entry

_LONGEST: Final = 200  # bytes of a mark


@runtime_checkable
class HasMarks(Protocol):
    """A store that keeps marks of what it saw, outside of the ledger."""

    @property
    def highest(self) -> Anchor | None:
        """The last entry that was ever seen here, whatever the ledger holds now."""


class Marks:
    """The marks of one ledger, in these files."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._written: Anchor | None = None

    def seen(self) -> Sequence[tuple[Path, Anchor]]:
        """Return the marks that can be read. Read them before the ledger: others move them after they append."""
        found = ((path, _read(path)) for path in self._paths)
        return tuple((path, anchor) for path, anchor in found if anchor)

    def highest(self) -> Anchor | None:
        """Return the farthest mark."""
        return max(filter(None, map(_read, self._paths)), key=lambda anchor: anchor.serial, default=None)

    def advance(self, anchor: Anchor | None) -> None:
        """Set every mark that is behind `anchor`. One that is ahead was moved by somebody who appended since."""
        for path in self._paths if anchor and anchor != self._written else ():
            known = _read(path)
            if anchor and (known is None or known.serial < anchor.serial):
                with contextlib.suppress(OSError):
                    _write(path, anchor)

    def move(self, anchor: Anchor | None) -> None:
        """Set every mark to `anchor`, also backwards. Call it under the ledger's lock."""
        if anchor is None or anchor == self._written:
            return
        for path in self._paths:
            if self._written or _read(path) != anchor:  # once written, it cannot name what was appended since
                with contextlib.suppress(OSError):
                    _write(path, anchor)
        self._written = anchor


def check_marks(entries: Sequence[Entry], seen: Sequence[tuple[Path, Anchor]], location: str) -> None:
    """Compare the ledger of `entries` with the marks that were seen before it was read.

    Raises:
        LedgerError: it lacks an entry that was there before.
    """
    for path, anchor in seen:
        if containment(entries, anchor) in (Containment.BEHIND, Containment.DIFFERENT):
            raise _older_copy(entries, anchor, path, location)


def _older_copy(entries: Sequence[Entry], anchor: Anchor, mark: Path, location: str) -> LedgerError:
    end = f"it ends at entry {entries[-1].serial}" if entries else "it holds no entry"
    return LedgerError(
        f"the ledger {location} is not the one that was used here before: {end}, and entry {anchor.serial} with the "
        f"digest {anchor.digest[:12]} is not in it ({mark} says so). What it lacks may have been charged or granted",
        fix="put the newest copy back; if this one must do, look at the portal first, then accept it",
        id="older-ledger",
    )


def _read(path: Path) -> Anchor | None:
    with contextlib.suppress(OSError, ValueError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return Anchor.parse(os.read(descriptor, _LONGEST).decode("ascii"))
        finally:
            os.close(descriptor)
    return None


def _write(path: Path, anchor: Anchor) -> None:
    """Write a mark in place. A mark that a crash leaves half written is ignored, and the next run writes it anew."""
    try:
        descriptor = _open(path)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _open(path)
    try:
        os.ftruncate(descriptor, os.pwrite(descriptor, f"{anchor}\n".encode("ascii"), 0))
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
