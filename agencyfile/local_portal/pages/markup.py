"""Markup: text that is HTML already. Everything else is escaped where it is put into an element."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class Markup(str):
    """HTML that this package has written. Joined with plain text it is plain text again, and is escaped again."""

    __slots__ = ()


Child: TypeAlias = "Markup | str | int | None"
Attribute: TypeAlias = "str | int | bool | None"


def element(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Return one element. ``aria_label`` is written ``aria-label``, ``class_`` is ``class``; None is left out."""
    return Markup(f"{void(tag, **attributes)}{join(children)}</{tag}>")


def void(tag: str, /, **attributes: Attribute) -> Markup:
    """Return one element that has no content and no end."""
    return Markup(f"<{tag}{''.join(map(_attribute, attributes, attributes.values()))}>")


def join(parts: Iterable[Child], between: str = "") -> Markup:
    """Return parts one after the other, each escaped unless it is markup."""
    return Markup(escape(between, quote=False).join(map(_inside, parts)))


def printable(text: str) -> str:
    """Return a text whose control characters, and those that turn the direction of reading, can be seen."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _inside(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(printable(str(child)), quote=False)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(printable(str(value)))}"'
