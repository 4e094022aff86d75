"""Changes: one verb on one address, what a person reviews."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from plan.address import Address, Origin
from plan.billing import Recurrence
from plan.call import Call, Effect
from plan.money import Price
from plan.values import Attributes, Value, digest, plain

FORGET: Final = "forget"


@dataclass(frozen=True, slots=True)
class Edit:
    """One attribute, before and after; `attribute` is the dotted path of what differs."""

    attribute: str
    before: Value
    after: Value
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Instructions:
    """The exact words for the human who carries a manual step out."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Create:
    """Create an object.

    `baseline` are remote ids that bear its name already. `words` say what it means, one sentence each, where the names
    of attributes would not. `stated` is the reason that the file gives for the block; may be empty.
    """

    address: Address
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin
    price: Price | None = None
    baseline: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    stated: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """Edit an object in place. `words` and `stated` are as in `Create`."""

    address: Address
    remote_id: str | None
    edits: tuple[Edit, ...]
    before: Attributes
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin
    price: Price | None = None
    words: tuple[str, ...] = ()
    stated: str = ""

    @property
    def edited(self) -> Attributes:
        """The attributes that its edits belong to, with their new values."""
        words = {edit.attribute for edit in self.edits}
        return {
            name: value
            for name, value in self.attributes.items()
            if name in words or any(word.startswith(f"{name}.") for word in words)
        }


@dataclass(frozen=True, slots=True)
class Delete:
    """End an object that is written under `removed:`. A block that is only taken out ends nothing.

    `action` is the kind's word for it (`cancel`), `attributes` what goes with it (a reason). `FORGET` leaves the object
    as it is and ends only that it is managed. `forgets` is what the ledger has nothing to keep of afterwards.
    `words` say what becomes of it, one sentence each.
    """

    address: Address
    action: str
    attributes: Attributes
    effect: Effect
    reason: str
    origin: Origin
    forgets: tuple[Address, ...] = ()
    remote_id: str | None = None
    words: tuple[str, ...] = ()

    @property
    def price(self) -> Price | None:
        """Ending something charges nothing."""
        return None


class Closing(StrEnum):
    """The way in which a manual step ends."""

    EVIDENCE = "evidence"  # a person says that it is done, and the ledger keeps who and what
    PORTAL = "portal"  # the portal shows that it is done


@dataclass(frozen=True, slots=True)
class Manual:
    """A step that only a person can do: an apply never sends it and never charges for it.

    `topic` tells the steps of one address apart. `after` are addresses whose changes must be applied first. `done` are
    the attributes that hold once it is done, which evidence therefore adds to what the ledger knows. A `ONE_SHOT` step
    is done once and for all, whatever its words become.
    """

    address: Address
    edits: tuple[Edit, ...]
    instruction: Instructions
    reason: str
    origin: Origin
    topic: str = ""
    after: tuple[Address, ...] = ()
    closes: Closing = Closing.EVIDENCE
    effect: Effect = Effect.MANUAL
    done: Attributes = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name that a person uses for it: its address and topic."""
        return f"{self.address}.{self.topic}" if self.topic else str(self.address)

    @property
    def digest(self) -> str:
        """Digest of what it asks for. Other instructions, or other attributes to reach, give another digest."""
        return "stp_" + digest([self.id, self.instruction.title, self.instruction.text, plain(self.done)])[:12]


Change = Create | Update | Delete | Manual


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change with the calls that it is lowered to and what must be done before it.

    `basis` is the digest of the object as it was read: an approval holds as long as it is the same. `recurrence` is
    what is billed again and again for the object, before and after; None where nothing is.
    """

    change: Create | Update | Delete
    calls: tuple[Call, ...]
    basis: str
    after: tuple[Address, ...] = ()
    recurrence: Recurrence | None = None

    @property
    def address(self) -> Address:
        """The address of its change."""
        return self.change.address

    @property
    def is_guard(self) -> bool:
        """Does it change what applies may do? Then it is shown and recorded before everything else."""
        return self.change.effect is Effect.GUARD
