"""Words of a reader for kinds whose name is none. Renderers load this module, and no kind."""

from types import MappingProxyType
from typing import Final

NOUNS: Final = MappingProxyType(
    {
        "delivery": "template",  # a template in an account: what a reviewer counts are templates
    }
)


def noun(kind: str) -> str:
    """Return the word for one resource of a kind; its name, unless another word is said here."""
    return NOUNS.get(kind, kind)
