"""The full content of a portal, beyond what the APIs show: for tests, for the page, for rehearsals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from agencyfile.local_portal.accounts import is_expired
from agencyfile.local_portal.brandings import fresh_branding, shown_by
from agencyfile.local_portal.catalogue import find_plan
from agencyfile.local_portal.clock import exact_time
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.settings import Settings

Items = list[dict[str, Any]]

_HIDDEN = ("salt", "password", "login", "made_by", "ended_by", "due_at")
_TIMES = ("created_at", "updated_at", "cancelled_at", "completed_at", "deleted_at", "time")


def all_accounts(rows: Database, now: float, limit: int = -1, after: int = 0) -> Items:
    """Return the accounts after an id, all or at most ``limit``, with everything but their passwords."""
    found = rows.all("SELECT * FROM accounts WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [_account(row, now) for row in found]


def all_snapshots(rows: Database) -> Items:
    """Return every snapshot that was not deleted."""
    query = """
        SELECT snapshots.*, accounts.account AS source FROM snapshots LEFT JOIN accounts ON accounts.id = source_id
        WHERE deleted_by IS NULL ORDER BY snapshots.id
    """
    return [_snapshot(row) for row in rows.all(query)]


def all_templates(rows: Database, limit: int = -1) -> Items:
    """Return every template of every account, with the digest of its HTML, by which long ones are told apart."""
    query = """
        SELECT accounts.account, templates.* FROM templates JOIN accounts ON accounts.id = account_id
        WHERE ended_by IS NULL ORDER BY account_id, templates.id LIMIT ?
    """
    return [_template(row) for row in rows.all(query, (limit,))]


def all_brandings(rows: Database, limit: int = -1, settings: Settings | None = None) -> Items:
    """Return the branding of every account that is not as a fresh one, with what it means as the portal reads it."""
    query = """
        SELECT accounts.account, brandings.fields FROM brandings JOIN accounts ON accounts.id = account_id
        WHERE ended_by IS NULL ORDER BY account_id LIMIT ?
    """
    found = [(row["account"], json.loads(row["fields"])) for row in rows.all(query, (limit,))]
    settings = settings or Settings()
    brandings = [(account, {**fresh_branding(settings), **fields}) for account, fields in found]
    return [{"account": account, **fields, "shown": shown_by(fields, settings)} for account, fields in brandings]


def all_addons(rows: Database, limit: int = -1) -> Items:
    """Return the add-ons of every account that has had one."""
    query = """
        SELECT account, scoring, conversations, conversation_seats AS seats FROM accounts
        WHERE scoring OR conversations != '' ORDER BY id LIMIT ?
    """
    return [{**row, "scoring": bool(row["scoring"])} for row in map(dict, rows.all(query, (limit,)))]


def all_charges(rows: Database) -> Items:
    """Return every charge to the card."""
    return [_plain(row) for row in rows.all("SELECT * FROM charges ORDER BY serial")]


def all_credits(rows: Database) -> dict[str, Any]:
    """Return what the pools hold and every grant from them."""
    pools = {row["name"]: row["credits"] for row in rows.all("SELECT * FROM pools ORDER BY name")}
    return {"pools": pools, "grants": [_plain(row) for row in rows.all("SELECT * FROM grants ORDER BY serial")]}


def all_contacts(rows: Database) -> list[dict[str, Any]]:
    """Return every contact with its subscriptions."""
    held: dict[int, list[dict[str, Any]]] = {}
    for row in rows.all("SELECT * FROM contact_subscriptions ORDER BY number, level, object, name"):
        held.setdefault(row["contact"], []).append({name: row[name] for name in ("number", "level", "object", "name")})
    return [
        {name: row[name] for name in ("email", "name", "phone", "language")}
        | {
            "group": bool(row["is_group"]),
            "verified": bool(row["verified"]),
            "subscriptions": held.get(row["id"], []),
        }
        for row in rows.all("SELECT * FROM contact_people ORDER BY email")
    ]


def all_acts(rows: Database) -> Items:
    """Return what humans and time did, as the portal was told (``POST /_portal/act``)."""
    query = "SELECT * FROM acts ORDER BY serial"
    return [_plain(row) | {"parameters": json.loads(row["parameters"])} for row in rows.all(query)]


def requests_after(rows: Database, after: int = 0) -> Items:
    """Return the requests after a serial, in order."""
    return [_request(row) for row in rows.all("SELECT * FROM requests WHERE serial > ? ORDER BY serial", (after,))]


def last_requests(rows: Database, number: int) -> Items:
    """Return the last requests, the latest first."""
    return [_request(row) for row in rows.all("SELECT * FROM requests ORDER BY serial DESC LIMIT ?", (number,))]


def counts(rows: Database) -> dict[str, int]:
    """Return how many rows each table of interest has, and what was charged in all."""
    return {
        "accounts": rows.number("SELECT COUNT(*) FROM accounts"),
        "snapshots": rows.number("SELECT COUNT(*) FROM snapshots WHERE deleted_by IS NULL"),
        "charges": rows.number("SELECT COUNT(*) FROM charges"),
        "charged": rows.number("SELECT TOTAL(amount) FROM charges"),
        "templates": rows.number("SELECT COUNT(*) FROM templates WHERE ended_by IS NULL"),
        "brandings": rows.number("SELECT COUNT(*) FROM brandings WHERE ended_by IS NULL"),
        "addons": rows.number("SELECT COUNT(*) FROM accounts WHERE scoring OR conversations != ''"),
        "acts": rows.number("SELECT COUNT(*) FROM acts"),
        "requests": rows.number("SELECT COUNT(*) FROM requests"),
    }


def _account(row: Row, now: float) -> dict[str, Any]:
    plan = find_plan(row["planid"])
    shown = _plain(row) | {
        "contents": json.loads(row["contents"]),
        "expired": is_expired(row, now),
        "retain_data": bool(row["retain_data"]),
        "scoring": bool(row["scoring"]),
        "custom_fields": bool(row["custom_fields"]),
        "forever_free": bool(row["forever_free"]),
    }
    if plan is not None:
        shown["plan"] = {"tier": plan.tier, "term": plan.term, "contacts": plan.contacts, "label": plan.label}
    return shown


def _snapshot(row: Row) -> dict[str, Any]:
    names = [each["name"] for each in json.loads(row["templates"])]
    return _plain(row) | {"contents": json.loads(row["contents"]), "templates": names}


def _template(row: Row) -> dict[str, Any]:
    shown = {name: value for name, value in _plain(row).items() if name not in ("serial", "account_id", "html")}
    return shown | {
        "content": row["html"],
        "digest": hashlib.sha256(row["html"].encode()).hexdigest(),
        "lists": json.loads(row["lists"]),
        "tags": json.loads(row["tags"]),
        "designer": bool(row["designer"]),
    }


def _request(row: Row) -> dict[str, Any]:
    return _plain(row) | {
        "parameters": json.loads(row["parameters"]),
        "write": bool(row["write"]),
        "committed": bool(row["committed"]),
    }


def _plain(row: Row) -> dict[str, Any]:
    names: Sequence[str] = [name for name in row.keys() if name not in _HIDDEN]  # noqa: SIM118 - a Row iterates its values
    return {name: exact_time(row[name]) if name in _TIMES else row[name] for name in names}
