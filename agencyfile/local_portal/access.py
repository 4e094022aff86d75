"""Access to the API of one account: its key, or its user with a password, while the account is in use.

Inferred, since no source states it: an account that is being created, disabled, cancelled or expired lets nobody in,
whatever the key, and a wrong key is told before the state.
"""

from __future__ import annotations

import hmac

from agencyfile.local_portal.accounts import ACTIVE, has_digest, is_expired, password_digest
from agencyfile.local_portal.calls import Call
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.request_context import Turn


def called_account(rows: Database, call: Call) -> Row | None:
    """Return the account whose own API a call uses; None when there is none of this name."""
    return rows.first("SELECT * FROM accounts WHERE account = ?", (call.account,))


def key_of(rows: Database, account_id: int) -> str:
    """Return the one API key of an account (docs/portal.md section 3: one key per user, and here there is one user)."""
    row = rows.first("SELECT api_key FROM account_keys WHERE account_id = ?", (account_id,))
    return str(row["api_key"]) if row else ""


def set_key(rows: Database, account_id: int, key: str) -> None:
    """Give an account another key, as its user can."""
    rows.run("UPDATE account_keys SET api_key = ? WHERE account_id = ?", (key, account_id))


def all_keys(rows: Database) -> dict[str, str]:
    """Return the key of every account, by its name."""
    query = "SELECT account, api_key FROM accounts JOIN account_keys ON account_id = id ORDER BY id"
    return {row["account"]: row["api_key"] for row in rows.all(query)}


def has_access(turn: Turn, row: Row, call: Call) -> bool:
    """Say whether a call carries the key of an account, or its user and password where the portal takes them.

    Whether a password still works today is not known (docs/portal.md section 3), so it is a setting. Sources differ on
    two points (R7 and R16 of section 8): ``api_pass`` is the password itself, or its MD5 digest as ``api_pass_h``
    always is; and the header ``Api-Token`` opens the first version too, or the parameter ``api_key`` alone does.
    """
    dialect = turn.settings.dialect
    if call.user:
        is_clear = dialect.login_password == "clear" and not call.is_digest  # noqa: S105 - a reading
        digest = password_digest(call.credential) if is_clear else call.credential
        return turn.settings.account_login and has_digest(row, call.user, digest)
    key = key_of(turn.rows, row["id"])
    sent = call.credential or (call.token if dialect.account_key == "header" else "")
    return bool(key) and hmac.compare_digest(sent.encode(), key.encode())


def lock_reason(row: Row, now: float) -> str | None:
    """Return why nobody can use an account at the moment."""
    if row["status"] == ACTIVE and not is_expired(row, now):
        return None
    state = {"creating": "still being created"}.get(row["status"], row["status"])
    return f"Account '{row['account']}' is {'expired' if row['status'] == ACTIVE else state}."
