"""The part of an agency file that a plan is limited to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from plan.address import Address
from plan.resource import Removal, Resource


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources and removals that a plan is about, with all that they refer to; `left_out` counts the others."""

    resources: tuple[Resource, ...]
    removals: tuple[Removal, ...]
    left_out: int


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
