"""Mappings and lists of a file, with the place of each key and item."""

from typing import Any

from plan.address import Origin


class Block(dict[str, Any]):
    """A mapping of the file. `keys_at` and `values_at` know the place of every key and value."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, Origin] = {}
        self.values_at: dict[str, Origin] = {}


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
