"""YAML 1.2 core scalars: what a plain (unquoted) word means.

`yes`, `no`, `on`, `off`, dates and `1:30` are text. `0123` is the number 123 here but 83 in YAML 1.1, so the
agency file refuses it (`is_ambiguous`).
"""

import re
from typing import Final

Scalar = None | bool | int | float | str

_FIRST: Final = frozenset("0123456789+-.~nNtTfF")  # no other first character begins anything but text
_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_AMBIGUOUS: Final = re.compile(r"[-+]?0[0-9]+")
_DIGITS: Final = 400  # nothing longer is a number; Python itself refuses to read one of 4,300 digits


def plain_scalar(text: str) -> Scalar:
    """The value of the plain word `text` in the YAML 1.2 core schema."""
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text)


def _number(text: str) -> int | float | str:
    if len(text) > _DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def is_ambiguous(text: str) -> bool:
    """Is the plain word `text` a number whose value depends on the version of YAML?"""
    return _AMBIGUOUS.fullmatch(text) is not None
