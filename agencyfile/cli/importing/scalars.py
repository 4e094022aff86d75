"""Texts of the portal as YAML that every reader takes for the same text."""

import re
import unicodedata
from typing import Final

_BARE_KEY: Final = re.compile(r"[a-z][a-z0-9-]*")
# What some version of YAML takes for something else than text.
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def quoted(text: str) -> str:
    """`text` in double quotes; what is not seen is written as an escape."""
    return f'"{"".join(map(_escaped, text))}"'


def key(text: str) -> str:
    """`text` as a key: bare where nobody can take it for anything but text."""
    return text if _BARE_KEY.fullmatch(text) and text not in _WORDS else quoted(text)


def scalar(value: str | int | bool) -> str:  # noqa: FBT001 - any scalar
    """A value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(value)


def text_problem(text: str) -> str | None:
    """Why no value of an agency file may be this text; None when it may."""
    for character in text:
        category = unicodedata.category(character)
        if character in "\n\r\x85\u2028\u2029":
            return "it holds a line break"
        if category == "Cc" or character in _BIDIRECTIONAL:
            return f"it holds the character U+{ord(character):04X}, which is not seen"
        if category == "Cs":
            return f"it holds half a character, U+{ord(character):04X}"
    if "${env:" in text:
        return "it would be taken for a secret in the environment"
    return "it looks like a private key" if "AGE-SECRET-KEY-" in text.upper() else None


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and character != "\ufeff":
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 - the plane of \u
