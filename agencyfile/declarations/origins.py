"""The places of the words of a block, as numbers until somebody asks for one.

Most places are never asked for. A place as an object takes 120 bytes, and a word in a dictionary 50 more.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from agencyfile.declarations.nodes import Block
from plan.address import Origin

_SHAPES: Final[dict[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {}  # blocks of the same words share their names


class Origins(Mapping[str, Origin]):
    """The place of each of the `words` of a block, also of the words of nested mappings (`client.email`).

    `below` are the places of what the block stands on. They count for words that the block lacks and that are not in
    `gone`.
    """

    __slots__ = ("_below", "_file", "_gone", "_hidden", "_known", "_names", "_places")

    def __init__(
        self, block: Block, words: Collection[str], below: Mapping[str, Origin], gone: tuple[str, ...] = ()
    ) -> None:
        self._below = below
        self._gone = gone
        self._hidden = () if len(words) == len(block) else tuple(word for word in block if word not in words)
        self._file = block.file
        self._known: dict[str, Origin] | None = None
        lines, columns = block.places[2::4], block.places[3::4]
        shape = [tuple(block)]
        for word, value in block.items():
            if value.__class__ is Block:
                lines += value.places[2::4]
                columns += value.places[3::4]
                shape += ((word,), tuple(value))
        self._names = _names(tuple(shape))
        self._places: array[int] = lines + columns

    def __contains__(self, word: object) -> bool:
        is_own = word in self._names and word not in self._hidden
        return is_own or (word in self._below and word not in self._gone)

    def __getitem__(self, word: str) -> Origin:
        return self._all()[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Origin]:
        if self._known is None:
            half = len(self._names)
            known = {name: origin for name, origin in self._below.items() if name not in self._gone}
            places = zip(self._names, self._places[:half], self._places[half:], strict=True)
            for name, line, column in places:
                if name not in self._hidden:
                    known[name] = Origin(self._file, line, column)
            self._known = known
        return self._known


def _names(shape: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Return the names of a block's words: those of the block, then, for each nested mapping, its word and its keys."""
    known = _SHAPES.get(shape)
    if known is None:
        own, *nested = shape
        pairs = zip(nested[::2], nested[1::2], strict=True)
        known = _SHAPES[shape] = (*own, *(f"{word}.{key}" for (word,), keys in pairs for key in keys))
    return known
