"""Spelling of texts: without quotes where every YAML reader takes them for the same text."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from yaml import SafeLoader

from agencyfile.language.scalars import plain_scalar

_FIRST: Final = frozenset(",[]{}#&*!|>'\"%@`")  # what begins something else than a plain word
_BROKEN: Final = re.compile(r"[-?:](?: |$)|---|\.\.\.|.*(?:: | #)|.*[: ]$| ")
_BROKEN_IN_FLOW: Final = re.compile(r"[-?:]|.*[,\[\]{}]")
_OLD_WORDS: Final = frozenset("yYnN")  # true and false to YAML 1.1, though not to PyYAML
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_JOINERS: Final = frozenset(" \u200c\u200d")  # a space, and what parts of letters and emoji are joined by
_NO_CHARACTERS: Final = frozenset("\ufffe\uffff")
_GAP: Final = re.compile(r"(?<! ) (?! )")


@lru_cache(maxsize=4096)
def spelled(text: str, *, in_flow: bool) -> str:
    """The text as a key or value on one line, in quotes where need be."""
    if not is_visible(text):
        return '"' + "".join(map(_escaped, text)) + '"'
    if is_plain(text) and not (in_flow and _BROKEN_IN_FLOW.match(text)):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def is_plain(text: str) -> bool:
    """Is the bare word the same text to every reader of YAML, of version 1.1 or 1.2?"""
    if not text or text[0] in _FIRST or _BROKEN.match(text):
        return False
    return isinstance(plain_scalar(text), str) and text not in _OLD_WORDS and not _is_old_value(text)


def _is_old_value(text: str) -> bool:
    """Does YAML 1.1 read something else than text, as it does for `no`, `1:30` and `2026-11-21`?"""
    resolvers = SafeLoader.yaml_implicit_resolvers
    return any(pattern.match(text) for _, pattern in (*resolvers.get(text[0], ()), *resolvers.get(None, ())))


def is_visible(text: str) -> bool:
    """Can every character be seen? One that cannot is written as an escape."""
    return (text.isascii() and text.isprintable()) or not any(map(_is_invisible, text))


def folded(text: str, width: int, *, longest_word: int) -> list[str] | None:
    """The text in lines of at most `width` characters, for a block that is folded.

    None when it has no such lines, or has a word of more than `longest_word` characters: a key, a URL, no prose.
    """
    if not text or " " in (text[0], text[-1]) or not is_visible(text):
        return None
    words = _GAP.split(text)
    if max(map(len, words)) > min(width, longest_word):
        return None
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _is_invisible(character: str) -> bool:
    if character in _JOINERS:
        return False
    return unicodedata.category(character) in _INVISIBLE or character in _NO_CHARACTERS


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if not _is_invisible(character):
        return character
    return f"\\u{ord(character):04x}" if character < "\U00010000" else f"\\U{ord(character):08x}"
