"""Quoted values for messages, lists of words, and the known word that an unknown one resembles."""

import unicodedata
from collections.abc import Iterable
from typing import Final

_SHOWN: Final = 60  # characters of a value that a message repeats
_COMPARED: Final = 80  # a longer word resembles nothing; difflib is quadratic


def escaped(text: str) -> str:
    """`text` with control characters, bidirectional marks and other invisible characters written as escapes."""
    if text.isprintable():
        return text
    return "".join(character if _is_visible(character) else _escape(character) for character in text)


def _is_visible(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def shown(value: object) -> str:
    """`value` as a message repeats it: escaped, shortened, in double quotes; of a mapping or list only what it is."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = escaped(str(value))
    if len(text) > _SHOWN:
        text = text[: _SHOWN - 1] + "…"
    return f'"{text}"'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most resembles, whatever its case; None when it resembles none."""
    if len(word) > _COMPARED:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - a file without a mistake needs none

    lower = {candidate.lower(): candidate for candidate in sorted(known)}
    found = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[found[0]] if found else None


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def either(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def article(noun: str) -> str:
    """`a` or `an`."""
    return "an" if noun[0] in "aeiou" else "a"
