"""Plan the entries of `removed:`: objects that end, and objects that are only forgotten."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from plan import rules
from plan.address import Address
from plan.call import Effect
from plan.change import FORGET, Delete, PlannedChange
from plan.difference import NOTHING, Outcome
from plan.planning_context import PlanningContext
from plan.provider import DescribesEndings, HasManualRemovals, Memory
from plan.resource import Live, Removal
from plan.values import digest, plain


def ended(context: PlanningContext, removals: Sequence[Removal]) -> Iterator[Outcome]:
    """Return the steps that end the objects of `removals`."""
    for removal in sorted(removals, key=lambda removal: removal.address):
        yield _forget(context, removal) if removal.action == FORGET else _end(context, removal)


def _forget(context: PlanningContext, removal: Removal) -> Outcome:
    known = _known_of(context, removal.address)
    if not known:
        return NOTHING
    change = replace(_ending(removal.address, removal), effect=Effect.REVERSIBLE, forgets=known)
    return Outcome(step=PlannedChange(change, (), digest([str(address) for address in known])))


def _known_of(context: PlanningContext, owner: Address) -> tuple[Address, ...]:
    """Return the addresses that the ledger knows of `owner` and of its subresources."""
    return tuple(
        address for address in context.history.addresses if address == owner or _is_of(context, owner, address)
    )


def _is_of(context: PlanningContext, owner: Address, address: Address) -> bool:
    """Is it something of `owner` that no list shows: `credit.acme.email` or `branding.acme` of `account.acme`?"""
    kind = context.kinds.get(address.kind)
    is_hidden = kind is not None and kind.memory is not Memory.PORTAL and owner.kind in kind.attributes
    return is_hidden and address.name.partition(".")[0] == owner.name


def _end(context: PlanningContext, removal: Removal) -> Outcome:
    """Return the step that ends an object. None means that it has ended, or that its last call has no known outcome."""
    for address in _namesakes(context, removal.address):
        live = context.live.get(address)
        if live is None or live.archived or address in context.open_intents:
            continue
        kind = context.kinds[address.kind]
        by_hand = kind.manual_removal(removal, live) if isinstance(kind, HasManualRemovals) else None
        if by_hand:
            return Outcome(manual=(by_hand,))
        words = tuple(kind.ending_words(removal)) if isinstance(kind, DescribesEndings) else ()
        change = replace(_ending_of(live, removal), words=words)
        calls = tuple(kind.lower(change))
        if calls:
            return Outcome(step=PlannedChange(change, calls, digest([live.remote_id, plain(live.attributes)])))
    missing = next(
        filter(lambda address: _is_missing(context, removal, address), _namesakes(context, removal.address)), None
    )
    return Outcome(diagnostics=(rules.removal_not_listed(removal, missing),)) if missing else NOTHING


def _is_missing(context: PlanningContext, removal: Removal, address: Address) -> bool:
    """Did the ledger see it come to be, and no end of it, and is it not in the portal's list?

    What a person ends leaves the list without a call: a transferred account is in another portal.
    """
    if address in context.live or address in context.open_intents or address in context.history.ended:
        return False
    kind = context.kinds[address.kind]
    if kind.memory is not Memory.PORTAL or not context.prior.has_come_to_be(address):
        return False
    known = Live(address, context.prior.sent(address) or {}, context.history.remote_ids.get(address))
    return not (isinstance(kind, HasManualRemovals) and kind.manual_removal(removal, known))


def _namesakes(context: PlanningContext, address: Address) -> Iterator[Address]:
    """The address itself, then the same name in every other kind: a sandbox is an account of the portal too."""
    yield address
    yield from (Address(kind, address.name) for kind in context.kinds if kind != address.kind)


def _ending_of(live: Live, removal: Removal) -> Delete:
    """The portal keeps nothing of what is deleted, so the ledger need not either."""
    forgets = (live.address,) if removal.action == "delete" else ()
    return replace(_ending(live.address, removal), forgets=forgets, remote_id=live.remote_id)


def _ending(address: Address, removal: Removal) -> Delete:
    return Delete(
        address=address,
        action=removal.action,
        attributes=removal.attributes,
        effect=Effect.PERMANENT,
        reason=str(removal.attributes.get("reason", removal.action)),
        origin=removal.origin,
    )
