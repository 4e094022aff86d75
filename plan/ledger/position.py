"""The position of a ledger: what a plan was made on, to be compared with the ledger of a later run."""

from dataclasses import dataclass

from plan.ledger.anchor import Anchor
from plan.ledger.entry import NO_PREVIOUS


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry of a ledger, and the ledger's identity; an empty ledger has serial 0.

    `digest` is that of the last line. `identity` is the digest of the line that opened the ledger. It stays the same as
    the ledger grows and when it is compacted. A ledger that knows of no object yet has none: an approval or a lease
    that is appended to an empty ledger must not make another plan of the one that was reviewed.
    """

    serial: int = 0
    digest: str = NO_PREVIOUS
    identity: str | None = None

    @property
    def anchor(self) -> Anchor | None:
        """The last entry, to be compared with the ledger later. None means that there is none."""
        return Anchor(self.serial, self.digest) if self.serial else None
