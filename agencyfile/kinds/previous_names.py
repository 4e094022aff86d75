"""Objects that may still have the name that their block gives as `previously`."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from plan.address import Address
from plan.resource import Resource

T = TypeVar("T")


def addresses_of(resource: Resource) -> Iterator[Address]:
    """Return the address of a resource, and its previous one."""
    yield resource.address
    if resource.previously:
        yield Address(resource.address.kind, resource.previously)


def held(resource: Resource, found: Mapping[Address, T]) -> T | None:
    """Return the entry of a resource, under its name or its previous one."""
    here = found.get(resource.address)
    if here is not None or not resource.previously:
        return here
    return found.get(Address(resource.address.kind, resource.previously))
