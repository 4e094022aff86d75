"""`make_plan`: from what is desired, live and remembered to a plan. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plan.address import Address
from plan.budget import Budget
from plan.call import Effect, OperationClass
from plan.change import Create, Delete, Edit, Manual, Step, Update
from plan.diagnostic import Diagnostic
from plan.diff import edits_between
from plan.graph import ordered
from plan.ledger.history import History
from plan.plan import Plan
from plan.provider import Attribute, Kind, Mutability, Recoverable
from plan.resource import Live, Reading, Removal, Resource
from plan.values import Attributes, Value, digest, plain

ABSENT = "absent"


def make_plan(
    *,
    agency: str,
    kinds: Mapping[str, Kind],
    declared: Sequence[Resource],
    reading: Reading,
    history: History,
    removals: Sequence[Removal] = (),
    budget: Budget | None = None,
    settling_since: str | None = None,
) -> Plan:
    """Compare and order.

    Args:
        agency: the agency's name.
        kinds: what the provider knows of each kind, in the order in which plans show them.
        declared: the resources as the file declares them; their digest is the plan's `desired_digest`.
        reading: what was just read, with the resources as the provider completed them.
        history: what the ledger remembers.
        removals: what is to be ended.
        budget: what may be charged; shown in the plan, enforced by guards and by the apply.
        settling_since: UTC, ISO 8601; what was confirmed after it may not stand in the portal's lists yet.

    Raises:
        CycleError: resources refer to each other in a circle.
    """
    planner = _Planner(kinds, reading, history)
    by_address = {resource.address: resource for resource in reading.desired}
    rank = {name: position for position, name in enumerate(kinds)}
    order = ordered({address: resource.references() for address, resource in by_address.items()}, rank)
    outcomes = [planner.compare(by_address[address]) for address in order]
    outcomes += [planner.end(removal) for removal in sorted(removals, key=lambda removal: removal.address)]
    outcomes = [_without_echo(outcome, history, settling_since) for outcome in outcomes]
    steps = tuple(outcome.step for outcome in outcomes if outcome.step)
    wanted = planner.addresses_of(steps, by_address)
    ended = {removal.address.name for removal in removals}
    return Plan(
        agency=agency,
        desired_digest=desired_digest(declared, removals),
        steps=steps,
        manual_steps=tuple(manual for outcome in outcomes for manual in outcome.manual),
        diagnostics=(*reading.diagnostics, *(found for outcome in outcomes for found in outcome.diagnostics)),
        blocked=tuple(intent for _, intent in sorted(planner.open_intents.items())),
        unmanaged=tuple(sorted(item for item in planner.live.keys() - by_address.keys() if item.name not in ended)),
        remote_ids=planner.remote_ids(wanted),
        provisioning=tuple(sorted(address for address in wanted if planner.is_provisioning(address))),
        reads=reading.reads,
        budget=budget or Budget(),
    )


def desired_digest(resources: Iterable[Resource], removals: Iterable[Removal] = ()) -> str:
    """Digest of what is declared, wherever in the files it stands."""
    declared = {str(resource.address): plain(resource.attributes) for resource in resources}
    ended = {str(removal.address): [removal.action, plain(removal.attributes)] for removal in removals}
    return digest([declared, ended])


@dataclass(frozen=True, slots=True)
class _Outcome:
    step: Step | None = None
    manual: tuple[Manual, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class _Planner:
    def __init__(self, kinds: Mapping[str, Kind], reading: Reading, history: History) -> None:
        self._kinds = kinds
        self._baselines = reading.baselines
        self._history = history
        self.open_intents = history.open_intents
        self.live = {live.address: live for live in reading.live}
        self._editable = _names_of(kinds, Mutability.EDITABLE)
        self._comparable = {
            name: {key: item for key, item in kind.attributes.items() if item.mutability is not Mutability.CREATION}
            for name, kind in kinds.items()
        }

    def compare(self, resource: Resource) -> _Outcome:
        kind = self._kinds[resource.address.kind]
        if not kind.is_deliverable or resource.address in self.open_intents:
            return _Outcome()
        if kind.accumulates:
            return self._grant(kind, resource)
        live = self.live.get(resource.address)
        if live is None and self._has_come_to_be(resource.address):
            return _Outcome(diagnostics=(_not_listed(resource),))
        if live is None:
            return _Outcome(step=self._creation(kind, resource))
        if live.archived:
            return _Outcome(manual=(_revival(kind, resource, live),))
        return self._difference(kind, resource, live)

    def end(self, removal: Removal) -> _Outcome:
        """The step that ends an object; nothing when it has ended, or what came of its last call is unknown."""
        for address in self._namesakes(removal.address):
            live = self.live.get(address)
            calls = tuple(self._kinds[address.kind].lower(_ending(address, removal))) if live else ()
            if live and calls:
                is_over = live.archived or address in self.open_intents
                basis = digest([live.remote_id, plain(live.attributes)])
                return _Outcome(step=None if is_over else Step(_ending(address, removal), calls, basis))
        return _Outcome()

    def addresses_of(self, steps: Iterable[Step], desired: Mapping[Address, Resource]) -> set[Address]:
        """The addresses of `steps`, and what they refer to."""
        found = {step.address for step in steps}
        return found | {to for address in found if address in desired for to in desired[address].references()}

    def _has_come_to_be(self, address: Address) -> bool:
        """Did the ledger see it made, or found? Its remote id may come later than that."""
        history = self._history
        return address in history.created or address in history.adopted or address in history.remote_ids

    def _namesakes(self, address: Address) -> Iterator[Address]:
        """The address itself, then the same name in every other kind: a sandbox is an account of the portal too."""
        yield address
        yield from (Address(kind, address.name) for kind in self._kinds if kind != address.kind)

    def _grant(self, kind: Kind, resource: Resource) -> _Outcome:
        """A total that only ever grows: the ledger alone knows what was granted before."""
        known = (self._history.sent(resource.address) or {}).get("total")
        total = resource.attributes["total"]
        edit = Edit("total", known, total, resource.origins.get("total"))
        if known == total:
            return _Outcome()
        if kind.is_manual(resource):
            return _Outcome(manual=(replace(_by_hand(kind, resource, (edit,)), reason=kind.reason(resource)),))
        if known is None and not self._has_no_past(resource):
            return _Outcome(diagnostics=(_past_unknown(resource),))
        if known is None:
            return _Outcome(step=self._creation(kind, resource))
        if not (isinstance(known, int) and isinstance(total, int) and total > known):
            return _Outcome(diagnostics=(_total_smaller(resource, known),))
        return _Outcome(step=self._increase(kind, resource, edit))

    def _increase(self, kind: Kind, resource: Resource, edit: Edit) -> Step:
        before: Attributes = {"total": edit.before}
        change = Update(
            address=resource.address,
            remote_id=None,
            edits=(edit,),
            before=before,
            attributes=resource.attributes,
            effect=kind.effect(before, resource.attributes),
            reason=kind.reason(resource),
            origin=resource.origin_of("total"),
        )
        return self._step(kind, change, resource, digest([plain(edit.before)]))

    def _has_no_past(self, resource: Resource) -> bool:
        """Was nothing granted before for sure: is its account still to be created, or did we create it?"""
        return all(
            (owner not in self.live or owner in self._history.created) and owner not in self._history.adopted
            for owner in resource.references()
        )

    def is_provisioning(self, address: Address) -> bool:
        live = self.live.get(address)
        return live is not None and not live.ready and address not in self.open_intents

    def remote_ids(self, addresses: Iterable[Address]) -> dict[Address, str]:
        found: dict[Address, str] = {}
        for address in sorted(addresses):
            live = self.live.get(address)
            if live and live.remote_id:
                found[address] = live.remote_id
        return found

    def _creation(self, kind: Kind, resource: Resource) -> Step:
        change = Create(
            address=resource.address,
            attributes=resource.attributes,
            effect=kind.effect(None, resource.attributes),
            reason=kind.reason(resource),
            origin=resource.origin,
            price=kind.price(None, resource.attributes),
            baseline=self._baselines.get(resource.address, ()),
        )
        return self._step(kind, change, resource, ABSENT)

    def _difference(self, kind: Kind, resource: Resource, live: Live) -> _Outcome:
        known: Attributes = live.attributes
        sent = self._history.sent(resource.address)
        if sent:
            known = {**sent, **live.attributes}
        edits = edits_between(resource, known, self._comparable[kind.name])
        editable, manual, fixed = _by_mutability(kind.attributes, edits)
        by_hand = [_by_hand(kind, resource, manual)] if manual else []
        if isinstance(kind, Recoverable) and self._is_password_lost(resource.address):
            by_hand.append(_lost_password(kind, resource))
        return _Outcome(
            step=self._update(kind, resource, live, editable) if editable else None,
            manual=tuple(by_hand),
            diagnostics=_fixed(kind, resource, known, fixed),
        )

    def _is_password_lost(self, address: Address) -> bool:
        return address in self._history.adopted and not self._history.has_credential(address)

    def _update(self, kind: Kind, resource: Resource, live: Live, edits: tuple[Edit, ...]) -> Step:
        editable = self._editable[kind.name]
        after = {name: value for name, value in resource.attributes.items() if name in editable}
        before = {name: value for name, value in live.attributes.items() if name in after}
        change = Update(
            address=resource.address,
            remote_id=live.remote_id,
            edits=edits,
            before=before,
            attributes=after,
            effect=kind.effect(before, after),
            reason=", ".join(dict.fromkeys(_root(kind.attributes, edit.attribute) for edit in edits)),
            origin=edits[0].origin or resource.origin,
            price=kind.price(before, after),
        )
        return self._step(kind, change, resource, digest([live.remote_id, plain(live.attributes)]))

    def _step(self, kind: Kind, change: Create | Update, resource: Resource, basis: str) -> Step:
        after = tuple(address for address in resource.references() if self._must_wait_for(address))
        return Step(change, tuple(kind.lower(change)), basis, after)

    def _must_wait_for(self, address: Address) -> bool:
        return address not in self.live or self.is_provisioning(address) or address in self.open_intents


def _names_of(kinds: Mapping[str, Kind], mutability: Mutability) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(key for key, item in kind.attributes.items() if item.mutability is mutability)
        for name, kind in kinds.items()
    }


def _root(attributes: Mapping[str, Attribute], dotted: str) -> str:
    """The attribute that an edit's dotted word belongs to."""
    while dotted not in attributes:
        dotted = dotted.rpartition(".")[0]
    return dotted


def _by_mutability(
    attributes: Mapping[str, Attribute], edits: Sequence[Edit]
) -> tuple[tuple[Edit, ...], tuple[Edit, ...], tuple[Edit, ...]]:
    found: dict[Mutability, list[Edit]] = {mutability: [] for mutability in Mutability}
    for edit in edits:
        found[attributes[_root(attributes, edit.attribute)].mutability].append(edit)
    return tuple(found[Mutability.EDITABLE]), tuple(found[Mutability.MANUAL]), tuple(found[Mutability.FIXED])


def _by_hand(kind: Kind, resource: Resource, edits: tuple[Edit, ...]) -> Manual:
    return Manual(
        address=resource.address,
        edits=edits,
        instruction=kind.instruction(resource, edits),
        reason="the API cannot change " + ", ".join(edit.attribute for edit in edits),
        origin=edits[0].origin or resource.origin,
    )


def _lost_password(kind: Recoverable, resource: Resource) -> Manual:
    return Manual(
        address=resource.address,
        edits=(),
        instruction=kind.recovery(resource),
        reason="the answer of its creation was lost, and its password with it",
        origin=resource.origin,
    )


def _revival(kind: Kind, resource: Resource, live: Live) -> Manual:
    return Manual(
        address=resource.address,
        edits=(),
        instruction=kind.revival(resource, live),
        reason=f"the portal keeps it as {live.archived}",
        origin=resource.origin,
    )


def _without_echo(outcome: _Outcome, history: History, since: str | None) -> _Outcome:
    """An error instead of a step that would send again what was confirmed a moment ago: the list lags behind."""
    if since is None or outcome.step is None or not _is_echo(outcome.step, history, since):
        return outcome
    return replace(outcome, step=None, diagnostics=(*outcome.diagnostics, _not_shown_yet(outcome.step)))


def _is_echo(step: Step, history: History, since: str) -> bool:
    """Grants are no echo: the ledger, not a list, tells what was granted."""
    return any(
        (history.confirmed_at(call.address, call.digest()) or "") > since
        for call in step.calls
        if call.needs_intent and call.operation_class is not OperationClass.ADDITIVE
    )


def _not_shown_yet(step: Step) -> Diagnostic:
    operations = " and ".join(call.operation for call in step.calls if call.needs_intent)
    return Diagnostic(
        rule="change-not-listed",
        summary="a change that was confirmed is not in the portal's list",
        detail=f"The portal has confirmed {operations} of {step.address} a moment ago, and its list does not show it: "
        "the list may be stale, and then nothing else in this plan can be trusted either. It is not sent again.",
        fix="plan again in a minute; if somebody undid it by hand, wait until agency.reconcile.settle is over",
        origin=step.change.origin,
        address=step.address,
    )


def _ending(address: Address, removal: Removal) -> Delete:
    return Delete(
        address=address,
        action=removal.action,
        attributes=removal.attributes,
        effect=Effect.PERMANENT,
        reason=str(removal.attributes.get("reason", removal.action)),
        origin=removal.origin,
    )


def _not_listed(resource: Resource) -> Diagnostic:
    return Diagnostic(
        rule="object-not-listed",
        summary="an object that was made is not in the portal's list",
        detail=f"The ledger saw {resource.address} come to be, and the portal does not list it: the list may be stale, "
        "and then nothing else in this plan can be trusted either. It is never made a second time by itself.",
        fix=f"plan again in a minute; if it is gone for good: agencyfile ledger forget {resource.address}",
        origin=resource.origin,
        address=resource.address,
    )


def _past_unknown(resource: Resource) -> Diagnostic:
    return Diagnostic(
        rule="credit-past-unknown",
        summary="what was granted before is not known",
        detail=f"{resource.address} is a total ever granted, the portal does not tell what was granted before, and the "
        "ledger did not see the account created.",
        fix=f"look it up in the portal, then: agencyfile ledger baseline {resource.address}=TOTAL",
        origin=resource.origin_of("total"),
        address=resource.address,
    )


def _total_smaller(resource: Resource, known: Value) -> Diagnostic:
    return Diagnostic(
        rule="credit-total-smaller",
        summary="a total can only grow",
        detail=f"{resource.address} was granted {known} in all; what was granted cannot be taken back.",
        fix=f"write {known} or more",
        origin=resource.origin_of("total"),
        address=resource.address,
    )


def _fixed(kind: Kind, resource: Resource, known: Attributes, edits: Sequence[Edit]) -> tuple[Diagnostic, ...]:
    """One error for each attribute, however many words of it differ."""
    names = dict.fromkeys(_root(kind.attributes, edit.attribute) for edit in edits)
    return tuple(
        Diagnostic(
            rule="attribute-fixed",
            summary="this can never change",
            detail=f"{name} of {resource.address} is {_words(known[name])} at the portal and "
            f"{_words(resource.attributes[name])} in the file; nothing can change it once the object exists.",
            fix="declare it as it is at the portal, or declare a new name for a new object",
            origin=resource.origin_of(name),
            address=resource.address,
        )
        for name in names
    )


def _words(value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(item)}" for key, item in value.items())
    return str(value)
