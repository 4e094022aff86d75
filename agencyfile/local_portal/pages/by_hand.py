"""Changes that a person makes on a page: each is a write of its own, and stands in the book of acts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from agencyfile.local_portal.request_context import Turn


@contextmanager
def by_hand(turn: Turn, action: str, account: str | None = None, **parameters: Any) -> Iterator[Turn]:
    """Return the turn of a change by hand, and write it into the book of acts when it is done."""
    # No request of an API belongs to it: lists that are shown late know it by its place among the writes.
    write = turn.rows.insert("writes", {"time": turn.now, "request": 0})
    yield replace(turn, write=write)
    note_act(turn, action, account, parameters)


def note_act(turn: Turn, action: str, account: str | None, parameters: Mapping[str, Any]) -> None:
    """Write into the book of acts what a person did."""
    entry = {"time": turn.now, "action": action, "account": account, "parameters": json.dumps(parameters)}
    turn.rows.insert("acts", entry)
