"""One block of the file, and its defaults."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.declarations.nodes import Block
from agencyfile.declarations.origins import Origins
from agencyfile.declarations.place import Place
from plan.address import Address, Origin

Inherit = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Words:
    """Validated words of a block, and the block that holds their places."""

    values: Mapping[str, Any]
    block: Block


NOTHING: Final = Words({}, Block())
_NOWHERE: Final[Mapping[str, Origin]] = {}


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


def merged(
    declaration: Declaration,
    below: Words,
    inherit: Mapping[str, Inherit],
    places_below: Mapping[str, Origin] = _NOWHERE,
) -> Merged:
    """Merge a block over its defaults: every value and its place, also of the words of nested mappings.

    `inherit` holds a function for each word whose parts cannot all stand together. It returns what the mapping takes
    from the one below it. `places_below` are the places of the words below.
    """
    values: dict[str, Any] = dict(below.values)
    words = declaration.words or {}
    gone: list[str] = []
    for word, value in words.items():
        base = values.get(word) if value.__class__ is dict else None
        if base:
            kept = inherit[word](value, base) if word in inherit else base
            gone += (f"{word}.{key}" for key in base if key not in kept)
            values[word] = {**kept, **value}
        else:
            values[word] = value
    return Merged(declaration, values, Origins(declaration.block, words, places_below, tuple(gone)), below)


def places_of(words: Words) -> dict[str, Origin]:
    """Return the place of every word, and of the words of nested mappings."""
    places: dict[str, Origin] = {}
    for word, value in words.values.items():
        places[word] = words.block.values_at[word]
        if value.__class__ is dict:
            nested = words.block[word].values_at
            places.update({f"{word}.{key}": nested[key] for key in value})
    return places
