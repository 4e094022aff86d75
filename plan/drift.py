"""Drift: where live objects differ from what was last applied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from plan.address import Address
from plan.planning_context import PlanningContext
from plan.prior_state import PriorState
from plan.provider import Kind, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Value, plain

EXISTENCE = "existence"
STATE = "state"
THERE = "there"


@dataclass(frozen=True, slots=True)
class Drift:
    """One attribute that somebody changed at the portal. `existence` and `state` are of the whole object.

    `is_recorded`: the ledger knows what was applied. Where it does not, `applied` is what the file declares.
    """

    address: Address
    attribute: str
    applied: Value
    live: Value
    is_recorded: bool = True


def find_drift(context: PlanningContext) -> tuple[Drift, ...]:
    """Return every difference between the live objects of declared resources and what was last applied.

    What was applied is what the ledger knows. Where it has never seen an attribute (the object was not made by us and
    nothing of it was ever changed by us) it is what the file declares: then a change that is only declared so far looks
    the same as one that somebody made.
    """
    found: list[Drift] = []
    managed = {name: _managed(kind) for name, kind in context.kinds.items()}
    for address, resource in context.desired.items():
        kind = context.kinds[address.kind]
        if kind.is_deliverable and kind.memory is Memory.PORTAL:
            found.extend(_of(resource, context.live.get(address), context.prior, managed[address.kind]))
    return tuple(sorted(found, key=lambda drift: (drift.address, drift.attribute)))


def _managed(kind: Kind) -> frozenset[str]:
    return frozenset(name for name, item in kind.attributes.items() if item.mutability is not Mutability.CREATION)


def _of(resource: Resource, live: Live | None, prior: PriorState, managed: frozenset[str]) -> Iterator[Drift]:
    address = resource.address
    if live is None:
        if prior.has_come_to_be(address):
            yield Drift(address, EXISTENCE, THERE, "gone")
        return
    if live.archived:
        yield Drift(address, STATE, THERE, live.archived, prior.has_come_to_be(address))
        return
    sent = prior.sent(address) or {}
    applied: Attributes = {**resource.attributes, **sent} if sent else resource.attributes
    for name, value in live.attributes.items():
        if name not in managed or name not in applied or applied[name] == value:
            continue
        if plain(resource.attributes.get(name)) == plain(value):
            continue  # the file says so too by now: it is behind nobody's back
        leaves = _leaves(address, name, applied[name], value)
        yield from (replace(leaf, is_recorded=name in sent) for leaf in leaves)


def _leaves(address: Address, name: str, applied: Value, live: Value) -> Iterator[Drift]:
    """Compare two values down to the paths that differ. Two values with the same id are the same."""
    if not (isinstance(applied, Mapping) and isinstance(live, Mapping)):
        if plain(applied) != plain(live):
            yield Drift(address, name, applied, live)
        return
    if "id" in applied and str(applied["id"]) == str(live.get("id")):
        return
    for key in sorted(applied.keys() & live.keys()):
        if applied[key] != live[key]:
            yield Drift(address, f"{name}.{key}", applied[key], live[key])
