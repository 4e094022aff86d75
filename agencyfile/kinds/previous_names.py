"""Objects that may still bear the name that their block had `previously`."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from plan.address import Address
from plan.resource import Resource

T = TypeVar("T")


def addresses_of(resource: Resource) -> Iterator[Address]:
    """The address of a resource, and the one that it had before."""
    yield resource.address
    if resource.previously:
        yield Address(resource.address.kind, resource.previously)


def held(resource: Resource, found: Mapping[Address, T]) -> T | None:
    """Return the entry of a resource, under its name or its previous one."""
    here = found.get(resource.address)
    if here is not None or not resource.previously:
        return here
    return found.get(Address(resource.address.kind, resource.previously))
