"""Differences between what is declared and what is live: equality first, a walk only where it fails."""

from collections.abc import Iterator, Mapping

from plan.change import Edit
from plan.resource import Resource
from plan.values import Attributes, Value


def edits_between(resource: Resource, known: Attributes, attributes: Mapping[str, object]) -> tuple[Edit, ...]:
    """Return the edits that turn `known` into what `resource` declares, for the `attributes` that are in both.

    An attribute that `known` lacks cannot be compared and is left alone; one that the resource lacks is not managed.
    """
    found: list[Edit] = []
    for name, after in resource.attributes.items():
        if name not in attributes or name not in known:
            continue
        before = known[name]
        if before != after:
            found.extend(_leaves(resource, name, before, after))
    return tuple(found)


def _leaves(resource: Resource, name: str, before: Value, after: Value) -> Iterator[Edit]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield from _leaves(resource, f"{name}.{key}", before.get(key), after.get(key))
        return
    yield Edit(name, before, after, resource.origins.get(name))
