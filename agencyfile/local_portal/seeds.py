"""Seeds: accounts, snapshots and credits that a portal is given to start with, without a charge and without a write.

Everything but an account's name, and a snapshot's name and source, has a default. ``plan`` is ``{"tier": "plus",
"billing": "monthly", "contacts": 1000}``, or ``planid`` is an id of the catalogue; ``snapshot`` is the id or the name
of the snapshot an account was made from; times are seconds or ISO 8601; ``contents`` is any JSON map. A seeded account
has no password unless the seed says one, and a random API key unless ``api_key`` is one. ``templates`` is a list of
``{"name", "html", "text", "scope", "lists", "tags", "designer"}``, ``branding`` is a map in the words of the accounts'
own API, and ``addons`` is ``{"scoring": true, "conversations": "paid", "seats": 2}``. ``taken`` lists names that are
taken by accounts of others, which no list shows. ``id`` of an account or a snapshot is its number, as another portal
has it; without one the portal chooses. ``customers`` and ``contacts`` are those of ``contact_seeds``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agencyfile.local_portal import accounts
from agencyfile.local_portal.access import set_key
from agencyfile.local_portal.addons import CONVERSATIONS
from agencyfile.local_portal.brandings import change_branding
from agencyfile.local_portal.catalogue import find_plan
from agencyfile.local_portal.contact_seeds import plant_contacts
from agencyfile.local_portal.control_input import (
    BadOrder,
    Item,
    read_day,
    read_draft,
    read_list,
    read_map,
    read_moment,
    read_plan,
    read_value,
)
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.errors import Invalid
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label, is_label, is_underscore_name, parse_number
from agencyfile.local_portal.templates import add_template, packed_templates

_PLAN_FIELDS = ("plan", "planid", "password", "snapshot")
_OWN_FIELDS = ("api_key", "templates", "branding", "addons")
_TEXTS = {
    "cname": "",
    "client_name": "",
    "client_email": "",
    "notification": "",
    "language": "english",
    "timezone": "America/Chicago",
    "country": "US",
    "currency": "",
    "lock_message": "",
    "cancel_reason": "",
    "display_name": "",
    "status": accounts.ACTIVE,
}
_NUMBERS = {
    "subscribers": 0,
    "emails_sent": 0,
    "email_credits": 0,
    "compatibility_credits": 0,
    "trial_extensions": 0,
    "free_renewals": 0,
}
_SWITCHES = ("forever_free", "custom_fields")
_MOMENTS = ("created_at", "updated_at", "cancelled_at")
_ACCOUNT_FIELDS = {
    "account", "id", "expire", "contents", *_PLAN_FIELDS, *_OWN_FIELDS, *_TEXTS, *_NUMBERS, *_SWITCHES, *_MOMENTS
}  # fmt: skip
_ADDON_FIELDS = {"scoring", "conversations", "seats"}
_MIN_KEY = 8
_SNAPSHOT_FIELDS = {"id", "name", "source", "created_at", "status"}
_SEED_FIELDS = {"accounts", "snapshots", "credits", "taken", "customers", "contacts"}
_STATUSES = (accounts.ACTIVE, accounts.CREATING, accounts.DISABLED, accounts.CANCELLED)
_SNAPSHOT_STATUSES = ("success", "failed", "cancelled", "in_progress")


def plant(turn: Turn, seed: Any) -> dict[str, Any]:
    """Add a seed to what is there, and return how many accounts were added and the ids of the snapshots.

    Raises:
        BadOrder: The seed cannot be used; the caller undoes what was added.
    """
    body = read_map(seed, _SEED_FIELDS, "the seed")
    made = [_account_row(turn, each) for each in read_list(body, "accounts")]
    _insert_accounts(turn.rows, made)
    for each in read_list(body, "accounts"):
        if any(name in each for name in _OWN_FIELDS):
            _furnish(turn, each)
    planted = [_plant_snapshot(turn.rows, each, turn.now) for each in read_list(body, "snapshots")]
    for each in read_list(body, "accounts"):
        if each.get("snapshot") is not None:
            _attach_snapshot(turn.rows, each)
    for each in read_list(body, "taken"):
        take_name(turn.rows, account_label(str(each)))
    plant_contacts(turn, body)
    _fill_pools(turn.rows, read_map(body.get("credits", {}), {"email", "compatibility"}, "credits"))
    return {"accounts": len(made), "snapshots": planted}


def _account_row(turn: Turn, value: Any) -> dict[str, Any]:
    item = read_map(value, _ACCOUNT_FIELDS, "an account")
    label = account_label(str(item.get("account", "")))
    if not (is_label(label) or is_underscore_name(label)):
        raise BadOrder(f"{item.get('account')!r} is not an account name.")
    plan = read_plan(item, label)
    status = item.get("status", accounts.ACTIVE)
    if status not in _STATUSES:
        raise BadOrder(f"Account {label}: status must be one of {', '.join(_STATUSES)}.")
    created = read_moment(item, label, turn.now)
    is_free = read_value(item, label, "forever_free", bool, default=False)
    expire = "" if is_free else accounts.first_expiry(plan, max(created, turn.now))
    return {
        "id": _id(item, label),
        "account": label,
        "planid": plan.planid,
        **{name: read_value(item, label, name, str, default) for name, default in _TEXTS.items()},
        **{name: read_value(item, label, name, int, default) for name, default in _NUMBERS.items()},
        **{name: int(read_value(item, label, name, bool, default=False)) for name in _SWITCHES},
        # No text at all says that the account never ends.
        "expire": "" if item.get("expire") == "" else read_day(item, label, "expire", expire),
        "created_at": created,
        "updated_at": read_moment(item, label, created, "updated_at"),
        "due_at": turn.now + turn.settings.provisioning if status == accounts.CREATING else None,
        "cancelled_at": read_moment(item, label, turn.now, "cancelled_at") if status == accounts.CANCELLED else None,
        "contents": json.dumps(read_map(item.get("contents", {}), None, f"the contents of {label}")),
        **_password(item, label),
    }


def _id(item: Item, label: str) -> int | None:
    """Return the number that an item says; None lets the portal choose."""
    found: int = read_value(item, label, "id", int, 0)
    if found < 0:
        raise BadOrder(f"{label}: id must not be below 0.")
    return found or None


def take_name(rows: Database, label: str) -> None:
    """Have a name belong to an account that is not the agency's."""
    rows.run("INSERT OR IGNORE INTO taken_names VALUES (?)", (label,))


def _furnish(turn: Turn, item: Item) -> None:
    label = account_label(str(item["account"]))
    account_id = turn.rows.number("SELECT id FROM accounts WHERE account = ?", (label,))
    if "api_key" in item:
        plant_key(turn.rows, account_id, item, label)
    for each in read_list(item, "templates"):
        add_template(turn, account_id, read_draft(each, label))
    try:
        if item.get("branding"):
            change_branding(turn, account_id, read_map(item["branding"], None, f"the branding of {label}"))
    except Invalid as invalid:
        raise BadOrder(f"The branding of {label}: {invalid.message}") from invalid
    _plant_addons(turn.rows, account_id, item, label)


def plant_key(rows: Database, account_id: int, item: Item, label: str) -> None:
    """Give an account the key that an item says.

    Raises:
        BadOrder: The key is too short to be told from other texts, or is another account's.
    """
    key = read_value(item, label, "api_key", str, "")
    if len(key) < _MIN_KEY or rows.first("SELECT 1 FROM account_keys WHERE api_key = ?", (key,)):
        raise BadOrder(f"Account {label}: an api_key has {_MIN_KEY} characters or more, and is its account's alone.")
    set_key(rows, account_id, key)


def _plant_addons(rows: Database, account_id: int, item: Item, label: str) -> None:
    addons = read_map(item.get("addons", {}), _ADDON_FIELDS, f"the addons of {label}")
    conversations = read_value(addons, label, "conversations", str, "")
    if conversations not in ("", *CONVERSATIONS):
        raise BadOrder(f"Account {label}: conversations must be one of {', '.join(CONVERSATIONS)}.")
    values = (
        read_value(addons, label, "scoring", bool, default=False),
        conversations,
        read_value(addons, label, "seats", int, 0),
    )
    statement = "UPDATE accounts SET scoring = ?, conversations = ?, conversation_seats = ? WHERE id = ?"
    rows.run(statement, (*values, account_id))


def _insert_accounts(rows: Database, made: Sequence[Item]) -> None:
    if not made:
        return
    names = [each["account"] for each in made]
    taken = {row[0] for row in rows.all("SELECT account FROM accounts UNION SELECT name FROM taken_names")}
    if len(set(names)) < len(names) or not taken.isdisjoint(names):
        raise BadOrder("An account name is used twice.")
    ids = [each["id"] for each in made if each["id"] is not None]
    if len(set(ids)) < len(ids) or any(rows.first("SELECT 1 FROM accounts WHERE id = ?", (each,)) for each in ids):
        raise BadOrder("An id of an account is used twice.")
    columns = list(made[0])
    places = ", ".join(f":{name}" for name in columns)
    ordered = sorted(made, key=lambda each: each["id"] is None)  # numbers that are said come first: none is taken twice
    rows.run_many(f"INSERT INTO accounts ({', '.join(columns)}) VALUES ({places})", ordered)  # noqa: S608 - our columns


def _plant_snapshot(rows: Database, value: Any, now: float) -> dict[str, Any]:
    item = read_map(value, _SNAPSHOT_FIELDS, "a snapshot")
    name = str(item.get("name", ""))
    source = rows.first("SELECT * FROM accounts WHERE account = ?", (account_label(str(item.get("source", ""))),))
    plan = find_plan(source["planid"]) if source else None
    if not name or source is None or plan is None or not plan.is_sandbox:
        raise BadOrder(f"Snapshot {name!r} needs a name, and a sandbox as its source.")
    status = item.get("status", "success")
    if status not in _SNAPSHOT_STATUSES:
        raise BadOrder(f"Snapshot {name!r}: status must be one of {', '.join(_SNAPSHOT_STATUSES)}.")
    created = read_moment(item, name, now)
    number = _id(item, name)
    if number is not None and rows.first("SELECT 1 FROM snapshots WHERE id = ?", (number,)):
        raise BadOrder(f"Snapshot {name!r}: its id is used twice.")
    row = {
        "id": number,
        "source_id": source["id"],
        "name": name,
        "status": status,
        "created_at": created,
        "completed_at": created if status == "success" else None,
        "contents": accounts.without_images(source["contents"]),
        "templates": packed_templates(rows, source["id"]),
    }
    return {"id": rows.insert("snapshots", row), "name": name}


def _attach_snapshot(rows: Database, item: Item) -> None:
    reference = item["snapshot"]
    column, value = ("name", reference) if isinstance(reference, str) else ("id", parse_number(str(reference)))
    found = rows.first(f"SELECT id FROM snapshots WHERE {column} = ? ORDER BY id DESC", (value,))  # noqa: S608
    if found is None:
        raise BadOrder(f"Account {item['account']}: there is no snapshot {reference!r}.")
    label = account_label(str(item["account"]))
    rows.run("UPDATE accounts SET snapshot_id = ? WHERE account = ?", (found["id"], label))


def _fill_pools(rows: Database, pools: Item) -> None:
    for name, number in pools.items():
        if read_value(pools, "credits", name, int, 0) < 0:
            raise BadOrder(f"The credits of {name} must not be below 0.")
        rows.run("UPDATE pools SET credits = ? WHERE name = ?", (number, name))


def _password(item: Item, label: str) -> dict[str, bytes]:
    password = read_value(item, label, "password", str, "")
    salt = label.encode()
    if not password:
        return {"salt": salt, "password": b"", "login": b""}
    digest = accounts.password_digest(password)
    return {
        "salt": salt,
        "password": accounts.hash_password(password, salt),
        "login": accounts.hash_password(digest, salt),
    }
