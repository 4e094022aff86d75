"""The one user of an account: ``user_me``, and the token of a single sign-on (docs/portal.md section 3).

Sources differ on both (R6 and R17 of section 8). In one reading ``user_me`` answers the key of the account and the
address of its API, so that the login of a new account leads to its key. In one reading ``singlesignon`` answers a
token, with which the visitor from one address is logged in for some minutes.

Inferred, since no source states it: a token serves until its time is over, and it is for one user.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any

from agencyfile.local_portal.access import key_of, lock_reason
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import parse_number

USER = "admin"
_MINUTES = 15  # as the vendor's page has it, where none are asked for
_MOST_MINUTES = 24 * 60
_MINUTE = 60
_MAC_LENGTH = 32


def user_me(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an action
    """Return the user that a key or a login belongs to; clients call it to test them (docs/portal.md 1.2)."""
    user = {"id": 1, "username": USER, "first_name": account["client_name"], "email": account["client_email"]}
    if turn.settings.dialect.user_me_login == "no-key":
        return user
    return {**user, "apiurl": turn.base, "apikey": key_of(turn.rows, account["id"])}


def single_sign_on(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a token for a visitor; unknown in the other reading."""
    if turn.settings.dialect.single_sign_on == "unknown":
        raise Refusal("The api_action is not known.")
    user, visitor = str(parameters.get("sso_user", "")), _address(str(parameters.get("sso_addr", "")))
    if visitor is None:
        raise Refusal("The sso_addr parameter is required, an IP address.", "sso_addr")
    if user != USER:
        raise Refusal("User not found", "sso_user")
    asked = parameters.get("sso_duration", _MINUTES)
    minutes = parse_number(str(asked))
    if minutes is None or not 0 < minutes <= _MOST_MINUTES:
        raise Refusal("The sso_duration parameter must be a number of minutes.", "sso_duration")
    end = int(turn.now) + minutes * _MINUTE
    return {"token": f"{end:08x}{_mac(turn.rows, account, visitor, end)}"}


def is_signed_on(rows: Database, account: Row | None, token: str, visitor: str, now: float) -> bool:
    """Say whether a token logs a visitor from this address in."""
    address = _address(visitor)
    if account is None or address is None or lock_reason(account, now) is not None:
        return False
    end = parse_hex(token[:-_MAC_LENGTH])
    if end is None or end < now:
        return False
    return hmac.compare_digest(token[-_MAC_LENGTH:].encode(), _mac(rows, account, address, end).encode())


def parse_hex(text: str) -> int | None:
    """Return a hexadecimal number of eight digits; None for anything else."""
    is_number = len(text) == len("00000000") and all(each in "0123456789abcdef" for each in text)
    return int(text, 16) if is_number else None


def _mac(rows: Database, account: Row, visitor: str, end: int) -> str:
    text = f"{account['account']} {USER} {visitor} {end}"
    return hmac.new(key_of(rows, account["id"]).encode(), text.encode(), hashlib.sha256).hexdigest()[:_MAC_LENGTH]


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
