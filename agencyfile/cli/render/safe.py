"""Names from the file and the portal are untrusted: nothing in them may steer a terminal or a pipeline's log."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

# Runners obey `##[name]` (GitHub) and `##vso[name]` (Azure) wherever they stand in a line, `::name` at its beginning.
_LOG_COMMAND: Final = re.compile(r"##\w*\[|^\s*::", re.MULTILINE)
_HASHED: Final = re.compile(r"##(\w*)\[")
_SUSPECT: Final = re.compile(r"[^\n\x20-\x7e]")
_LONGEST: Final = 10  # characters of an escape
_PIECE: Final = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[nrt]|.", re.DOTALL)


def printable(text: str) -> str:
    """`text` with control and direction marks, and what begins a log's command, shown as escapes; line ends stay."""
    text = harmful(text)
    return _LOG_COMMAND.sub(_disarmed, text) if "::" in text or "##" in text else text


def disarmed(line: str, bracket: str) -> str:
    """`line` without the commands that a runner obeys wherever they stand; `bracket` is how to write theirs."""
    return _HASHED.sub(lambda found: f"##{found[1]}{bracket}", line) if "##" in line else line


def harmful(text: str, escape: Callable[[str], str] | None = None) -> str:
    """`text` with every character that steers a terminal as an escape; `escape` writes one, or else Python's way."""
    write = escape or _escaped
    return _SUSPECT.sub(lambda found: found[0] if _is_harmless(found[0]) else write(found[0]), text)


def one_line(text: str) -> str:
    """`printable`, with line ends shown too."""
    return printable(text).replace("\n", "\\n")


def pieces(shown: str) -> list[str]:
    """Split a text made by `one_line` into parts that may be cut apart: single characters and whole escapes."""
    return _PIECE.findall(shown)


def shortened(text: str, most: int) -> str:
    """`one_line`, cut after `most` characters; then it says how many it leaves out."""
    shown = one_line(text)
    if len(shown) <= most:
        return shown
    length = 0
    for piece in pieces(shown[: most + _LONGEST]):
        if length + len(piece) > most:
            break
        length += len(piece)
    return f"{shown[:length]}… (and {len(shown) - length:,} more characters)"


def _is_harmless(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]


def _disarmed(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\x{ord(found[0][-1]):02x}"
