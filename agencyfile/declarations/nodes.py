"""Mappings and lists of a file, with the place of each key and item."""

from array import array
from collections.abc import Iterator
from itertools import repeat
from typing import Any

from plan.address import Origin


class Block(dict[str, Any]):
    """A mapping of the file. `keys_at` and `values_at` know the place of every key and value.

    Most places are never asked for, and as objects they would take most of the memory. So `places` holds them as
    numbers: line and column of the key, then of the value, for each key in order.
    """

    __slots__ = ("_keys_at", "_values_at", "file", "places")

    def __init__(self, file: str = "") -> None:
        super().__init__()
        self.places = array("I")
        self.file = file
        self._keys_at: dict[str, Origin] | None = None
        self._values_at: dict[str, Origin] | None = None

    @property
    def keys_at(self) -> dict[str, Origin]:
        """The place of every key; known once the block is read to its end."""
        if self._keys_at is None:
            self._keys_at = dict(zip(self, self._origins(0), strict=False))
        return self._keys_at

    @property
    def values_at(self) -> dict[str, Origin]:
        """The place of every value; known once the block is read to its end."""
        if self._values_at is None:
            self._values_at = dict(zip(self, self._origins(2), strict=False))
        return self._values_at

    def key_at(self, key: str) -> Origin:
        """The place of one key, also while the block is being read."""
        at = 4 * list(self).index(key)
        return Origin(self.file, self.places[at], self.places[at + 1])

    def put(self, key: str, value: Any, key_at: Origin, value_at: Origin) -> None:
        """Set a key of a mapping that is put together from others, with the places where key and value stand."""
        self[key] = value
        self.keys_at[key], self.values_at[key] = key_at, value_at

    def take(self, other: "Block", *keys: str) -> None:
        """Take keys from another mapping, with their places."""
        for key in keys:
            self.put(key, other[key], other.keys_at[key], other.values_at[key])

    def _origins(self, first: int) -> Iterator[Origin]:
        return map(Origin, repeat(self.file), self.places[first::4], self.places[first + 1 :: 4])


def inner(block: object, *words: str) -> Block:
    """Return the mapping below these words, or an empty one."""
    for word in words:
        block = block.get(word) if isinstance(block, Block) else None
    return block if isinstance(block, Block) else Block()


class Items(list[Any]):
    """A list of the file. `values_at` knows the place of every item."""

    __slots__ = ("values_at",)

    def __init__(self) -> None:
        super().__init__()
        self.values_at: list[Origin] = []
