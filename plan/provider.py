"""Ports: what the engine asks of a provider. The plan path is given a `Reader`, which cannot write."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from plan.address import Address
from plan.call import Call, Effect, Outcome
from plan.change import Change, Create, Delete, Edit, Instructions, Manual, Update
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals
from plan.values import Attributes


class Mutability(StrEnum):
    """What may become of an attribute once its object exists."""

    EDITABLE = "editable"  # the API changes it
    MANUAL = "manual"  # only a human can change it
    CREATION = "creation"  # used when the object is created, and of no meaning after
    FIXED = "fixed"  # cannot change at all: another value is an error


class Memory(StrEnum):
    """Where it stands what became of resources of a kind."""

    PORTAL = "portal"  # the portal's lists show them
    LEDGER = "ledger"  # nothing shows them: the ledger knows what was sent last
    TOTAL = "total"  # nothing shows them, and `total` only grows: calls grant the difference to what the ledger knows


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the engine must know of one attribute of a kind."""

    name: str
    mutability: Mutability


class Kind(Protocol):
    """One type of resource: pure knowledge, no I/O."""

    @property
    def name(self) -> str:
        """The first half of its addresses."""

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """Its attributes, by name."""

    @property
    def is_deliverable(self) -> bool:
        """Is there an object at the portal for it? False for what is only declared."""

    @property
    def has_credential(self) -> bool:
        """Does creating one bring a password that the portal shows once?"""

    @property
    def memory(self) -> Memory:
        """Where it stands what became of them."""

    def is_manual(self, resource: Resource) -> bool:
        """Can only a human bring this resource about? Then `instruction` has the words."""

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        """What creating (`before` is None) or editing it means."""

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:
        """The list price of creating or editing it; None when nothing is charged."""

    def reason(self, resource: Resource) -> str:
        """Why a new block leads to a creation, in the reviewer's words."""

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """The words for a human, for edits that the API cannot make."""

    def revival(self, resource: Resource, live: Live) -> Instructions:
        """The words for a human, for an object that the portal keeps archived."""

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """The calls that carry `change` out, in order."""


@runtime_checkable
class Recoverable(Protocol):
    """What a kind can do besides, when creating one of it shows a password once."""

    def recovery(self, resource: Resource) -> Instructions:
        """The words for a human, for an object whose password was lost with the answer of its creation."""


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    """How a resource stands when a plan is made.

    `is_planned`: its creation is in this plan. `is_ours`: the ledger saw it created, or found after a lost answer.
    `has_login`: the ledger keeps its login.
    `sent` are its attributes as the ledger knows them. `edited` are the attributes that this plan changes. `knows`
    tells whether the ledger knows anything of an address.
    """

    live: Live | None = None
    is_planned: bool = False
    is_ours: bool = False
    has_login: bool = False
    sent: Attributes = field(default_factory=dict)
    edited: frozenset[str] = frozenset()
    knows: Callable[[Address], bool] = lambda _: False


@runtime_checkable
class HasManualSteps(Protocol):
    """What a kind can do besides, when humans have work with its resources that is no edit of an attribute."""

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """What a human has to do for it, evidence or not, in the order in which it is due."""


@runtime_checkable
class DerivesResources(Protocol):
    """What a kind can do besides, when a resource of it brings others with it that depend on how it stands."""

    def derived(
        self, resource: Resource, desired: Mapping[Address, Resource], status: ResourceStatus
    ) -> Sequence[Resource]:
        """The resources that it brings, all of kinds that the ledger alone remembers."""


@runtime_checkable
class Renamable(Protocol):
    """What a kind can do besides, when a human can rename its objects. Other kinds keep the old name at the portal."""

    def renaming(self, resource: Resource, live: Live) -> Instructions:
        """The words for a human, for an object that still bears the name it had `previously`."""


@runtime_checkable
class HasManualRemovals(Protocol):
    """What a kind can do besides, when some ways to end an object are a human's."""

    def manual_removal(self, removal: Removal, live: Live) -> Manual | None:
        """What a human has to do for this removal; None where calls do it."""


@runtime_checkable
class Worded(Protocol):
    """What a kind can do besides, when its changes are best told in sentences."""

    def words(self, before: Attributes | None, after: Attributes) -> Sequence[str]:
        """What a change means, one sentence each, the gravest first; `before` is None where nothing was known."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An object that was just created and is waited for.

    `needs_id`: something depends on its remote id. `baseline`: remote ids that are not it.
    """

    address: Address
    needs_id: bool = False
    baseline: tuple[str, ...] = ()


class Reader(Protocol):
    """The half of a provider that cannot change anything."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds it knows, in the order in which plans show them."""

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:
        """Read what `desired` and `removals` need: list calls only, never one call per object.

        Raises:
            PortalError: the portal cannot be read.
        """

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        """Ask every independent signal that the portal offers what came of calls whose answer was lost.

        Raises:
            PortalError: the portal cannot be read.
        """

    def quote(self, call: Call) -> Price | None:
        """What the portal would charge for a billed call now; None where it does not tell.

        Raises:
            PortalError: the portal cannot be read.
        """

    def baseline(self, call: Call) -> tuple[str, ...]:
        """What the portal shows before a call that adds; it is kept with the intent, to be compared with later.

        Empty where nothing shows it. Never raises for what the portal or the wire does.
        """

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        """Look once at objects that are waited for: one pass over each list needed, however many there are.

        Raises:
            PortalError: the portal cannot be read.
        """


class Writer(Protocol):
    """The half of a provider that changes the portal."""

    def send(self, call: Call) -> Outcome:
        """Send one call whose references are resolved. Never raises for what the portal or the wire does."""


class Provider(Reader, Writer, Protocol):
    """Both halves."""


__all__ = [
    "Attribute",
    "Change",
    "DerivesResources",
    "HasManualRemovals",
    "HasManualSteps",
    "Kind",
    "Memory",
    "Mutability",
    "Pending",
    "Provider",
    "Reader",
    "Recoverable",
    "Renamable",
    "ResourceStatus",
    "Worded",
    "Writer",
]
