"""The book of requests: what was asked, answered and changed. No key is ever written into it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.keys import Keys

REMOVED = "[removed]"
_LONG = 1000
# Keys of accounts, as the portal makes them, wherever they turn up.
_ACCOUNT_KEY = re.compile(r"\b[0-9a-f]{72}\b")
_SECRET_WORDS = ("key", "pass", "token", "secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One request and its answer.

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
    secrets = (keys.agency, keys.hub, _key_of(rows, call.account))
    rows.run(
        "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.serial,
            record.time,
            call.method,
            _without_keys(call.path, secrets),
            call.api,
            call.action,
            _without_keys(record.account, secrets),
            call.is_write,
            _without_keys(json.dumps(_shortened(without_secrets(call.parameters))), secrets),
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


def _shortened(value: Any) -> Any:
    """Return parameters without the rest of long texts: whole templates are in the book of templates."""
    if isinstance(value, Mapping):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    return f"{value[:_LONG]}\u2026" if isinstance(value, str) and len(value) > _LONG else value


def _key_of(rows: Database, account: str) -> str:
    query = "SELECT api_key FROM account_keys JOIN accounts ON accounts.id = account_id WHERE account = ?"
    row = rows.first(query, (account,)) if account else None
    return row["api_key"] if row else ""


def _without_keys(text: str | None, secrets: Sequence[str]) -> str | None:
    # A key can turn up anywhere, when a caller mixes parameters up.
    if not text:
        return text
    for secret in filter(None, secrets):
        text = text.replace(secret, REMOVED)
    return _ACCOUNT_KEY.sub(REMOVED, text)
