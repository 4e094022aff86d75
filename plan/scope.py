"""The part of an agency file that a plan is limited to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from plan.address import Address
from plan.change import Create, PlannedChange
from plan.provider import Kind, Memory
from plan.resource import Removal, Resource


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources and removals that a plan is about, with all that they refer to; `left_out` counts the others."""

    resources: tuple[Resource, ...]
    removals: tuple[Removal, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a file to look at. `targets` are the blocks that alone are looked at; None is everything.

    `excluded` has the blocks that are left out of that, by the pattern that names them.
    """

    targets: Collection[Address] | None = None
    excluded: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)

    @property
    def without(self) -> frozenset[Address]:
        """The addresses that are left out."""
        return frozenset(address for addresses in self.excluded.values() for address in addresses)

    def of(self, resources: Sequence[Resource], removals: Sequence[Removal], kinds: Mapping[str, Kind]) -> Scope:
        """Return this part of a file."""
        scope = Scope(tuple(resources), tuple(removals), 0)
        if self.targets is not None:
            scope = within(resources, removals, self.targets)
        return without(scope, self.without, kinds) if self.excluded else scope


WHOLE: Final = Part()


def matching(patterns: Sequence[str], addresses: Collection[Address]) -> tuple[set[Address], tuple[str, ...]]:
    """Return the addresses that match `patterns`, as in `account.acme*`, and the patterns that match none."""
    found: set[Address] = set()
    idle: list[str] = []
    for pattern in patterns:
        named = {address for address in addresses if fnmatchcase(str(address), pattern)}
        found |= named
        if not named:
            idle.append(pattern)
    return found, tuple(idle)


def within(resources: Sequence[Resource], removals: Sequence[Removal], targets: Collection[Address]) -> Scope:
    """Return the part of a file that `targets` name: those blocks, their subresources and their dependencies."""
    by_address = {resource.address: resource for resource in resources}
    wanted: set[Address] = set()
    open_ends = [address for address in targets if address in by_address]
    open_ends += [resource.address for resource in resources if _belongs(resource, targets)]
    while open_ends:
        address = open_ends.pop()
        if address not in wanted:
            wanted.add(address)
            open_ends += [to for to in by_address[address].references() if to in by_address]
    ended = tuple(removal for removal in removals if removal.address in targets)
    return Scope(
        resources=tuple(resource for resource in resources if resource.address in wanted),
        removals=ended,
        left_out=len(resources) - len(wanted) + len(removals) - len(ended),
    )


def _belongs(resource: Resource, targets: Collection[Address]) -> bool:
    """Is it named after a target that it refers to, as `credit.acme.email` after `account.acme`?"""
    return any(to in targets and resource.address.name.startswith(f"{to.name}.") for to in resource.references())


def without(scope: Scope, excluded: Collection[Address], kinds: Mapping[str, Kind]) -> Scope:
    """Return a scope without the blocks that `excluded` names, and without their subresources."""
    resources = tuple(one for one in scope.resources if not _is_excluded(one, excluded, kinds))
    removals = tuple(removal for removal in scope.removals if removal.address not in excluded)
    fewer = len(scope.resources) - len(resources) + len(scope.removals) - len(removals)
    return Scope(resources, removals, scope.left_out + fewer)


def in_need_of(
    excluded: Collection[Address],
    steps: Iterable[PlannedChange],
    resources: Iterable[Resource],
    kinds: Mapping[str, Kind],
) -> Mapping[Address, tuple[Address, ...]]:
    """Return what the creations among `steps` refer to of the blocks that are excluded, by their addresses.

    A change of an object that exists needs nothing of what it was made from. What exists in the file alone, such as a
    template, is waited for by nothing: what carries it is excluded with it.
    """
    created = {step.address for step in steps if isinstance(step.change, Create)}
    objects = {to for to in excluded if to.kind in kinds and kinds[to.kind].is_deliverable}
    found = {
        one.address: tuple(to for to in one.references() if to in objects)
        for one in resources
        if one.address in created
    }
    return {address: needed for address, needed in found.items() if needed}


def _is_excluded(resource: Resource, excluded: Collection[Address], kinds: Mapping[str, Kind]) -> bool:
    """Is it named, or a subresource of what is named: a credit, an add-on, the branding of an account?"""
    if resource.address in excluded:
        return True
    kind = kinds.get(resource.address.kind)
    owner = resource.address.name.partition(".")[0]
    is_part = kind is not None and kind.memory is not Memory.PORTAL
    return is_part and any(to in excluded and to.name == owner for to in resource.references())
