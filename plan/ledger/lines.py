"""The lines of a log, wherever they are kept: read, checked link by link, and compared with what was read before."""

import contextlib
import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plan.errors import LedgerCorrupt, LedgerError
from plan.ledger.entry import FORMAT_VERSION, NO_PREVIOUS, Entry, EntryType


@dataclass(frozen=True, slots=True)
class Mark:
    """The position up to which a log was read: last serial, digest and length of its line, lines and bytes in all."""

    serial: int = 0
    digest: str = NO_PREVIOUS
    lines: int = 0
    size: int = 0
    last_size: int = 0

    def after(self, entries: Sequence[Entry], lines: Sequence[bytes]) -> "Mark":
        """Return the mark after `lines`, which are the lines of `entries`."""
        size = self.size + sum(map(len, lines))
        return Mark(
            entries[-1].serial, digest_of(lines[-1][:-1]), self.lines + len(lines), size, last_size=len(lines[-1])
        )


def scan(content: bytes, begin: Mark, where: Callable[[int], str]) -> tuple[list[Entry], Mark]:
    """Read the whole lines of `content`, which stand behind `begin`; `where` names a line by its number in the log.

    Raises:
        LedgerCorrupt: a line is no entry, or the chain is broken.
        LedgerError: the log is of a format that this version does not read.
    """
    raws = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    if not raws:
        return [], begin
    if begin.serial == 0:
        _check_format(raws[0], where(1))
    with collector_paused():
        entries = _parse(raws, lambda index: where(begin.lines + index + 1))
    digest = _check_chain(entries, raws, begin, lambda index: where(begin.lines + index + 1))
    size = begin.size + sum(map(len, raws)) + len(raws)
    return entries, Mark(entries[-1].serial, digest, begin.lines + len(raws), size, len(raws[-1]) + 1)


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector. Parsing makes many objects and no cycle, so collecting only doubles its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check_format(first: bytes, where: str) -> None:
    """Check the format first: a newer log may hold entries that only a newer version can read."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        version = json.loads(first)["body"]["format_version"]
        if version != FORMAT_VERSION:
            raise LedgerError(
                f"{where}: the ledger has format {version}; this version reads format {FORMAT_VERSION}",
                fix="use the version of agencyfile that wrote it, or a newer one",
            )


def _parse(raws: Sequence[bytes], where: Callable[[int], str]) -> list[Entry]:
    return _parse_at_once(raws) or _parse_one_by_one(raws, where)


def _parse_at_once(raws: Sequence[bytes]) -> list[Entry] | None:
    """Parse all lines as one array, which is twice as fast. None means that something is wrong in them."""
    if not all(raw.startswith(b"{") and raw.endswith(b"}") for raw in raws):
        return None
    try:
        documents = json.loads(b"[" + b",".join(raws) + b"]")
        return [Entry.of(document) for document in documents] if len(documents) == len(raws) else None
    except (ValueError, RecursionError):
        return None


def _parse_one_by_one(raws: Sequence[bytes], where: Callable[[int], str]) -> list[Entry]:
    entries: list[Entry] = []
    try:
        for raw in raws:
            entries.append(Entry.parse(raw.decode()))  # noqa: PERF401 - their number is that of the line that fails
    except (ValueError, RecursionError) as error:
        raise LedgerCorrupt(where(len(entries)), f"this line is not a ledger entry ({error})") from None
    return entries


def _check_chain(entries: Sequence[Entry], raws: Sequence[bytes], begin: Mark, where: Callable[[int], str]) -> str:
    serial, digest = begin.serial, begin.digest
    first = entries[0]
    if serial == 0 and first.type is EntryType.COMPACTED:
        serial, digest = first.serial - 1, first.previous
    for index, (entry, raw) in enumerate(zip(entries, raws, strict=True)):
        serial += 1
        if entry.serial != serial:
            raise LedgerCorrupt(where(index), f"entry {entry.serial} stands where entry {serial} belongs")
        if entry.previous != digest:
            raise LedgerCorrupt(where(index), "the chain of digests is broken: this line or the one before was changed")
        digest = hashlib.sha256(raw).hexdigest()
    return digest


def lines_of(entries: Sequence[Entry]) -> list[bytes]:
    """Return the lines of `entries`, each with its line end."""
    return [f"{entry.line()}\n".encode() for entry in entries]


def digest_of(raw: bytes) -> str:
    """Return the digest of a line without its line end, by which the next entry names it."""
    return hashlib.sha256(raw).hexdigest()


def above(entries: list[Entry], serial: int) -> list[Entry]:
    """Return the entries of a scanned log with a serial above `serial`."""
    return entries[max(0, serial + 1 - entries[0].serial) :] if entries else entries


def check_link(entries: Sequence[Entry], mark: Mark, where: str) -> None:
    """Refuse `entries` that do not follow the line at `mark`.

    Raises:
        LedgerCorrupt: the line there is not the one that their writer saw.
        ValueError: `entries` are no chain: a bug of the caller.
    """
    is_carried = mark.serial == 0 and entries[0].type is EntryType.COMPACTED  # into an empty store, from another one
    if not is_carried and entries[0].previous != mark.digest:
        raise LedgerCorrupt(where, "this line is not as agencyfile wrote it")
    begin = entries[0].serial - 1 if is_carried else mark.serial
    if entries[0].serial != begin + 1 or any(b.serial != a.serial + 1 for a, b in pairwise(entries)):
        raise ValueError("entries to append do not continue the serials of the ledger")


def continues(entries: Sequence[Entry], end: Mark, seen: Mark) -> bool:
    """Does the log that ends at `end` continue what was seen before, or a compaction of it?"""
    if seen.serial == 0:
        return True
    if seen.serial >= end.serial:
        return (seen.serial, seen.digest) == (end.serial, end.digest)
    following = seen.serial + 1 - entries[0].serial
    return following < 0 or entries[following].previous == seen.digest
