"""Find what the changes of a plan make of what is billed, and what is billed besides."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from plan.address import Address
from plan.background import Background
from plan.billing import Recurrence, Subscription, Yearly, yearly
from plan.change import FORGET, Create, Delete, Manual, PlannedChange
from plan.planning_context import PlanningContext
from plan.provider import Memory
from plan.values import Attributes


def with_recurrence(context: PlanningContext, step: PlannedChange) -> PlannedChange:
    """Return the step with what is billed for its object before and after it."""
    kind = context.abilities.billable.get(step.address.kind)
    if kind is None:
        return step
    attributes = _attributes_around(context, step)
    before, after = (kind.subscription(found) if found is not None else None for found in attributes)
    live = context.live.get(step.address)
    if live is not None and live.is_free:  # another plan may be billed: nothing tells that it stays free
        before, after = None, after if after != before else None
    return replace(step, recurrence=Recurrence(before, after)) if before or after else step


def _attributes_around(context: PlanningContext, step: PlannedChange) -> tuple[Attributes | None, Attributes | None]:
    """Return the attributes of the object before and after a change; None where it is not there, or has ended."""
    change, live = step.change, context.live.get(step.address)
    is_listed = context.kinds[step.address.kind].memory is Memory.PORTAL
    known = live.attributes if live is not None and not live.archived else None
    if isinstance(change, Create):
        return None, change.attributes
    if isinstance(change, Delete):
        return known, known if change.action == FORGET else None
    if not is_listed:
        return change.before, change.attributes
    return known, {**(live.attributes if live else {}), **change.attributes}


def background_of(
    context: PlanningContext, steps: Sequence[PlannedChange], manual: Iterable[Manual], unmanaged: Collection[Address]
) -> Background:
    """Return the background of a plan with these changes, steps and unmanaged objects."""
    changed = {step.address for step in steps}
    billed = dict(_billed(context, changed))
    outside = {address: billed.pop(address) for address in unmanaged if address in billed}
    concerned = {*changed, *(step.address for step in manual)}
    owners = {address: owner for address in concerned if (owner := context.owner_of(address)) != address}
    sources = {address: source for address in concerned if (source := _source(context, address))}
    named = sorted({*outside, *(owners.get(address, address) for address in concerned)})
    return Background(
        standing=_in_cents(yearly(billed.values())),
        unmanaged=outside,
        left=frozenset(address for address in outside if context.prior.knows(address)),
        owners=dict(sorted(owners.items())),
        sources=dict(sorted(sources.items())),
        clients={address: name for address in named if (name := _client(context, address))},
        paid_until={address: day for address in named if (day := _paid_until(context, address))},
    )


def _billed(context: PlanningContext, without: Collection[Address]) -> Iterator[tuple[Address, Subscription]]:
    """Return what is billed for each object that no step changes: those of the lists, and what the ledger knows."""
    for address, live in context.live.items():
        kind = context.abilities.billable.get(address.kind)
        if kind is not None and address not in without and not (live.archived or live.is_free):
            found = kind.subscription(live.attributes)
            if found:
                yield address, found
    for address, resource in context.desired.items():
        kind = context.abilities.billable.get(address.kind)
        if kind is None or address in without or context.kinds[address.kind].memory is Memory.PORTAL:
            continue
        sent = context.prior.sent(resource.address)
        found = kind.subscription(sent) if sent else None
        if found:
            yield address, found


def _in_cents(found: Yearly) -> Yearly:
    """Return amounts as a document can hold them: terms of 1 and 12 months come to whole cents a year anyway."""
    return Yearly({money.currency: Fraction(money.amount) for money in found.per_year}, found.untold)


def _source(context: PlanningContext, address: Address) -> Address | None:
    kind = context.abilities.carrying.get(address.kind)
    return kind.source(address) if kind is not None else None


def _client(context: PlanningContext, address: Address) -> str:
    kind = context.abilities.of_client.get(address.kind)
    if kind is None:
        return ""
    resource, live = context.desired.get(address), context.live.get(address)
    declared = kind.client(resource.attributes) if resource else ""
    return declared or (kind.client(live.attributes) if live else "")


def _paid_until(context: PlanningContext, address: Address) -> str:
    live = context.live.get(address)
    return live.paid_until if live is not None else ""
