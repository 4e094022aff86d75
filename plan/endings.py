"""What `removed:` leads to: objects that end, and those that are only left alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from plan.address import Address
from plan.call import Effect
from plan.change import FORGET, Delete, Step
from plan.difference import NOTHING, Outcome
from plan.provider import Departing, Memory
from plan.resource import Live, Removal
from plan.scene import Scene
from plan.values import digest, plain


def ended(scene: Scene, removals: Sequence[Removal]) -> Iterator[Outcome]:
    """What ends each object of `removals`."""
    for removal in sorted(removals, key=lambda removal: removal.address):
        yield _forget(scene, removal) if removal.action == FORGET else _end(scene, removal)


def _forget(scene: Scene, removal: Removal) -> Outcome:
    known = _known_of(scene, removal.address)
    if not known:
        return NOTHING
    change = replace(_ending(removal.address, removal), effect=Effect.REVERSIBLE, forgets=known)
    return Outcome(step=Step(change, (), digest([str(address) for address in known])))


def _known_of(scene: Scene, owner: Address) -> tuple[Address, ...]:
    """What the ledger knows of `owner`, and of resources that are named after it and refer to its kind."""
    return tuple(address for address in scene.history.addresses if address == owner or _is_of(scene, owner, address))


def _is_of(scene: Scene, owner: Address, address: Address) -> bool:
    """Is it something of `owner` that no list shows: `credit.acme.email` or `branding.acme` of `account.acme`?"""
    kind = scene.kinds.get(address.kind)
    is_hidden = kind is not None and kind.memory is not Memory.PORTAL and owner.kind in kind.attributes
    return is_hidden and address.name.partition(".")[0] == owner.name


def _end(scene: Scene, removal: Removal) -> Outcome:
    """The step that ends an object; nothing when it has ended, or what came of its last call is unknown."""
    for address in _namesakes(scene, removal.address):
        live = scene.live.get(address)
        if live is None or live.archived or address in scene.open_intents:
            continue
        kind = scene.kinds[address.kind]
        by_hand = kind.farewell(removal, live) if isinstance(kind, Departing) else None
        if by_hand:
            return Outcome(manual=(by_hand,))
        change = _ending_of(live, removal)
        calls = tuple(kind.lower(change))
        if calls:
            return Outcome(step=Step(change, calls, digest([live.remote_id, plain(live.attributes)])))
    return NOTHING


def _namesakes(scene: Scene, address: Address) -> Iterator[Address]:
    """The address itself, then the same name in every other kind: a sandbox is an account of the portal too."""
    yield address
    yield from (Address(kind, address.name) for kind in scene.kinds if kind != address.kind)


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
