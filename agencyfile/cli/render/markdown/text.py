"""Markdown in which a name is never anything but text.

A name stands in a code span or a fence, where neither Markdown nor GitHub nor GitLab link, mention or replace anything.
The one exception are words of plain letters. No line begins with a name: GitLab obeys a line that begins with `/`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count as numbers
from itertools import groupby
from operator import itemgetter
from typing import Final
from urllib.parse import quote

from agencyfile.cli.render.instruction import parts_of
from agencyfile.cli.render.safe import one_line, shortened

NAME: Final = 200  # characters of a name or a value in a line of prose
SENTENCE: Final = 1000  # characters of a sentence

_TOKEN: Final = re.compile(
    r"(?P<space> +)"
    r"|(?P<mark>\(|[,.;:)]+(?= |$|`))"
    r"|`(?P<quoted>[^`]+)`"
    # letters are a word, but for what may be taken for the name of a commit
    r"|(?P<word>(?![a-fA-F]{7,40}(?![A-Za-z]))[A-Za-z]+(?:['-][a-z]+)*(?=[,.;:)]*(?: |$))"
    r"|(?<= )\d{1,4}(?= |$))"  # a number that stands alone, and begins nothing
    r"|(?P<odd>[^ `]*[^ `,.;:)]|.)"
)
_NUMBERED: Final = re.compile(r"[1-9]\d?\. +\S.*")
_MONEY: Final = re.compile(r"-?\d{1,6}\.\d\d [A-Z]{3}")


def code(text: str, most: int = NAME) -> str:
    """A code span that shows `text` as it is, on one line, cut after `most` characters."""
    return _span(shortened(text, most))


def _span(shown: str) -> str:
    if not shown:
        return "(empty)"
    # the shortest fence that does not occur: parsers give up on long ones
    runs = {len(run) for run in re.findall("`+", shown)}
    fence = "`" * next(length for length in numbers(1) if length not in runs)
    is_stripped = shown[0] == shown[-1] == " " and shown.strip(" ")
    pad = " " if "`" in (shown[0], shown[-1]) or is_stripped else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_whole(text: str) -> str:
    """A code span of `text` that is not cut."""
    return code(text, len(text) + 1)


def prose(text: str, most: int = SENTENCE) -> str:
    """A sentence of ours with names in it: words stay words, what is in backquotes or no word becomes code."""
    shown = shortened(text, most).strip(" ")
    if not shown:
        return "(empty)"
    parts = (_part(found) for found in _TOKEN.finditer(shown))
    joined = ((is_code, "".join(part for _, part in group)) for is_code, group in groupby(parts, key=itemgetter(0)))
    return "".join(_span(part) if is_code else part for is_code, part in joined)


def _part(found: re.Match[str]) -> tuple[bool, str]:
    if found["quoted"] is not None:
        return True, found["quoted"]
    return found["odd"] is not None, found[0]


def money(text: str) -> str:
    """An amount as text, if that is what it is."""
    return text if _MONEY.fullmatch(text) else code(text, NAME)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    return "\n".join([_row(head), "|" + "---|" * len(head), *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    # a backslash before a pipe is taken away again wherever it stands, in code too
    return "|" + "|".join(f" {cell} ".replace("|", r"\|") if cell else " " for cell in cells) + "|"


def details(summary: str, body: str) -> str:
    """A part that is folded. `summary` holds words of ours alone."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def diff(lines: Iterable[str]) -> str:
    """A fence of lines that each begin with `+`, `-` or `@@`: so none of them can end it."""
    return "\n".join(["```diff", *map(one_line, lines), "```"])


def blocks(text: str) -> Iterator[str]:
    """The words of a manual step: lists and sentences to read, fences to copy from."""
    for part in parts_of(text):
        if part.is_verbatim:
            yield _verbatim(part.lines)
            continue
        for is_list, lines in groupby(part.lines, key=lambda line: bool(_NUMBERED.fullmatch(line))):
            shown = [_item(line) if is_list else prose(line) for line in lines]
            yield ("\n" if is_list else "\n\n").join(shown)


def _item(line: str) -> str:
    number, _, sentence = line.partition(". ")
    return f"{number}. {prose(sentence)}"


def _verbatim(lines: Sequence[str]) -> str:
    shown = [one_line(line) for line in lines]
    for mark in ("```", "~~~"):
        if not any(line.lstrip().startswith(mark) for line in shown):
            return "\n".join([f"{mark}text", *shown, mark])
    return "\n\n".join(code_whole(line) for line in lines if line.strip())


def link(words: str, url: str) -> str:
    """A link to a URL that the pipeline gave."""
    target = quote(url, safe=":/?#@!$&*+,;=%~").replace("&", "&amp;")
    return f"[{words}](<{target}>)"
