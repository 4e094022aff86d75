"""Contacts as resources."""

from collections.abc import Iterator
from typing import Final

from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from plan.resource import Resource
from plan.values import Value

RECORD: Final = "record"
_WORDS: Final = ("name", "phone", "language")


def contact_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return one resource for each contact. Its details are one attribute, because one form changes them all."""
    for one in file.merged(kind):
        details: dict[str, Value] = {word: one.values[word] for word in _WORDS if word in one.values}
        details["group"] = bool(one.values.get("group", False))
        places = {f"{RECORD}.{word}": one.origins[word] for word in (*_WORDS, "group") if word in one.origins}
        yield Resource(one.address, {RECORD: details}, one.declaration.place.key_at, places)
