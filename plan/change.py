"""Changes: one verb on one address, what a person reviews."""

from dataclasses import dataclass

from plan.address import Address, Origin
from plan.call import Call, Effect
from plan.money import Price
from plan.values import Attributes, Value


@dataclass(frozen=True, slots=True)
class Edit:
    """One attribute, before and after; `attribute` is dotted down to the word that differs."""

    attribute: str
    before: Value
    after: Value
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """The exact words for the human who carries a manual step out."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Create:
    """Bring an object into being. `baseline` are remote ids that bear its name already."""

    address: Address
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin
    price: Price | None = None
    baseline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Edit an object in place."""

    address: Address
    remote_id: str | None
    edits: tuple[Edit, ...]
    before: Attributes
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """End an object, because somebody wrote it down: a block that is only taken out ends nothing.

    `action` is the kind's word for it (`cancel`), `attributes` what goes with it (a reason).
    """

    address: Address
    action: str
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin

    @property
    def price(self) -> Price | None:
        """Ending something charges nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Manual:
    """What only a human can do: never sent, never charged by an apply."""

    address: Address
    edits: tuple[Edit, ...]
    instruction: Instruction
    reason: str
    origin: Origin


Change = Create | Update | Delete | Manual


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the calls that it is lowered to and what must be done before it.

    `basis` is the digest of the object as it was read: an approval holds as long as it is the same.
    """

    change: Create | Update | Delete
    calls: tuple[Call, ...]
    basis: str
    after: tuple[Address, ...] = ()

    @property
    def address(self) -> Address:
        """The address of its change."""
        return self.change.address
