"""The errors of the engine.

PlanError
├── PortalError          the portal cannot be read
├── LedgerError          the ledger cannot be used
│   ├── LedgerConflict   somebody else appended first
│   ├── LeaseHeld        somebody else may write now
│   └── LedgerCorrupt    its bytes are not a ledger
├── UnknownName          a kind or an operation is not known
├── CycleError           resources refer to each other in a circle
└── DocumentError        a plan document cannot be read
"""

from typing import TYPE_CHECKING

from plan.address import Address

if TYPE_CHECKING:
    from plan.ledger.lease import Lease


class PlanError(Exception):
    """Root of the engine's errors; `fix` says what to do, in one line.

    Some errors have an `id`: the command line knows a better fix for them, since it knows its own commands and flags.
    """

    def __init__(self, message: str, *, fix: str = "", id: str = "") -> None:  # noqa: A002 - what it is called everywhere
        super().__init__(message)
        self.fix = fix
        self.id = id


class PortalError(PlanError):
    """The portal cannot be read."""


class UnknownName(PlanError):
    """A kind or an operation is not known: a plan or a ledger of another version names it."""


class LedgerError(PlanError):
    """The ledger cannot be used."""


class LedgerConflict(LedgerError):
    """Somebody else appended first: `expected` was the last serial here, `found` is the one there."""

    def __init__(self, *, expected: int, found: int) -> None:
        super().__init__(
            f"the ledger has moved from entry {expected} to entry {found}: somebody else is writing",
            fix="wait for the other run to end, then plan again",
        )
        self.expected = expected
        self.found = found


class LeaseHeld(LedgerError):
    """Somebody else may write now: `lease` says who, where and until when."""

    def __init__(self, lease: "Lease") -> None:
        super().__init__(
            f"the ledger is held by {lease}, until {lease.expires.isoformat(timespec='seconds')} (lease {lease.id})",
            fix="wait until that run has ended, or break its lease if it is surely dead",
            id="lease-held",
        )
        self.lease = lease


class LedgerCorrupt(LedgerError):
    """The bytes at `where` (file and line) are not a ledger."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(
            f"{where}: {message}",
            fix="restore the ledger from its last good copy; never edit or delete it to get past this",
        )
        self.where = where


class CycleError(PlanError):
    """Resources refer to each other in a circle; `addresses` are those in it."""

    def __init__(self, addresses: tuple[Address, ...]) -> None:
        circle = " -> ".join(str(address) for address in (*addresses, addresses[0]))
        super().__init__(f"resources refer to each other in a circle: {circle}", fix="remove one of the references")
        self.addresses = addresses


class DocumentError(PlanError):
    """A plan document cannot be read."""
