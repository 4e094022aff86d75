"""Rows under a head, in columns; on a narrow terminal the columns that matter least are left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agencyfile.cli.console import style
from agencyfile.cli.render.folding import columns as columns_of

_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and one cell for each row.

    `weight` says how much it matters: the lightest is left out first, and 0 means never. `is_number`: flush right.
    """

    head: str
    cells: Sequence[str]
    weight: int = 0
    is_number: bool = False

    @property
    def width(self) -> int:
        """That of its widest cell, in columns of a terminal."""
        return max(map(columns_of, (self.head, *self.cells)))


def render_table(columns: Sequence[Column], *, width: int | None) -> str:
    """The table; `width` is that of the terminal, if there is one. A column without a word in it is left out."""
    shown = _fitting([column for column in columns if any(column.cells)], width)
    return "".join(f"{line}\n" for line in _lines(shown))


def _fitting(columns: list[Column], width: int | None) -> list[Column]:
    while width is not None and _total(columns) > width:
        lightest = min((column for column in columns if column.weight), key=lambda column: column.weight, default=None)
        if lightest is None:
            break
        columns = [column for column in columns if column is not lightest]
    return columns


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _lines(columns: Sequence[Column]) -> Iterator[str]:
    if not columns:
        return
    yield style(_line(columns, [column.head for column in columns]), bold=True)
    for cells in zip(*(column.cells for column in columns), strict=True):
        yield _line(columns, cells)


def _line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    parts = (_filled(column, cell) for column, cell in zip(columns, cells, strict=True))
    return _GAP.join(parts).rstrip()


def _filled(column: Column, cell: str) -> str:
    blanks = " " * (column.width - columns_of(cell))
    return f"{blanks}{cell}" if column.is_number else f"{cell}{blanks}"
