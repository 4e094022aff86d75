"""Lines of a calendar (RFC 5545): escaped and folded.

Written by hand: the part of the standard that all-day events need is escaping and folding. The library for it brings
time zones and a parser, which are not needed here.
"""

import re
from collections.abc import Iterator
from typing import Final

from agencyfile.cli.render.safe import one_line

_OCTETS: Final = 75  # of one line, without its end
_SPECIAL: Final = re.compile(r"[\\;,]")


def text_of(text: str) -> str:
    """A value of type TEXT (RFC 5545 3.3.11): on one line, with what separates values escaped."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", one_line(text))


def fold(line: str) -> Iterator[str]:
    """Parts of at most 75 octets, each but the first behind a space; no character is cut (RFC 5545 3.1)."""
    part, size = "", 0
    for character in line:
        length = len(character.encode())
        if size + length > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + length
    yield part
