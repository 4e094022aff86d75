"""The report of an apply: what it did, and what it did not do."""

from dataclasses import dataclass, field
from typing import NamedTuple

from plan.address import Address
from plan.money import Money


class Counts(NamedTuple):
    """Numbers of changes by how they ended."""

    done: int
    failed: int
    unknown: int
    not_started: int
    provisioning: int


@dataclass(slots=True)
class Report:
    """Always complete, also after a failure or an interruption.

    `charges` are list prices: predicted for the whole plan, and of the billed calls that the portal confirmed.
    `ledger_failure` says why the ledger could not be written; then the open intents in it tell what is unknown.
    `sealed` are the addresses whose login this run has put into the ledger.
    `unclear` are those of `failed` whose last call may have been carried out all the same: it sets a level, and nothing
    is open in the ledger. `lost_passwords` says why the password of a new account could not be sealed.
    `unsaved_credentials` are sealed passwords that the ledger could not take: they are shown, or they are lost.
    """

    calls_predicted: int = 0
    calls_made: int = 0
    charges_predicted: tuple[Money, ...] = ()
    charges_made: tuple[Money, ...] = ()
    done: list[Address] = field(default_factory=list)
    failed: dict[Address, str] = field(default_factory=dict)
    unknown: dict[Address, str] = field(default_factory=dict)
    not_started: dict[Address, str] = field(default_factory=dict)
    provisioning: list[Address] = field(default_factory=list)
    sealed: list[Address] = field(default_factory=list)
    unclear: list[Address] = field(default_factory=list)
    lost_passwords: dict[Address, str] = field(default_factory=dict)
    interrupted: bool = False
    ledger_failure: str | None = None
    unsaved_credentials: dict[Address, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        """Numbers of changes by how they ended."""
        ends = (self.done, self.failed, self.unknown, self.not_started, self.provisioning)
        return Counts(*map(len, ends))

    @property
    def is_complete(self) -> bool:
        """Was everything done that was planned?"""
        rest = (self.failed, self.unknown, self.not_started, self.provisioning, self.ledger_failure)
        return not any(rest)
