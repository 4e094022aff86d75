"""Names from the file and the portal are untrusted: nothing in them may steer a terminal or a pipeline's log."""

import re
import unicodedata
from typing import Final

# GitHub's runner obeys `##[name]` wherever it stands in a line of a log, and `::name` at the beginning of one
_LOG_COMMAND: Final = re.compile(r"##\[|^\s*::", re.MULTILINE)
_LONGEST: Final = 10  # characters of an escape
_PIECE: Final = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\[nrt]|.", re.DOTALL)


def printable(text: str) -> str:
    """`text` with control and direction marks, and what begins a log's command, shown as escapes; line ends stay."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(character if _is_harmless(character) else ascii(character)[1:-1] for character in text)
    return _LOG_COMMAND.sub(_disarmed, text) if "::" in text or "##[" in text else text


def one_line(text: str) -> str:
    """`printable`, with line ends shown too."""
    return printable(text).replace("\n", "\\n")


def pieces(shown: str) -> list[str]:
    """What a text that `one_line` made may be cut into: single characters, and escapes as a whole."""
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


def _disarmed(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\x{ord(found[0][-1]):02x}"
