"""Sandboxes as resources."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from agencyfile.kinds.account.client import client_attributes
from plan.resource import Resource
from plan.values import Value

_WORDS: Final = ("notification", "language", "timezone")
_PLAN: Final = {"tier": "sandbox"}  # docs/portal.md rule 1


def sandbox_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return one resource for each sandbox."""
    for one in file.merged(kind):
        yield kind.resource_of(one, _attributes(one.values))


def _attributes(values: Mapping[str, Any]) -> dict[str, Value]:
    attributes = client_attributes(values)
    attributes.update({word: values[word] for word in _WORDS if word in values})
    attributes["plan"] = _PLAN
    if values.get("custom_fields"):
        attributes["custom_fields"] = True
    return attributes
