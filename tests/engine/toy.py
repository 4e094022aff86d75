"""A toy provider: kinds and a portal in memory, so that the engine is tested on more than one portal's habits."""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from plan import (
    Address,
    Attribute,
    Attributes,
    Call,
    Confirmed,
    Create,
    Credential,
    Delete,
    Edit,
    Effect,
    Instructions,
    Kind,
    LedgerConflict,
    LedgerError,
    Live,
    Money,
    Mutability,
    OperationClass,
    Origin,
    Outcome,
    Pending,
    Price,
    Reading,
    Reference,
    Removal,
    Resource,
    Secret,
    Update,
    Value,
)
from plan.change import Closing, Manual
from plan.ledger import Entry, OpenIntent
from plan.provider import Memory, ResourceStatus
from plan.signals import Match, Signals

ORIGIN = Origin("agency.yaml", 1, 1)
PRICE = Price(Money.parse("49.00 USD"), Money.parse("49.00 USD"))


def resource(name: str, /, **attributes: Value) -> Resource:
    """A resource by its address, `kind.name`."""
    return Resource(Address.parse(name), attributes, ORIGIN)


@dataclass(frozen=True)
class ToyKind:
    """`thing`: free, editable. `paid`: billed on creation and when its size changes."""

    name: str
    is_billed: bool = False
    is_deliverable: bool = True
    has_credential: bool = False
    memory: Memory = Memory.PORTAL
    sets: bool = False  # are its creations calls that set a level?
    attributes: Mapping[str, Attribute] = field(
        default_factory=lambda: {
            attribute.name: attribute
            for attribute in (
                Attribute("size", Mutability.EDITABLE),
                Attribute("total", Mutability.EDITABLE),
                Attribute("colour", Mutability.EDITABLE),
                Attribute("shape", Mutability.MANUAL),
                Attribute("source", Mutability.CREATION),
                Attribute("material", Mutability.FIXED),
            )
        }
    )

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        charged = before is None or before.get("size") != after.get("size")
        return Effect.BILLED if self.is_billed and charged else Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:
        return PRICE if self.effect(before, after) is Effect.BILLED else None

    def reason(self, resource: Resource) -> str:
        return f"new block {resource.address.name}"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        return Instructions("by hand", f"change {', '.join(edit.attribute for edit in edits)} of {resource.address}")

    def revival(self, resource: Resource, live: Live) -> Instructions:
        return Instructions("renew", f"{resource.address} is {live.archived}")

    def recovery(self, resource: Resource) -> Instructions:
        return Instructions("set a new password", f"log in to {resource.address}")

    def is_manual(self, resource: Resource) -> bool:
        return resource.address.name.endswith("by-hand")

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        if isinstance(change, Delete):
            bye = {"name": change.address.name, **change.attributes}
            return (Call(change.address, "toy", "end", "GET", bye, OperationClass.DESTROY, change.effect),)
        if self.memory is Memory.TOTAL:
            before = change.before.get("total", 0) if isinstance(change, Update) else 0
            amount: Attributes = {
                "name": change.address.name,
                "amount": int(str(change.attributes["total"])) - int(str(before)),
            }
            return (Call(change.address, "toy", "add", "GET", amount, OperationClass.ADDITIVE, change.effect),)
        is_new = isinstance(change, Create)
        first = Call(
            change.address,
            "toy",
            "make" if is_new else "set",
            "POST",
            {"name": change.address.name, **change.attributes},
            OperationClass.CREATE if is_new and not self.sets else OperationClass.ABSOLUTE,
            change.effect,
            change.price,
        )
        if is_new and "colour" in change.attributes:
            paint = {"name": change.address.name, "colour": change.attributes["colour"]}
            return (first, Call(change.address, "toy", "paint", "GET", paint, OperationClass.ABSOLUTE))
        return (first,)


@dataclass(frozen=True)
class HostKind(ToyKind):
    """`host`: humans work with it, it brings labels with it, and it can be renamed and transferred by hand."""

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        is_new = status.is_planned or status.is_ours
        texts = {"greet": f"greet {resource.address.name} in {resource.attributes.get('colour')}"} if is_new else {}
        latch = {"latch": "once"} if "total" in resource.attributes else {}
        return [
            Manual(
                resource.address,
                (),
                Instructions(topic, text),
                "new",
                resource.origin,
                topic,
                after=(resource.address,),
                effect=Effect.ONE_SHOT if topic == "latch" else Effect.MANUAL,
            )
            for topic, text in {**texts, **latch}.items()
        ]

    def derived(
        self,
        resource: Resource,
        desired: Mapping[Address, Resource],  # noqa: ARG002 - the port's shape
        status: ResourceStatus,
    ) -> Sequence[Resource]:
        if status.live is None and not status.is_planned:
            return ()
        label = Address("label", f"{resource.address.name}.one")
        attributes: Attributes = {"size": resource.attributes.get("size"), "source": Reference(resource.address)}
        return (Resource(label, attributes, resource.origin),)

    def renaming(self, resource: Resource, live: Live) -> Instructions:
        return Instructions("rename", f"{live.address.name} becomes {resource.address.name}")

    def manual_removal(self, removal: Removal, live: Live) -> Manual | None:
        if removal.action != "transfer":
            return None
        words = Instructions("transfer", f"write to support about {live.address.name}")
        return Manual(live.address, (), words, "goes", removal.origin, "transfer", closes=Closing.PORTAL)


KINDS: Mapping[str, Kind] = {
    "host": HostKind("host"),
    "thing": ToyKind("thing"),
    "paid": ToyKind("paid", is_billed=True, has_credential=True),
    "note": ToyKind("note", is_deliverable=False),
    "grant": ToyKind("grant", memory=Memory.TOTAL),
    "label": ToyKind("label", memory=Memory.LEDGER, sets=True),
}


@dataclass
class ToyPortal:
    """Objects in memory. `answers` overrides what a call is answered, by (operation, name)."""

    objects: dict[Address, dict[str, Value]] = field(default_factory=dict)
    answers: dict[tuple[str, str], Outcome | Exception] = field(default_factory=dict)
    looks_until_ready: int = 1
    seconds: float = 0.0
    failures: dict[Address, str] = field(default_factory=dict)
    prices: dict[Address, Price] = field(default_factory=dict)
    baselines: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    sent: list[Call] = field(default_factory=list)
    looks: list[tuple[Address, ...]] = field(default_factory=list)
    most_at_once: dict[bool, int] = field(default_factory=dict)
    before_send: Callable[[Call], None] = lambda call: None
    before_quote: Callable[[], None] = lambda: None
    _at_once: dict[bool, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: dict[Address, int] = field(default_factory=dict)

    @property
    def kinds(self) -> Mapping[str, Kind]:
        return KINDS

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:  # noqa: ARG002 - the port's shape
        live = tuple(
            Live(address, dict(values), remote_id=address.name)
            for address, values in self.objects.items()
            if KINDS[address.kind].memory is Memory.PORTAL
        )
        return Reading(live, tuple(desired), reads={"list": 1})

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        self.looks.append(tuple(item.address for item in pending))
        found: dict[Address, Live] = {}
        for item in pending:
            seen = self._seen[item.address] = self._seen.get(item.address, 0) + 1
            failure = self.failures.get(item.address)
            ready = seen >= self.looks_until_ready
            remote_id = item.address.name if item.address.kind == "paid" else f"#{item.address.name}"
            found[item.address] = Live(item.address, {}, remote_id if ready else None, ready, failure)
        return found

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        found: dict[Address, Signals] = {}
        for intent in intents:
            there = intent.address in self.objects
            found[intent.address] = Signals((Match(intent.address.name, "in the list"),) if there else ())
        return found

    def quote(self, call: Call) -> Price | None:
        self.before_quote()
        return self.prices.get(call.address, call.price)

    def baseline(self, call: Call) -> tuple[str, ...]:
        return self.baselines.get(call.address, ())

    def send(self, call: Call) -> Outcome:
        is_billed = call.effect is Effect.BILLED
        with self._lock:
            self.sent.append(call)
            self._at_once[is_billed] = self._at_once.get(is_billed, 0) + 1
            self.most_at_once[is_billed] = max(self.most_at_once.get(is_billed, 0), self._at_once[is_billed])
        self.before_send(call)
        time.sleep(self.seconds)
        try:
            return self._answer(call)
        finally:
            with self._lock:
                self._at_once[is_billed] -= 1

    def _answer(self, call: Call) -> Outcome:
        planned = self.answers.get((call.operation, call.address.name))
        if isinstance(planned, Exception):
            raise planned
        if planned is not None:
            return planned
        values = {name: value for name, value in call.parameters.items() if name != "name"}
        self.objects.setdefault(call.address, {}).update(values)
        if call.operation == "make" and KINDS[call.address.kind].has_credential:
            return Confirmed(call.address.name, Credential("https://toy.example", "admin", Secret("the-password")))
        return Confirmed(call.address.name if call.address.kind == "paid" else None)


@dataclass
class ToyVault:
    """Seals by a mark that a test can look for."""

    recipients: tuple[str, ...] = ("age1toy",)

    def seal(self, secret: Secret) -> str:
        return f"sealed({len(secret.reveal())})"


@dataclass
class MemoryStore:
    """A ledger store in memory; it fails on the appends whose number, from 1, is in `failing`."""

    entries: list[Entry] = field(default_factory=list)
    failing: frozenset[int] = frozenset()
    appends: int = 0
    location: str = "memory"

    def read(self, after: int) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.serial > after]

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        if expected != self.entries[-1].serial:
            raise LedgerConflict(expected=expected, found=self.entries[-1].serial)
        self.entries[:] = entries
        return entries[-1].serial

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        self.appends += 1
        if self.appends in self.failing:
            raise LedgerError("the disk is full", fix="free space")
        found = self.entries[-1].serial if self.entries else 0
        if expected != found:
            raise LedgerConflict(expected=expected, found=found)
        self.entries.extend(entries)
        return self.entries[-1].serial
