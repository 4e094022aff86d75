"""The ports of a provider. A plan gets a `Reader`, which cannot write."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from plan.address import Address
from plan.billing import Subscription
from plan.call import Call, Effect, Outcome
from plan.change import Change, Create, Delete, Edit, Instructions, Manual, Update
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals
from plan.values import Attributes


class Mutability(StrEnum):
    """The ways in which an attribute may change once its object exists."""

    EDITABLE = "editable"  # the API changes it
    MANUAL = "manual"  # only a human can change it
    CREATION = "creation"  # used when the object is created, and of no meaning after
    FIXED = "fixed"  # cannot change at all: another value is an error


class Memory(StrEnum):
    """The place where the current state of a kind's resources is recorded."""

    PORTAL = "portal"  # the portal's lists show them
    LEDGER = "ledger"  # nothing shows them: the ledger knows what was sent last
    TOTAL = "total"  # nothing shows them, and `total` only grows: calls grant the difference to what the ledger knows


@dataclass(frozen=True, slots=True)
class Attribute:
    """The facts about an attribute that the engine needs."""

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
        """The place where the current state of its resources is recorded."""

    def is_manual(self, resource: Resource) -> bool:
        """Can only a person create this resource? Then `instruction` has the words."""

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        """Return the effect of creating it (`before` is None) or of editing it."""

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:
        """Return the list price of creating or editing it; None when nothing is charged."""

    def reason(self, resource: Resource) -> str:
        """Return the reason why a new block leads to a creation, for a reviewer."""

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """The words for a human, for edits that the API cannot make."""

    def revival(self, resource: Resource, live: Live) -> Instructions:
        """The words for a human, for an object that the portal keeps archived."""

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """The calls that carry `change` out, in order."""


@runtime_checkable
class Recoverable(Protocol):
    """A kind whose creation shows a password once."""

    def recovery(self, resource: Resource) -> Instructions:
        """The words for a human, for an object whose password was lost with the answer of its creation."""


@dataclass(frozen=True, slots=True)
class ResourceStatus:
    """The status of a resource when a plan is made.

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
    """A kind whose resources need work by a person that is no edit of an attribute."""

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """Return the manual steps of a resource in the order in which they are due, closed ones included."""


@runtime_checkable
class DerivesResources(Protocol):
    """A kind whose resources derive others, depending on their status."""

    def derived(
        self, resource: Resource, desired: Mapping[Address, Resource], status: ResourceStatus
    ) -> Sequence[Resource]:
        """Return the resources that it derives, all of kinds that the ledger alone remembers."""


@runtime_checkable
class Renamable(Protocol):
    """A kind whose objects a person can rename. Objects of other kinds keep the old name at the portal."""

    def renaming(self, resource: Resource, live: Live) -> Instructions:
        """The words for a human, for an object that still bears the name it had `previously`."""


@runtime_checkable
class Revivable(Protocol):
    """A kind whose archived objects calls can bring back in some cases."""

    def revived(self, resource: Resource, live: Live, sent: Attributes) -> Update | None:
        """Return the change that brings the object back; None where only a person can.

        `sent` is what the ledger knows of it.
        """


@runtime_checkable
class HasManualRemovals(Protocol):
    """A kind whose objects a person must end in some cases."""

    def manual_removal(self, removal: Removal, live: Live) -> Manual | None:
        """Return the manual step of this removal; None where calls carry it out."""


@runtime_checkable
class Worded(Protocol):
    """A kind whose changes are described in sentences."""

    def words(self, before: Attributes | None, after: Attributes) -> Sequence[str]:
        """Return sentences that describe a change, the gravest first; `before` is None where nothing was known."""


@runtime_checkable
class DescribesEndings(Protocol):
    """A kind that tells what becomes of an object that ends."""

    def ending_words(self, removal: Removal) -> Sequence[str]:
        """Return what becomes of the object, one sentence each, the gravest first."""


@runtime_checkable
class Billable(Protocol):
    """A kind whose objects the portal bills again and again."""

    def subscription(self, attributes: Attributes) -> Subscription | None:
        """Return what is billed for an object with these attributes; None where nothing is."""


@runtime_checkable
class OfClient(Protocol):
    """A kind whose resources belong to a client of the agency."""

    def client(self, attributes: Attributes) -> str:
        """Return the client's name; empty where it is not known."""


@runtime_checkable
class Carrying(Protocol):
    """A kind whose resources carry the content of another resource: one template into each of many accounts."""

    def source(self, address: Address) -> Address:
        """Return the address of the resource whose content it carries."""


@runtime_checkable
class Closable(Protocol):
    """A kind whose objects take no calls of their own in some states."""

    def closed(self, attributes: Attributes) -> str:
        """Return the state in which an object with these attributes takes no calls; empty where it takes them."""


@runtime_checkable
class NeedsOpenOwner(Protocol):
    """A kind whose calls are taken by the object that its resources belong to: they fail while that is closed."""

    needs_open_owner: bool


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
        """Return the price that the portal would charge for a call now; None where it does not tell.

        Raises:
            PortalError: the portal cannot be read.
        """

    def baseline(self, call: Call) -> tuple[str, ...]:
        """Return what the portal shows before a call that adds. The intent keeps it, to be compared later.

        Empty where nothing shows it. Never raises for what the portal or the wire does.
        """

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        """Look once at objects that are waited for. However many there are, each list is read once.

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
    "Billable",
    "Carrying",
    "Change",
    "Closable",
    "DerivesResources",
    "DescribesEndings",
    "HasManualRemovals",
    "HasManualSteps",
    "Kind",
    "Memory",
    "Mutability",
    "NeedsOpenOwner",
    "OfClient",
    "Pending",
    "Provider",
    "Reader",
    "Recoverable",
    "Renamable",
    "ResourceStatus",
    "Revivable",
    "Worded",
    "Writer",
]
