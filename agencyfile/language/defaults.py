"""Defaults merged under blocks, word by word.

Scalars are replaced; the words of `addons`, `branding`, `credits` and `plan` are merged one by one, but for what cannot
stand together:

- a block that names `plan.id` drops the tier, billing and contacts of the defaults;
- a block that names a tier, billing or contacts drops an id of the defaults;
- a block that names `tier: trial` drops the billing and contacts of the defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from agencyfile.language.document import Block
from agencyfile.language.models.agency import AccountDefaults, SandboxDefaults
from plan.address import Origin


@dataclass(frozen=True, slots=True)
class Words:
    """Validated words of a block, and the block that holds their places."""

    values: Mapping[str, Any]
    block: Block


NOTHING: Final = Words({}, Block())


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(AccountDefaults if kind == "account" else SandboxDefaults)


def salvaged_defaults(head: Block) -> tuple[dict[str, Words], bool]:
    """What is right in defaults where something is wrong, by kind; and whether all of their blocks are blocks."""
    defaults = head.get("defaults", Block())
    if not isinstance(defaults, Block):
        return {}, False
    blocks = {kind: defaults[kind] for kind in ("account", "sandbox") if kind in defaults}
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


def inherited_plan(own: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan with the words `own` takes from the plan `below` it in the defaults."""
    if "id" in own:
        return {}
    dropped = set(own)
    if own:
        dropped.add("id")
    if own.get("tier") == "trial":
        dropped.update(("billing", "contacts"))
    return {word: value for word, value in below.items() if word not in dropped}


def holder(word: str, key: str, *blocks: Block) -> Block | None:
    """The mapping `word` of the first of the blocks in which it names `key`; None when it does so in none."""
    for block in blocks:
        found = block.get(word)
        if isinstance(found, Block) and key in found:
            return found
    return None


def is_whole_plan(plan: Mapping[str, Any]) -> bool:
    """Does it say what the account costs? A trial and an id need no other words."""
    return "id" in plan or plan.get("tier") == "trial" or not {"tier", "billing", "contacts"}.difference(plan)


def merged(own: Words, below: Words) -> tuple[dict[str, Any], dict[str, Origin]]:
    """Values of a block over its defaults, and the place of each, also of the words of nested mappings."""
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for source in (below, own):
        block = source.block
        for word, value in source.values.items():
            origins[word] = block.values_at[word]
            if value.__class__ is dict:
                _merge_nested(word, value, block[word], values, origins)
            else:
                values[word] = value
    return values, origins


def _merge_nested(
    word: str, value: dict[str, Any], block: Block, values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    below = values.get(word, {})
    kept = inherited_plan(value, below) if word == "plan" else below
    for gone in below.keys() - kept.keys():
        del origins[f"{word}.{gone}"]
    values[word] = {**kept, **value}
    for key in value:
        origins[f"{word}.{key}"] = block.values_at[key]
