"""The valid part of `defaults`, for a head that has errors."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agencyfile.declarations.declaration import Words
from agencyfile.declarations.nodes import Block
from agencyfile.kinds.registry import DECLARED, declared_kind


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    defaults = declared_kind(kind).defaults
    return TypeAdapter(defaults.model if defaults else dict)


def salvaged_defaults(head: Block) -> tuple[dict[str, Words], bool]:
    """Return the valid words by kind, and whether every block of the defaults is a mapping."""
    defaults = head.get("defaults", Block())
    if not isinstance(defaults, Block):
        return {}, False
    blocks = {name: defaults[name] for name, kind in DECLARED.items() if kind.defaults and name in defaults}
    found = {kind: Words(_salvaged(kind, block), block) for kind, block in blocks.items() if isinstance(block, Block)}
    return found, len(found) == len(blocks)


def _salvaged(kind: str, block: Block) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for word in block:
        try:
            words.update(_adapter(kind).validate_python({word: block[word]}))
        except ValidationError:
            continue
    return words
