"""An anchor: one entry of a ledger, named by serial and digest, and kept somewhere else.

A ledger that was put back to an older copy is whole in itself. Only what is kept outside of it shows the difference.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plan.ledger.entry import Entry, line_digest

_FORM: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The entry `serial`, whose line has the digest `digest`."""

    serial: int
    digest: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read `SERIAL:DIGEST`.

        Raises:
            ValueError: it is not of that form.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no anchor, as in 12:{'0' * 8}... (a serial, a colon, 64 hexadecimal digits)")
        return cls(int(found[1]), found[2])

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Anchor | None":
        """Return the anchor of the last of `entries`; None where there is none."""
        return cls(entries[-1].serial, line_digest(entries[-1].line())) if entries else None

    def __str__(self) -> str:
        return f"{self.serial}:{self.digest}"


class Containment(StrEnum):
    """The relation of a ledger to an anchor."""

    CONTAINED = "contained"  # it holds that very entry
    BEHIND = "behind"  # it ends before that entry: an older copy
    DIFFERENT = "different"  # it holds another entry of that serial: another history
    COMPACTED = "compacted"  # it begins after that entry: it cannot be told


def containment(entries: Sequence[Entry], anchor: Anchor) -> Containment:
    """Say whether the ledger of `entries` holds the entry that `anchor` names.

    The chain of digests of `entries` must have been checked: the entry after the anchored one tells its digest.
    """
    if not entries or entries[-1].serial < anchor.serial:
        return Containment.BEHIND
    following = anchor.serial + 1 - entries[0].serial
    if following < 0:
        return Containment.COMPACTED
    is_last = following == len(entries)
    digest = line_digest(entries[-1].line()) if is_last else entries[following].previous
    return Containment.CONTAINED if digest == anchor.digest else Containment.DIFFERENT
