"""Attribute tables of the kinds."""

from collections.abc import Mapping
from types import MappingProxyType

from plan.provider import Attribute, Mutability


def attribute_table(mutabilities: Mapping[str, Mutability]) -> Mapping[str, Attribute]:
    """Return the attributes of a kind by name."""
    return MappingProxyType({name: Attribute(name, mutability) for name, mutability in mutabilities.items()})
