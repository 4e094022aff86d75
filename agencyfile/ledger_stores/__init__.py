"""Ledgers outside of this machine and its repository: one room per kind of store, found by the name before the colon.

A package of somebody else brings one by an entry point of the group `agencyfile.ledger_stores`: its name is the scheme,
its value a function like `open_store` of the rooms here.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agencyfile.fields.ledger_places import GROUP
from plan.errors import LedgerError

if TYPE_CHECKING:
    from plan import LedgerStore

ROOMS: Final = ("az", "gs", "http", "postgres", "s3")


def open_ledger_store(text: str, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> "LedgerStore":
    """Open the ledger `SCHEME:PLACE`.

    `marks` are files outside of the store that hold how far the ledger was seen here; `is_accepted` lets an older copy
    in.

    Raises:
        LedgerError: no such store is installed, or the environment lacks what it needs.
    """
    scheme, _, place = text.partition(":")
    store: LedgerStore = _opener(scheme)(place, marks, is_accepted=is_accepted)
    return store


def _opener(scheme: str) -> Callable[..., Any]:
    if scheme in ROOMS:
        opener: Callable[..., Any] = import_module(f"{__name__}.{scheme}").open_store
        return opener
    for found in entry_points(group=GROUP, name=scheme):
        return found.load()  # type: ignore[no-any-return] # what a package says that it is
    raise LedgerError(
        f"no ledger store named {scheme} is installed",
        fix="install the package that brings it, or change agency.ledger",
    )
