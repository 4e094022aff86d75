"""`make_plan`: from what is desired, live and remembered to a plan. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Final

from plan import manual_steps, rules
from plan.address import Address
from plan.budget import Budget
from plan.call import OperationClass
from plan.change import FORGET, Create, PlannedChange, Update
from plan.difference import Difference, Outcome, root_of
from plan.drift import find_drift
from plan.graph import ordered
from plan.ledger.history import History
from plan.ledger.position import Position
from plan.plan import Plan
from plan.planning_context import PlanningContext
from plan.provider import Kind, ResourceStatus
from plan.recurring import background_of, with_recurrence
from plan.removals import ended
from plan.rename_detection import suspected_renames
from plan.resource import Reading, Removal, Resource
from plan.values import canonical, digest_of_pieces, plain

_NOTHING_EDITED: Final[frozenset[str]] = frozenset()


def make_plan(
    *,
    agency: str,
    kinds: Mapping[str, Kind],
    declared: Sequence[Resource],
    reading: Reading,
    history: History,
    removals: Sequence[Removal] = (),
    declared_removals: Sequence[Removal] | None = None,
    ignore: Sequence[str] = (),
    left_out: int = 0,
    budget: Budget | None = None,
    settling_since: str | None = None,
    position: Position | None = None,
) -> Plan:
    """Compare and order.

    Args:
        agency: the agency's name.
        kinds: what the provider knows of each kind, in the order in which plans show them.
        declared: the resources as the file declares them; their digest is the plan's `desired_digest`.
        reading: what was just read, with the resources as the provider completed them.
        history: what the ledger remembers.
        removals: what is to be ended.
        declared_removals: everything that the file says is to be ended, where `removals` is a part of it.
        ignore: patterns of addresses that are not ours to count, as in `account.legacy-*`.
        left_out: how many declared resources and removals were not looked at; what is unmanaged is not known then.
        budget: what may be charged; shown in the plan, enforced by guards and by the apply.
        settling_since: UTC, ISO 8601; what was confirmed after it may not stand in the portal's lists yet.
        position: where the ledger stands.

    Raises:
        CycleError: resources refer to each other in a circle.
    """
    context = PlanningContext(kinds, reading, history)
    planner = _Planner(context)
    outcomes = [*planner.compared(), *ended(context, removals)]
    outcomes = [_without_echo(outcome, history, settling_since) for outcome in outcomes]
    found = [with_recurrence(context, outcome.step) for outcome in outcomes if outcome.step]
    steps = _guards_first(found, history)
    manual = manual_steps.pending(
        (manual for outcome in outcomes for manual in outcome.manual), history, {step.address for step in steps}
    )
    wanted = planner.addresses_of(steps)
    unmanaged = () if left_out else _unmanaged(context, removals, ignore)
    return Plan(
        agency=agency,
        desired_digest=desired_digest(declared, removals if declared_removals is None else declared_removals),
        steps=steps,
        manual_steps=manual,
        diagnostics=(
            *reading.diagnostics,
            *(found for outcome in outcomes for found in outcome.diagnostics),
            *rules.resources_wait([outcome.waiting for outcome in outcomes if outcome.waiting]),
            *suspected_renames(steps, context.desired, [context.live[address] for address in unmanaged]),
        ),
        blocked=tuple(intent for _, intent in sorted(context.open_intents.items())),
        unmanaged=unmanaged,
        remote_ids=context.remote_ids(wanted),
        provisioning=tuple(sorted(address for address in wanted if context.is_provisioning(address))),
        reads=reading.reads,
        budget=budget or Budget(),
        managed=Counter(address.kind for address in context.desired if address in context.live),
        left_out=left_out,
        drift=tuple(drift for drift in find_drift(context) if drift.is_recorded),
        ledger=position or Position(),
        background=background_of(context, steps, manual, unmanaged),
    )


def _guards_first(steps: Sequence[PlannedChange], history: History) -> tuple[PlannedChange, ...]:
    """Return the steps with changes of settings first.

    A ledger that knows of nothing guards nothing yet: settings are recorded in it with the first change, and are no
    change of their own. So the first plan over a portal that was imported is empty.
    """
    guards = tuple(step for step in steps if step.is_guard)
    others = tuple(step for step in steps if not step.is_guard)
    return (*guards, *others) if others or not history.is_blank else ()


def desired_digest(resources: Iterable[Resource], removals: Iterable[Removal] = ()) -> str:
    """Return the digest of the declared resources, whichever files they are in."""
    declared = {str(resource.address): resource for resource in resources}
    ended = {str(removal.address): [removal.action, plain(removal.attributes)] for removal in removals}
    return digest_of_pieces(_pieces(declared, ended))


def _pieces(declared: Mapping[str, Resource], ended: Mapping[str, object]) -> Iterator[str]:
    """Yield the canonical form of `[declared, ended]` in pieces: the whole would be the largest text of a run."""
    yield "[{"
    for position, address in enumerate(sorted(declared)):
        comma = "," if position else ""
        yield f"{comma}{canonical(address)}:{canonical(_declaration(declared[address]))}"
    yield f"}},{canonical(ended)}]"


def _declaration(resource: Resource) -> object:
    said = {
        "adopt": resource.adopt,
        "previously": resource.previously,
        "protect": resource.protect,
        "reason": resource.reason,
    }
    words = {word: value for word, value in said.items() if value}
    return [plain(resource.attributes), words] if words else plain(resource.attributes)


class _Planner:
    def __init__(self, context: PlanningContext) -> None:
        self._context = context
        self._difference = Difference(context)
        self._compared: dict[Address, Resource] = {}

    def compared(self) -> Iterator[Outcome]:
        """Compare every resource, and those that are derived from it, dependencies first."""
        context = self._context
        rank = {name: position for position, name in enumerate(context.kinds)}
        edges = {address: context.dependencies(resource) for address, resource in context.desired.items()}
        for address in ordered(edges, rank):
            yield from self._with_derived(context.desired[address])

    def addresses_of(self, steps: Iterable[PlannedChange]) -> set[Address]:
        """The addresses of `steps`, and what they refer to."""
        found = {step.address for step in steps}
        changed = [self._compared[address] for address in found if address in self._compared]
        return found | {to for resource in changed for to in self._context.dependencies(resource)}

    def _with_derived(self, resource: Resource) -> Iterator[Outcome]:
        name = resource.address.kind
        outcome = self._compare(self._context.kinds[name], resource)
        abilities = self._context.abilities
        attended, expanding = abilities.attended.get(name), abilities.expanding.get(name)
        if attended is None and expanding is None:
            yield outcome
            return
        status = self._status(resource, outcome)
        if attended and not self._context.is_settled_elsewhere(resource.address):
            manual = tuple(attended.manual_steps(resource, status))
            outcome = replace(outcome, manual=(*outcome.manual, *manual)) if manual else outcome
        yield outcome
        for brought in expanding.derived(resource, self._context.desired, status) if expanding else ():
            yield self._compare(self._context.kinds[brought.address.kind], brought)

    def _compare(self, kind: Kind, resource: Resource) -> Outcome:
        outcome = self._difference.of(kind, resource)
        if outcome.step:
            self._context.planned.add(resource.address)
            self._compared[resource.address] = resource
        return outcome

    def _status(self, resource: Resource, outcome: Outcome) -> ResourceStatus:
        context, address = self._context, resource.address
        change = outcome.step.change if outcome.step else None
        edits = change.edits if isinstance(change, Update) else ()
        attributes = context.kinds[address.kind].attributes
        return ResourceStatus(
            live=context.live.get(address),
            is_planned=isinstance(change, Create),
            is_ours=context.prior.has_made(address),
            has_login=context.prior.has_login(address),
            sent=context.prior.sent(address) or {},
            edited=frozenset([root_of(attributes, edit.attribute) for edit in edits]) if edits else _NOTHING_EDITED,
            knows=context.prior.knows,
        )


def _unmanaged(context: PlanningContext, removals: Sequence[Removal], ignore: Sequence[str]) -> tuple[Address, ...]:
    """Return the live objects that the file does not mention."""
    spoken_of = {removal.address.name for removal in removals if removal.action != FORGET}
    misnamed = {live.address for live in context.misnamed.values()}
    rest = (
        address for address in context.live.keys() - context.desired.keys() - misnamed if address.name not in spoken_of
    )
    return tuple(sorted(address for address in rest if not _is_ignored(address, ignore)))


def _is_ignored(address: Address, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(str(address), pattern) for pattern in patterns)


def _without_echo(outcome: Outcome, history: History, since: str | None) -> Outcome:
    """Return an error for a step that would repeat a call confirmed a moment ago: the list lags behind."""
    if since is None or outcome.step is None or not _is_echo(outcome.step, history, since):
        return outcome
    return replace(outcome, step=None, diagnostics=(*outcome.diagnostics, rules.not_shown_yet(outcome.step)))


def _is_echo(step: PlannedChange, history: History, since: str) -> bool:
    """Does the step repeat a call that was just confirmed? Grants never do: the ledger knows them, not a list."""
    return any(
        (history.confirmed_at(call.address, call.digest()) or "") > since
        for call in step.calls
        if call.needs_intent and call.operation_class is not OperationClass.ADDITIVE
    )
