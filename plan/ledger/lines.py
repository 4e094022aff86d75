"""The lines of a log, wherever they are kept: read, checked link by link, and compared with what was read before."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plan.errors import LedgerCorrupt
from plan.ledger.entry import NO_PREVIOUS, Entry, EntryType


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a log was read: the last serial, the digest and length of that line, and how much there is in all."""

    serial: int = 0
    digest: str = NO_PREVIOUS
    lines: int = 0
    size: int = 0
    last_size: int = 0

    def after(self, entries: Sequence[Entry], lines: Sequence[bytes]) -> "Mark":
        """The mark when `lines`, which are those of `entries`, stand behind this one."""
        size = self.size + sum(map(len, lines))
        return Mark(
            entries[-1].serial, digest_of(lines[-1][:-1]), self.lines + len(lines), size, last_size=len(lines[-1])
        )


def scan(content: bytes, begin: Mark, where: Callable[[int], str]) -> tuple[list[Entry], Mark]:
    """Read the whole lines of `content`, which stand behind `begin`; `where` names a line by its number in the log.

    Raises:
        LedgerCorrupt: a line is no entry, or the chain is broken.
    """
    raws = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    entries: list[Entry] = []
    serial, digest = begin.serial, begin.digest
    for raw in raws:
        try:
            entry = Entry.parse(raw.decode())
        except ValueError as error:
            line = where(begin.lines + len(entries) + 1)
            raise LedgerCorrupt(line, f"this line is not a ledger entry ({error})") from None
        serial += 1
        if entry.serial != serial or entry.previous != digest:
            if serial > 1 or entry.type is not EntryType.COMPACTED:
                raise _broken(entry, serial, where(begin.lines + len(entries) + 1))
            serial = entry.serial
        entries.append(entry)
        digest = hashlib.sha256(raw).hexdigest()
    if not raws:
        return entries, begin
    size = begin.size + sum(map(len, raws)) + len(raws)
    return entries, Mark(serial, digest, begin.lines + len(raws), size, len(raws[-1]) + 1)


def lines_of(entries: Sequence[Entry]) -> list[bytes]:
    """The lines of `entries`, each with its end."""
    return [f"{entry.line()}\n".encode() for entry in entries]


def digest_of(raw: bytes) -> str:
    """The digest of a line without its end, by which the next entry names it."""
    return hashlib.sha256(raw).hexdigest()


def above(entries: list[Entry], serial: int) -> list[Entry]:
    """Those of a scanned log with a serial above `serial`."""
    return entries[max(0, serial + 1 - entries[0].serial) :] if entries else entries


def check_link(entries: Sequence[Entry], mark: Mark, where: str) -> None:
    """Refuse `entries` that do not follow the line at `mark`.

    Raises:
        LedgerCorrupt: the line there is not the one that their writer saw.
        ValueError: `entries` are no chain: a bug of the caller.
    """
    if entries[0].previous != mark.digest:
        raise LedgerCorrupt(where, "this line is not as agencyfile wrote it")
    if entries[0].serial != mark.serial + 1 or any(b.serial != a.serial + 1 for a, b in pairwise(entries)):
        raise ValueError("entries to append do not continue the serials of the ledger")


def continues(entries: Sequence[Entry], end: Mark, seen: Mark) -> bool:
    """Does the log of `entries`, which ends at `end`, hold what was seen before, or a compaction of it?"""
    if seen.serial == 0:
        return True
    if seen.serial >= end.serial:
        return (seen.serial, seen.digest) == (end.serial, end.digest)
    following = seen.serial + 1 - entries[0].serial
    return following < 0 or entries[following].previous == seen.digest


def _broken(entry: Entry, serial: int, where: str) -> LedgerCorrupt:
    if entry.serial != serial:
        return LedgerCorrupt(where, f"entry {entry.serial} stands where entry {serial} belongs")
    return LedgerCorrupt(where, "the chain of digests is broken: this line or the one before was changed")
