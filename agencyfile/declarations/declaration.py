"""One block of the file, and its defaults."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Place
from plan.address import Address, Origin

Inherit = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Words:
    """Validated words of a block, and the block that holds their places."""

    values: Mapping[str, Any]
    block: Block


NOTHING: Final = Words({}, Block())


@dataclass(frozen=True, slots=True)
class Declaration:
    """One block. `words` are its validated words, or None when something is wrong with it."""

    section: str
    place: Place
    address: Address
    words: dict[str, Any] | None

    @property
    def block(self) -> Block:
        """The block as it stands in the file."""
        return self.place.block

    @property
    def is_adopted(self) -> bool:
        """Return whether the object exists already, so that the block needs no words for its creation.

        A wrong value of `adopt` counts as true: it has a diagnostic of its own.
        """
        return self.block.get("adopt", False) is not False

    def text(self, word: str) -> str | None:
        """Return the text of `word` as it stands in the block, or None."""
        value = self.block.get(word)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Merged:
    """A valid block with its defaults merged under it: every value and its place.

    `below` are the defaults of its kind.
    """

    declaration: Declaration
    values: Mapping[str, Any]
    origins: Mapping[str, Origin]
    below: Words

    @property
    def address(self) -> Address:
        """Address of the block."""
        return self.declaration.address


def holder(word: str, key: str, *blocks: Block) -> Block | None:
    """Return the mapping `word` of the first block whose mapping has `key`, or None."""
    for block in blocks:
        found = block.get(word)
        if isinstance(found, Block) and key in found:
            return found
    return None


def stacked(layers: Iterable[Words], inherit: Mapping[str, Inherit]) -> Words:
    """Return the words of several layers as those of one, the lowest first. Each word keeps its own place."""
    values: dict[str, Any] = {}
    block = Block()
    for layer in layers:
        for word, node in layer.block.items():
            value = layer.values.get(word)
            if value.__class__ is dict and isinstance(block.get(word), Block) and isinstance(node, Block):
                base = values.get(word, {})
                kept = inherit[word](value, base) if word in inherit else base
                values[word] = {**kept, **value}
                node = _over(node, block[word], kept)  # noqa: PLW2901 - the mapping of both
            elif word in layer.values:
                values[word] = value
            elif word in values:
                continue  # a wrong word hides no right one below it
            block.put(word, node, layer.block.keys_at[word], layer.block.values_at[word])
    return Words(values, block)


def _over(own: Block, below: Block, kept: Iterable[str]) -> Block:
    both = Block()
    both.take(below, *(word for word in kept if word in below))
    both.take(own, *own)
    return both


def merged(declaration: Declaration, below: Words, inherit: Mapping[str, Inherit]) -> Merged:
    """Merge a block over its defaults: every value and its place, also of the words of nested mappings.

    `inherit` holds a function for each word whose parts cannot all stand together. It returns what the mapping takes
    from the one below it.
    """
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for source in (below, Words(declaration.words or {}, declaration.block)):
        block = source.block
        for word, value in source.values.items():
            origins[word] = block.values_at[word]
            if value.__class__ is dict:
                base = values.get(word, {})
                kept = inherit[word](value, base) if word in inherit else base
                _merge_nested(word, value, kept, block[word], values, origins)
            else:
                values[word] = value
    return Merged(declaration, values, origins, below)


def _merge_nested(
    word: str,
    value: dict[str, Any],
    kept: Mapping[str, Any],
    block: Block,
    values: dict[str, Any],
    origins: dict[str, Origin],
) -> None:
    for gone in values.get(word, {}).keys() - kept.keys():
        del origins[f"{word}.{gone}"]
    values[word] = {**kept, **value}
    for key in value:
        origins[f"{word}.{key}"] = block.values_at[key]
