"""Objects that may still bear the name that their block had `previously`."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from plan.address import Address
from plan.resource import Live, Resource

T = TypeVar("T")


def addresses_of(resource: Resource) -> Iterator[Address]:
    """The address of a resource, and the one that it had before."""
    yield resource.address
    if resource.previously:
        yield Address(resource.address.kind, resource.previously)


def held(resource: Resource, found: Mapping[Address, T]) -> T | None:
    """What is found of a resource, under its name or the former one."""
    here = found.get(resource.address)
    if here is not None or not resource.previously:
        return here
    return found.get(Address(resource.address.kind, resource.previously))


def is_made_by_the_hub(resource: Resource, live: Mapping[Address, Live]) -> bool:
    """Is it an account to be created, with a country that only the hub takes (`portal.md` 1.8)?"""
    is_new = not resource.adopt and held(resource, live) is None
    return resource.address.kind == "account" and "country" in resource.attributes and is_new
