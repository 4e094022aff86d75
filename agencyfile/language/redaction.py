"""Source text without the secrets that somebody wrote into it: same lines, same columns, stars instead."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from agencyfile.declarations.report import BREAK

_PAIR: Final = re.compile(r"""(?<![\w-])([\w-]++)["']?\s*+:(?=\s|["']|$)\s*+""")
_KEY: Final = re.compile(
    r"(?:^|[_-])(?:(?:api|agency|hub|access|private|secret)?keys?|passwords?|passwd|secrets?|(?:api)?tokens?)(?:[_-]|$)",
    re.IGNORECASE,
)
_SUSPECT: Final = re.compile(r"key|passw|secret|token|://", re.IGNORECASE)  # nothing is masked without one of them
_REFERENCE: Final = re.compile(r"""(["']?)\$\{env:[\w*]+\}\1\s*(?:[,}#]|$)""")
_PRIVATE: Final = re.compile(r"AGE-SECRET-KEY-[^\s,\]}\"']+", re.IGNORECASE)
_USER: Final = re.compile(r"(?<=://)[^/\s]+(?=@)")
_QUERY: Final = re.compile(r"(?<=[?#])[^\s\"']+")
_INKLESS: Final = re.compile(r"\S")
_NOTHING: Final[Mapping[str, re.Pattern[str]]] = {}
_LONGEST: Final = 2000  # a longer line is no line that a person wrote; all of it is masked


def redacted(
    text: str,
    places: Collection[tuple[int, int]] = (),
    harmless: Mapping[str, re.Pattern[str]] = _NOTHING,
) -> str:
    """`text` with everything masked that looks like a secret, whether or not the file could be parsed.

    `places` are lines and columns, counted from 1, where a secret is known to stand. `harmless` has words that look
    like those before a secret, as `key` in `key: brands`, each with a pattern of what may follow it.
    """
    if not places and _SUSPECT.search(text) is None:
        return text
    known = dict(places)
    pieces = []
    start, depth = 0, None
    for number, found in enumerate(BREAK.finditer(text + "\n"), start=1):
        line, depth = _line(text[start : found.start()], depth, harmless)
        if number in known:
            line = line[: known[number] - 1] + stars(line[known[number] - 1 :])
        pieces.append(line + text[found.start() : found.end()])
        start = found.end()
    return "".join(pieces)


def _line(line: str, depth: int | None, harmless: Mapping[str, re.Pattern[str]]) -> tuple[str, int | None]:
    """The masked line; `depth` is the indentation of a secret key whose value goes on in deeper lines."""
    if len(line) > _LONGEST:
        return stars(line), depth
    indent = len(line) - len(line.lstrip(" "))
    if depth is not None and (indent > depth or not line.strip()):
        return stars(line), depth
    line = _USER.sub(_stars_of, _PRIVATE.sub(_stars_of, line))
    line = _QUERY.sub(_stars_of, line) if "://" in line else line
    return _mask_value(line, indent, harmless)


def _mask_value(line: str, indent: int, harmless: Mapping[str, re.Pattern[str]]) -> tuple[str, int | None]:
    for found in _PAIR.finditer(line):
        value = line[found.end() :]
        if found.group(1) in harmless and harmless[found.group(1)].match(value):
            continue
        if _KEY.search(found.group(1)) and not _REFERENCE.match(value):
            return line[: found.end()] + stars(value), indent
    return line, None


def stars(text: str) -> str:
    """`text` with a star for everything but space."""
    return _INKLESS.sub("*", text)


def _stars_of(found: re.Match[str]) -> str:
    return stars(found.group())
