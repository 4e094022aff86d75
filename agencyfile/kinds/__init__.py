"""The kinds of the portal, one room each: everything that agencyfile knows of the kind, and nothing else.

`registry.py` lists what a file can declare, `provided.py` what the portal holds. Importing this package loads
neither: readers of a file do not load the calls, and the portal half does not load the models.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agencyfile.kinds.provided import CONTACT_KINDS, KINDS, OPERATIONS, known_kind, make_kinds, operation_named

__all__ = ["CONTACT_KINDS", "KINDS", "OPERATIONS", "known_kind", "make_kinds", "operation_named"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("agencyfile.kinds.provided"), name)
