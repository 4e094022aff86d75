"""Markup: text that is HTML already. Everything else is untrusted and is escaped where it is put into an element."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final, TypeAlias

from agencyfile.cli.render.safe import one_line, printable

_CODE: Final = re.compile("`([^`]+)`")
_ENDED_BY_THE_NEXT: Final = frozenset({"dt", "dd", "li"})  # their end tags, left out, are a tenth of a long page


class Markup(str):
    """HTML that this package has written. Joined with plain text it is plain text again, and is escaped again."""

    __slots__ = ()


Child: TypeAlias = Markup | str | None
Attribute: TypeAlias = str | bool | None


def element(tag: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """One element. `data_kind` is written `data-kind`, `class_` is written `class`; None is left out."""
    start = void(tag, **attributes)
    return Markup(f"{start}{''.join(map(_inside, children))}{'' if tag in _ENDED_BY_THE_NEXT else f'</{tag}>'}")


def void(tag: str, /, **attributes: Attribute) -> Markup:
    """One element that has no content and no end."""
    return Markup(f"<{tag}{''.join(map(_attribute, attributes, attributes.values()))}>")


def join(parts: Iterable[Child], between: str = "") -> Markup:
    """`parts` one after the other, each escaped unless it is markup."""
    return Markup(escape(between, quote=False).join(map(_inside, parts)))


def name_of(text: object) -> Markup:
    """A name as one line: line ends are shown, so that none can look like two."""
    return Markup(escape(one_line(str(text)), quote=False))


def prose(text: str) -> Markup:
    """A sentence of ours around untrusted names; what stands between backticks is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", name_of(text)))


def _inside(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(printable(child), quote=False)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(one_line(value))}"'
