"""Compare one resource with its live object or with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plan import manual_steps, rules
from plan.change import Create, Edit, Manual, PlannedChange, Update
from plan.diagnostic import Diagnostic
from plan.diff import edits_between
from plan.planning_context import PlanningContext
from plan.provider import (
    Attribute,
    Kind,
    Memory,
    Mutability,
    Renamable,
    Revivable,
)
from plan.resource import Live, Resource
from plan.values import Attributes, digest, plain, value_from_plain

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of comparing one resource."""

    step: PlannedChange | None = None
    manual: tuple[Manual, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    waiting: rules.Waiting | None = None


NOTHING = Outcome()
_Sorted = tuple[tuple[Edit, ...], tuple[Edit, ...], tuple[Edit, ...]]  # editable, by hand, fixed
_NO_EDITS: _Sorted = ((), (), ())


class Difference:
    """Compares resources, one at a time, on one context."""

    def __init__(self, context: PlanningContext) -> None:
        self._context = context
        self._abilities = context.abilities
        self._editable = _names_of(context.kinds, Mutability.EDITABLE)
        self._comparable = {
            name: {key: item for key, item in kind.attributes.items() if item.mutability is not Mutability.CREATION}
            for name, kind in context.kinds.items()
        }

    def of(self, kind: Kind, resource: Resource) -> Outcome:
        """The outcome for one resource; all that it refers to has been compared before."""
        if not kind.is_deliverable or resource.address in self._context.open_intents:
            return NOTHING
        if kind.memory is not Memory.PORTAL:
            return self._recalled(kind, resource)
        live = self._context.live.get(resource.address)
        if live is None:
            return self._absent(kind, resource)
        if live.archived:
            return self._revival(kind, resource, live)
        return self._difference(kind, resource, live)

    def _revival(self, kind: Kind, resource: Resource, live: Live) -> Outcome:
        """Bring an archived object back, by calls if its kind can, else by hand."""
        sent = self._context.prior.sent(resource.address) or {}
        change = kind.revived(resource, live, sent) if isinstance(kind, Revivable) else None
        if change is None:
            return Outcome(manual=(manual_steps.revival(kind, resource, live),))
        return Outcome(step=self._step(kind, change, resource, digest([live.archived, plain(live.attributes)])))

    def _absent(self, kind: Kind, resource: Resource) -> Outcome:
        former = self._context.misnamed.get(resource.address)
        if former and isinstance(kind, Renamable):
            return Outcome(manual=(manual_steps.renaming(kind, resource, former),))
        if self._context.prior.has_come_to_be(resource.address):
            return Outcome(diagnostics=(rules.not_listed(resource),))
        return NOTHING if resource.adopt else self._to_create(kind, resource)

    def _recalled(self, kind: Kind, resource: Resource) -> Outcome:
        if not all(map(self._context.is_there, self._context.dependencies(resource))):
            return self._remember(kind, resource) if self._closed(kind, resource) else NOTHING
        self._context.prior.follow(resource)
        return self._grant(kind, resource) if kind.memory is Memory.TOTAL else self._remember(kind, resource)

    def _to_create(self, kind: Kind, resource: Resource) -> Outcome:
        missing = [address for address in self._context.dependencies(resource) if not self._context.is_there(address)]
        if missing:
            return Outcome(diagnostics=(rules.creation_waits(resource, missing),))
        unclear = self._context.unidentified(resource)
        if unclear:
            return Outcome(diagnostics=tuple(rules.object_unidentified(resource, *each) for each in unclear.items()))
        return Outcome(step=self._creation(kind, resource))

    def _grant(self, kind: Kind, resource: Resource) -> Outcome:
        """Compare a total, which can only grow. The ledger alone knows what was granted before."""
        known = (self._context.prior.sent(resource.address) or {}).get("total")
        total = resource.attributes["total"]
        edit = Edit("total", known, total, resource.origins.get("total"))
        if known == total:
            return NOTHING
        if kind.is_manual(resource):
            return Outcome(manual=(manual_steps.whole(kind, resource, (edit,)),))
        if known is None and not self._has_no_past(resource):
            is_made = all(map(self._context.prior.has_made, self._context.dependencies(resource)))
            return Outcome(diagnostics=(rules.past_lost(resource) if is_made else rules.past_unknown(resource),))
        if known is None:
            return Outcome(step=self._creation(kind, resource))
        if not (isinstance(known, int) and isinstance(total, int) and total > known):
            return Outcome(diagnostics=(rules.total_smaller(resource, known),))
        return Outcome(step=self._overwriting(kind, resource, {"total": known}, (edit,), kind.reason(resource)))

    def _has_no_past(self, resource: Resource) -> bool:
        """Is it certain that nothing was granted before? It is if the account is new, or if we created it."""
        return all(
            (owner not in self._context.live or self._context.prior.has_made(owner))
            and not self._context.prior.is_adopted(owner)
            for owner in self._context.dependencies(resource)
        )

    def _remember(self, kind: Kind, resource: Resource) -> Outcome:
        """Compare a resource that no list shows with what was sent last."""
        sent = self._context.prior.sent(resource.address)
        comparable = self._comparable[kind.name]
        wanted = replace(resource, attributes=_as_kept(resource.attributes))
        before = {name: (sent or {}).get(name) for name in wanted.attributes if name in comparable}
        attempted = self._context.prior.attempted(resource.address)
        known = {name: None if name in attempted else value for name, value in before.items()} if attempted else before
        edits = edits_between(wanted, known, comparable)
        if not edits:
            return NOTHING
        if kind.is_manual(resource):
            return Outcome(manual=(manual_steps.whole(kind, wanted, edits),))
        closed = self._closed(kind, resource)
        if closed:
            owner = self._context.owner_of(resource.address)
            return Outcome(waiting=rules.Waiting(owner, closed, resource))
        if sent is None:
            return Outcome(step=self._creation(kind, resource))
        step = self._overwriting(kind, resource, before, edits, _roots(kind, edits))
        if not attempted:
            return Outcome(step=step)
        unknown = _of_unknown(kind, resource, edits, attempted)
        return Outcome(step=replace(step, basis=digest(plain(known))), diagnostics=unknown)

    def _closed(self, kind: Kind, resource: Resource) -> str:
        """Return why the owner takes no calls for the resource once this plan is carried out; empty where it does."""
        if kind.name not in self._abilities.inside or kind.is_manual(resource):
            return ""
        return self._context.closed(self._context.owner_of(resource.address))

    def _overwriting(
        self, kind: Kind, resource: Resource, before: Attributes, edits: tuple[Edit, ...], reason: str
    ) -> PlannedChange:
        change = Update(
            address=resource.address,
            remote_id=None,
            edits=edits,
            before=before,
            attributes=resource.attributes,
            effect=kind.effect(before, resource.attributes),
            reason=reason,
            origin=edits[0].origin or resource.origin,
            price=kind.price(before, resource.attributes),
            words=self._words(kind, before, resource.attributes),
            stated=resource.reason,
        )
        return self._step(kind, change, resource, digest(plain(before)))

    def _creation(self, kind: Kind, resource: Resource) -> PlannedChange:
        change = Create(
            address=resource.address,
            attributes=resource.attributes,
            effect=kind.effect(None, resource.attributes),
            reason=kind.reason(resource),
            origin=resource.origin,
            price=kind.price(None, resource.attributes),
            baseline=self._context.baselines.get(resource.address, ()),
            words=self._words(kind, None, resource.attributes),
            stated=resource.reason,
        )
        return self._step(kind, change, resource, ABSENT)

    def _words(self, kind: Kind, before: Attributes | None, after: Attributes) -> tuple[str, ...]:
        worded = self._abilities.worded.get(kind.name)
        return tuple(worded.words(before, after)) if worded else ()

    def _difference(self, kind: Kind, resource: Resource, live: Live) -> Outcome:
        known: Attributes = live.attributes
        sent = self._context.prior.sent(resource.address)
        attempted = self._context.prior.attempted(resource.address)
        if sent:
            known = {name: value for name, value in sent.items() if name not in attempted} if attempted else sent
            known = {**known, **live.attributes}
        edits = edits_between(resource, known, self._comparable[kind.name])
        editable, manual, fixed = _by_mutability(kind.attributes, edits) if edits else _NO_EDITS
        by_hand = [
            manual_steps.by_hand(kind, resource, name, of_name, live.attributes)
            for name, of_name in _by_root(kind.attributes, manual).items()
        ]
        recoverable = self._abilities.recoverable.get(kind.name)
        if recoverable and self._context.prior.is_password_lost(resource.address):
            is_adopted = self._context.prior.is_adopted(resource.address)
            by_hand.append(manual_steps.lost_password(recoverable, resource, is_adopted=is_adopted))
        if not (edits or by_hand):
            return NOTHING
        said = rules.fixed(resource, known, tuple(_by_root(kind.attributes, fixed))) if fixed else ()
        if attempted:
            hidden = attempted.difference(live.attributes)
            said = (*said, *_of_unknown(kind, resource, editable, hidden))
        step = self._update(kind, resource, live, editable) if editable else None
        return Outcome(step=step, manual=tuple(by_hand), diagnostics=said)

    def _update(self, kind: Kind, resource: Resource, live: Live, edits: tuple[Edit, ...]) -> PlannedChange:
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
            reason=_roots(kind, edits),
            origin=edits[0].origin or resource.origin,
            price=kind.price(before, after),
            stated=resource.reason,
        )
        return self._step(kind, change, resource, digest([live.remote_id, plain(live.attributes)]))

    def _step(self, kind: Kind, change: Create | Update, resource: Resource, basis: str) -> PlannedChange:
        context = self._context
        is_inside = kind.name in self._abilities.inside
        after = tuple(
            address
            for address in context.dependencies(resource)
            if context.must_be_waited_for(address) or (is_inside and context.is_opened(address))
        )
        return PlannedChange(change, tuple(kind.lower(change)), basis, after)


def _of_unknown(
    kind: Kind, resource: Resource, edits: Sequence[Edit], attempted: frozenset[str]
) -> tuple[Diagnostic, ...]:
    """Return the warning for those of the edits that set what an earlier run may have set otherwise."""
    names = [
        name for name in dict.fromkeys(root_of(kind.attributes, edit.attribute) for edit in edits) if name in attempted
    ]
    return (rules.value_unknown(resource, names),) if names else ()


def _as_kept(attributes: Attributes) -> Attributes:
    """Return attributes in the form in which the ledger gives them back."""
    return {name: value_from_plain(plain(value)) for name, value in attributes.items()}


def _names_of(kinds: Mapping[str, Kind], mutability: Mutability) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(key for key, item in kind.attributes.items() if item.mutability is mutability)
        for name, kind in kinds.items()
    }


def root_of(attributes: Mapping[str, Attribute], dotted: str) -> str:
    """Return the attribute that the dotted path of an edit belongs to."""
    while dotted not in attributes:
        dotted = dotted.rpartition(".")[0]
    return dotted


def _by_mutability(attributes: Mapping[str, Attribute], edits: Sequence[Edit]) -> _Sorted:
    found: dict[Mutability, list[Edit]] = {mutability: [] for mutability in Mutability}
    for edit in edits:
        found[attributes[root_of(attributes, edit.attribute)].mutability].append(edit)
    return tuple(found[Mutability.EDITABLE]), tuple(found[Mutability.MANUAL]), tuple(found[Mutability.FIXED])


def _by_root(attributes: Mapping[str, Attribute], edits: Sequence[Edit]) -> dict[str, list[Edit]]:
    """Edits by the attribute that they belong to."""
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(root_of(attributes, edit.attribute), []).append(edit)
    return found


def _roots(kind: Kind, edits: Sequence[Edit]) -> str:
    return ", ".join(_by_root(kind.attributes, edits))
