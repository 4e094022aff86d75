"""The words of a manual step, apart: those to read, and those to copy as they are (a mail, a command, a DNS record)."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

_MAIL: Final = re.compile(r"(To|Cc|From|Subject): \S")
_COMMAND: Final = re.compile(r"agencyfile \S")
_NUMBERED: Final = re.compile(r"[1-9]\d?\. \S")
_SET_OFF: Final = "  "


class Part(NamedTuple):
    """Lines that belong together; `is_verbatim`: to be copied, so nothing may be wrapped or put before them."""

    is_verbatim: bool
    lines: tuple[str, ...]


def parts_of(text: str) -> Iterator[Part]:
    """The parts of `text` in order, without the empty lines between them."""
    for is_verbatim, found in groupby(_marked(text.split("\n")), key=lambda marked: marked[0]):
        lines = _trimmed([line for _, line in found])
        if lines:
            yield Part(is_verbatim, tuple(_flush(lines) if is_verbatim else filter(str.strip, lines)))


def _marked(lines: list[str]) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is to be copied: a mail goes on to the next number."""
    is_mail = False
    for position, line in enumerate(lines):
        is_mail = (is_mail and not _NUMBERED.match(line)) or _begins_mail(lines, position)
        is_set_off = line.startswith(_SET_OFF) or _COMMAND.match(line) is not None
        yield is_mail or is_set_off or (not line.strip() and _is_between_set_off(lines, position)), line


def _begins_mail(lines: list[str], position: int) -> bool:
    """Is it the first of two header lines at least?"""
    here = lines[position : position + 2]
    return len(here) > 1 and all(_MAIL.match(line) for line in here)


def _is_between_set_off(lines: list[str], position: int) -> bool:
    before = next((line for line in reversed(lines[:position]) if line.strip()), "")
    after = next((line for line in lines[position:] if line.strip()), "")
    return before.startswith(_SET_OFF) and after.startswith(_SET_OFF)


def _trimmed(lines: list[str]) -> list[str]:
    """Without the empty lines at both ends."""
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _flush(lines: list[str]) -> Iterator[str]:
    """Without the indentation that all of them share."""
    shared = min(len(line) - len(line.lstrip(" ")) for line in lines if line.strip())
    return (line[shared:].rstrip() for line in lines)
