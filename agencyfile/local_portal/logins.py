"""The log-in pages of accounts: passwords, wrong tries and links that reset a password (docs/portal.md rule 72)."""

from __future__ import annotations

import secrets

from agencyfile.local_portal.accounts import change_account, has_password, hash_password, password_digest
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn

USER = "admin"
TRIES = 5
PAUSE = 300.0  # seconds
_CODE_LASTS = 86400.0
_SHORTEST = 8


def try_login(turn: Turn, row: Row, user: str, password: str) -> bool:
    """Say whether a client gets in. After five wrong tries nobody does for five minutes, not even who knows it."""
    if wait_left(turn, row) > 0:
        return False
    if has_password(row, user, password):
        turn.rows.run("DELETE FROM login_attempts WHERE account = ?", (row["account"],))
        return True
    found = turn.rows.first("SELECT * FROM login_attempts WHERE account = ?", (row["account"],))
    wrong = found["wrong"] + 1 if found and found["wrong"] < TRIES else 1
    turn.rows.run("INSERT OR REPLACE INTO login_attempts VALUES (?, ?, ?)", (row["account"], wrong, turn.now))
    return False


def wait_left(turn: Turn, row: Row) -> float:
    """Return the seconds until a client may try again."""
    found = turn.rows.first("SELECT * FROM login_attempts WHERE account = ?", (row["account"],))
    if found is None or found["wrong"] < TRIES:
        return 0.0
    return max(0.0, float(found["last"]) + PAUSE - turn.now)


def set_password(turn: Turn, row: Row, password: str) -> None:
    """Give the user of an account another password.

    Raises:
        Refusal: It is too short.
    """
    if len(password) < _SHORTEST:
        raise Refusal(f"Use {_SHORTEST} characters or more.", "password")
    salt = secrets.token_bytes(16)
    login = hash_password(password_digest(password), salt)
    change_account(turn, row["id"], {"salt": salt, "password": hash_password(password, salt), "login": login})


def make_reset_code(turn: Turn, row: Row) -> str:
    """Return a code that sets a new password, once and for a day; earlier ones of the account are worth nothing."""
    code = secrets.token_urlsafe(24)
    turn.rows.run("DELETE FROM reset_codes WHERE account_id = ? OR time < ?", (row["id"], turn.now - _CODE_LASTS))
    turn.rows.insert("reset_codes", {"code": code, "account_id": row["id"], "time": turn.now})
    return code


def is_reset_code(turn: Turn, row: Row, code: str) -> bool:
    """Say whether a code sets a new password of an account."""
    query = "SELECT 1 FROM reset_codes WHERE code = ? AND account_id = ? AND time >= ?"
    return turn.rows.first(query, (code, row["id"], turn.now - _CODE_LASTS)) is not None


def spend_reset_code(turn: Turn, code: str) -> None:
    """Make a code worth nothing."""
    turn.rows.run("DELETE FROM reset_codes WHERE code = ?", (code,))
