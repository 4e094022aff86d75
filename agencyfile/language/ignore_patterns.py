"""Patterns of addresses that no plan looks at."""

from typing import Final

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import either, nearest, shown
from agencyfile.kinds.registry import DECLARED

IGNORED_KINDS: Final = tuple(sorted(name for name, kind in DECLARED.items() if kind.is_listed))
IGNORE_PATTERN: Final = rf"^({'|'.join(IGNORED_KINDS)}|\*)\..+$"
IGNORE_EXAMPLE: Final = f"{IGNORED_KINDS[0]}.legacy-*"


def parse_ignore(text: str) -> str:
    """A pattern of addresses: a kind that the portal lists, or `*`; a dot; and a pattern of names."""
    kind, _, name = text.partition(".")
    if name.strip() and (kind == "*" or kind in IGNORED_KINDS):
        return text
    guess = _address_pattern(text, kind, name)
    raise refusal(
        "ignore-pattern",
        f"{shown(text)} is not a kind ({either((*IGNORED_KINDS, '*'))}), a dot and a pattern of names.",
        f"write {guess}" if guess else "",
    )


def _address_pattern(text: str, kind: str, name: str) -> str | None:
    """The pattern that most likely was meant, where a kind is misspelt or left out."""
    if name.strip():
        near = nearest(kind, IGNORED_KINDS)
        return f"{near}.{name}" if near else None
    if "." in text or not text.strip():
        return None
    return "*.*" if text == "*" else f"{IGNORED_KINDS[0]}.{text}"
