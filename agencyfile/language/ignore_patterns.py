"""Patterns of addresses that no plan looks at."""

from typing import Final

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import either, nearest, shown
from agencyfile.kinds.registry import DECLARED

IGNORED_KINDS: Final = tuple(sorted(name for name, kind in DECLARED.items() if kind.is_listed))
IGNORE_PATTERN: Final = rf"^({'|'.join(IGNORED_KINDS)}|\*)\..+$"
IGNORE_EXAMPLE: Final = f"{IGNORED_KINDS[0]}.legacy-*"


def parse_ignore(text: str) -> str:
    """Return a pattern of the form KIND.NAME. The kind is one that the portal lists, or `*`."""
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
    """Return the pattern that was most likely meant, if the kind is misspelt or left out."""
    if name.strip():
        near = nearest(kind, IGNORED_KINDS)
        return f"{near}.{name}" if near else None
    if "." in text or not text.strip():
        return None
    return "*.*" if text == "*" else f"{IGNORED_KINDS[0]}.{text}"
