"""The book of requests: what was asked, answered and changed. No key is ever written into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.keys import Keys

REMOVED = "[removed]"
_SECRET_WORDS = ("key", "pass", "token", "secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One request and what became of it.

    Attributes:
        serial: Serial of the request.
        time: When it was looked at.
        call: What was asked.
        account: Which account it was about.
        answer: What was sent; None when the connection was closed instead.
        fault: The fault that hit it.
        is_committed: Whether it has changed anything.
    """

    serial: int
    time: float
    call: Call
    account: str | None
    answer: Answer | None
    fault: str | None
    is_committed: bool


def write_record(rows: Database, record: Record, keys: Keys) -> None:
    """Write a request into the book."""
    call, answer = record.call, record.answer
    rows.run(
        "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.serial,
            record.time,
            call.method,
            _without_keys(call.path, keys),
            call.api,
            call.action,
            _without_keys(record.account, keys),
            call.is_write,
            _without_keys(json.dumps(without_secrets(call.parameters)), keys),
            answer.status if answer else None,
            answer.result_code if answer else None,
            record.fault,
            record.is_committed,
        ),
    )


def without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without those whose name says that they hold a key or a password."""
    return {
        name: value for name, value in parameters.items() if not any(word in name.lower() for word in _SECRET_WORDS)
    }


def _without_keys(text: str | None, keys: Keys) -> str | None:
    # A key can turn up anywhere, when a caller mixes parameters up.
    return text and text.replace(keys.agency, REMOVED).replace(keys.hub, REMOVED)
