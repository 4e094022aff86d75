"""Carrying the entries of a ledger from one store into another, as for a move, or out of a backup."""

from collections.abc import Callable, Sequence
from typing import Final

from plan.errors import LedgerError
from plan.ledger.anchor import Anchor, Containment, containment
from plan.ledger.entry import Entry, EntryType
from plan.ledger.store import LedgerStore

BATCH: Final = 1000  # entries of one append; any first part of a ledger is a ledger


def carry(entries: Sequence[Entry], open_target: Callable[[], LedgerStore]) -> int:
    """Append to the target what it lacks of `entries`, and compare all of it; return how many were appended.

    The target is empty or holds a first part of `entries`, as after a move that was interrupted.

    Raises:
        LedgerConflict: somebody else writes there.
        LedgerError: it holds something else, or cannot be written.
    """
    target = open_target()
    held = target.read(0)
    missing = missing_from(held, entries, target.location)
    end = held[-1].serial if held else 0
    for start in range(0, len(missing), BATCH):
        end = target.append(missing[start : start + BATCH], expected=end)
    fresh = open_target()
    if [entry.line() for entry in fresh.read(0)] != [entry.line() for entry in view(entries)]:
        raise LedgerError(
            f"what was written to {fresh.location} does not read back as it was written",
            fix="do not use that store; the ledger is where it was",
        )
    return len(missing)


def missing_from(held: Sequence[Entry], entries: Sequence[Entry], location: str) -> Sequence[Entry]:
    """Return what `held` lacks of `entries`.

    Raises:
        LedgerError: `held` is no first part of them.
    """
    if not held:
        return entries
    anchor = Anchor.of(held)
    assert anchor  # noqa: S101 - there is an entry
    if containment(entries, anchor) is not Containment.CONTAINED:
        raise LedgerError(
            f"{location} holds another ledger, up to entry {anchor.serial}; nothing was changed",
            fix="name a place that holds no ledger",
        )
    return entries[anchor.serial + 1 - entries[0].serial :]


def view(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the part of a log that counts: from its last compaction on."""
    begins = [number for number, entry in enumerate(entries) if entry.type is EntryType.COMPACTED]
    return entries[begins[-1] :] if begins else entries


def holds(entries: Sequence[Entry], part: Sequence[Entry]) -> bool:
    """Does the ledger of `entries` hold all of `part`, as far as can be told?"""
    anchor = Anchor.of(part)
    return anchor is None or containment(entries, anchor) in (Containment.CONTAINED, Containment.COMPACTED)
