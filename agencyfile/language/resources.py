"""Valid declarations as the engine's resources."""

from typing import Final

from agencyfile.declarations.kind import DeclaredFile
from agencyfile.kinds.registry import DECLARED, declared_kind
from plan.resource import Resource

_ORDER: Final = {name: index for index, name in enumerate(DECLARED)}


def make_resources(file: DeclaredFile) -> tuple[Resource, ...]:
    """Return the resources of every declaration, sorted by kind and name."""
    made = [resource for kind in DECLARED.values() for resource in kind.resources(kind, file)]
    return tuple(sorted(made, key=_order))


def _order(resource: Resource) -> tuple[int, str]:
    return _ORDER[declared_kind(resource.address.kind).name], resource.address.name
