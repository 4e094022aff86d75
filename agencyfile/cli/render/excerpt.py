"""Cut a list to what fits, and count what is left out.

Every other number that is shown stands in the document. How much is cut is known to the renderer alone.
"""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")


class Rest(NamedTuple, Generic[Item]):
    """The items that are left out."""

    items: Sequence[Item]

    @property
    def number(self) -> int:
        """Number of these items."""
        return len(self.items)

    @property
    def words(self) -> str:
        """`and 1,234 more`; empty where none is left out."""
        return f"and {self.number:,} more" if self.items else ""


def cut_after(items: Sequence[Item], most: int) -> tuple[Sequence[Item], Rest[Item]]:
    """Return the first `most` items, and the rest."""
    return items[:most], Rest(items[most:])


def fits(items: Sequence[object], most: int) -> bool:
    """Are there at most so many?"""
    return len(items) <= most
