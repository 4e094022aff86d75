"""Lines that fit a terminal: folded between words where that can be, and never inside an escape."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from agencyfile.cli import console
from agencyfile.cli.render.safe import pieces

LEAST: Final = 40  # columns: in less than that nothing is folded


class Span(NamedTuple):
    """A part of a line, escaped already, and how it is painted: the words that `click.style` takes."""

    text: str
    style: tuple[tuple[str, Any], ...] = ()


class Line(NamedTuple):
    """Parts that stand side by side; what does not fit goes on `hanging` columns from the left."""

    spans: Sequence[Span]
    hanging: int = 0


_Atom = tuple[str, tuple[tuple[str, Any], ...]]


def span(text: str, **style: Any) -> Span:
    """A part of a line; `style` is what `click.style` takes."""
    return Span(text, tuple(style.items()))


def painted(line: Line, width: int | None) -> Iterator[str]:
    """The line, in as many lines as it takes in `width` columns; one where there is no width."""
    if width is None or width < LEAST or columns("".join(part.text for part in line.spans)) <= width:
        yield "".join(_paint(part.text, part.style) for part in line.spans)
        return
    atoms = [(piece, part.style) for part in line.spans for piece in pieces(part.text)]
    margin = ""
    for row in _rows(atoms, width, line.hanging):
        groups = groupby(row, key=itemgetter(1))
        yield margin + "".join(_paint("".join(piece for piece, _ in group), style) for style, group in groups)
        margin = " " * line.hanging


def columns(text: str) -> int:
    """Return the number of terminal columns that a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def widest(texts: Iterable[str]) -> int:
    """Return the length of the longest text, to pad the others to; 0 where there is none."""
    return max(map(len, texts), default=0)


def cut(text: str, most: int) -> str:
    """`text`, escaped already, in at most so many columns of a terminal; an escape is not cut in two."""
    if columns(text) <= most:
        return text
    shown, room = "", most - 1
    for piece in pieces(text):
        room -= columns(piece)
        if room < 0:
            break
        shown += piece
    return f"{shown.rstrip()}…"


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _paint(text: str, style: tuple[tuple[str, Any], ...]) -> str:
    return console.style(text, **dict(style)) if style and text else text


def _rows(atoms: Sequence[_Atom], width: int, hanging: int) -> Iterator[Sequence[_Atom]]:
    """Cut at the last blank beyond the margin, which is dropped; where there is none, between two characters."""
    start, used, room, margin = 0, 0, width, hanging
    blank: int | None = None
    for index, (piece, _) in enumerate(atoms):
        needed = columns(piece)
        while used + needed > room and start < index:  # again where the word does not fit beside a wide margin
            yield atoms[start : index if blank is None else blank]
            start = index if blank is None else blank + 1
            used = sum(columns(text) for text, _ in atoms[start:index])
            room, margin, blank = width - hanging, 0, None
        if piece == " " and used > margin:
            blank = index
        used += needed
    yield atoms[start:]
