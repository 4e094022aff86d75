"""Seeds: accounts, snapshots and credits that a portal is given to start with, without a charge and without a write.

Everything but an account's name, and a snapshot's name and source, has a default. ``plan`` is ``{"tier": "plus",
"billing": "monthly", "contacts": 1000}``, or ``planid`` is an id of the catalogue; ``snapshot`` is the id or the name
of the snapshot an account was made from; times are seconds or ISO 8601; ``contents`` is any JSON map. A seeded account
has no password unless the seed says one, and a random API key unless ``api_key`` is one. ``templates`` is a list of
``{"name", "html", "text", "scope", "lists", "tags", "designer"}``, ``branding`` is a map in the words of the accounts'
own API, and ``addons`` is ``{"scoring": true, "conversations": "paid", "seats": 2}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agencyfile.local_portal import accounts
from agencyfile.local_portal.access import set_key
from agencyfile.local_portal.addons import CONVERSATIONS
from agencyfile.local_portal.brandings import change_branding
from agencyfile.local_portal.catalogue import BILLING, Plan, find_plan, plan_for
from agencyfile.local_portal.clock import is_day, parse_moment
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.errors import Invalid
from agencyfile.local_portal.shapes import MAX_DIGITS, account_label, is_label, parse_number
from agencyfile.local_portal.templates import ALL_LISTS, SCOPES, Draft, add_template, packed_templates
from agencyfile.local_portal.turn import Turn

Item = Mapping[str, Any]

_TOO_LARGE = 10**MAX_DIGITS
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
    "account", "expire", "contents", *_PLAN_FIELDS, *_OWN_FIELDS, *_TEXTS, *_NUMBERS, *_SWITCHES, *_MOMENTS
}  # fmt: skip
_TEMPLATE_FIELDS = {"name", "html", "text", "scope", "lists", "tags", "designer"}
_ADDON_FIELDS = {"scoring", "conversations", "seats"}
_MIN_KEY = 8
_SNAPSHOT_FIELDS = {"name", "source", "created_at", "status"}
_SEED_FIELDS = {"accounts", "snapshots", "credits"}
_STATUSES = (accounts.ACTIVE, accounts.CREATING, accounts.DISABLED, accounts.CANCELLED)
_SNAPSHOT_STATUSES = ("success", "failed", "cancelled", "in_progress")


class BadSeed(ValueError):
    """A seed that no portal can be given."""


def plant(turn: Turn, seed: Any) -> dict[str, Any]:
    """Add a seed to what is there, and return how many accounts were added and the ids of the snapshots.

    Raises:
        BadSeed: The seed cannot be used; the caller undoes what was added.
    """
    body = _closed(seed, _SEED_FIELDS, "the seed")
    made = [_account_row(turn, each) for each in _listed(body, "accounts")]
    _insert_accounts(turn.rows, made)
    for each in _listed(body, "accounts"):
        if any(name in each for name in _OWN_FIELDS):
            _furnish(turn, each)
    planted = [_plant_snapshot(turn.rows, each, turn.now) for each in _listed(body, "snapshots")]
    for each in _listed(body, "accounts"):
        if each.get("snapshot") is not None:
            _attach_snapshot(turn.rows, each)
    _fill_pools(turn.rows, _closed(body.get("credits", {}), {"email", "compatibility"}, "credits"))
    return {"accounts": len(made), "snapshots": planted}


def _account_row(turn: Turn, value: Any) -> dict[str, Any]:
    item = _closed(value, _ACCOUNT_FIELDS, "an account")
    label = account_label(str(item.get("account", "")))
    if not is_label(label):
        raise BadSeed(f"{item.get('account')!r} is not an account name.")
    plan = _plan(item, label)
    status = item.get("status", accounts.ACTIVE)
    if status not in _STATUSES:
        raise BadSeed(f"Account {label}: status must be one of {', '.join(_STATUSES)}.")
    created = _moment(item, label, turn.now)
    is_free = _typed(item, label, "forever_free", bool, default=False)
    expire = "" if is_free else accounts.first_expiry(plan, max(created, turn.now))
    return {
        "account": label,
        "planid": plan.planid,
        **{name: _typed(item, label, name, str, default) for name, default in _TEXTS.items()},
        **{name: _typed(item, label, name, int, default) for name, default in _NUMBERS.items()},
        **{name: int(_typed(item, label, name, bool, default=False)) for name in _SWITCHES},
        "expire": _day(item, label, expire),
        "created_at": created,
        "updated_at": _moment(item, label, created, "updated_at"),
        "due_at": turn.now + turn.settings.provisioning if status == accounts.CREATING else None,
        "cancelled_at": _moment(item, label, turn.now, "cancelled_at") if status == accounts.CANCELLED else None,
        "contents": json.dumps(_closed(item.get("contents", {}), None, f"the contents of {label}")),
        **_password(item, label),
    }


def _furnish(turn: Turn, item: Item) -> None:
    label = account_label(item["account"])
    account_id = turn.rows.number("SELECT id FROM accounts WHERE account = ?", (label,))
    if "api_key" in item:
        _plant_key(turn.rows, account_id, item, label)
    for each in _listed(item, "templates"):
        add_template(turn, account_id, _draft(each, label))
    try:
        if item.get("branding"):
            change_branding(turn, account_id, _closed(item["branding"], None, f"the branding of {label}"))
    except Invalid as invalid:
        raise BadSeed(f"The branding of {label}: {invalid.message}") from invalid
    _plant_addons(turn.rows, account_id, item, label)


def _plant_key(rows: Database, account_id: int, item: Item, label: str) -> None:
    key = _typed(item, label, "api_key", str, "")
    if len(key) < _MIN_KEY or rows.first("SELECT 1 FROM account_keys WHERE api_key = ?", (key,)):
        raise BadSeed(f"Account {label}: an api_key has {_MIN_KEY} characters or more, and is its account's alone.")
    set_key(rows, account_id, key)


def _plant_addons(rows: Database, account_id: int, item: Item, label: str) -> None:
    addons = _closed(item.get("addons", {}), _ADDON_FIELDS, f"the addons of {label}")
    conversations = _typed(addons, label, "conversations", str, "")
    if conversations not in ("", *CONVERSATIONS):
        raise BadSeed(f"Account {label}: conversations must be one of {', '.join(CONVERSATIONS)}.")
    values = (
        _typed(addons, label, "scoring", bool, default=False),
        conversations,
        _typed(addons, label, "seats", int, 0),
    )
    statement = "UPDATE accounts SET scoring = ?, conversations = ?, conversation_seats = ? WHERE id = ?"
    rows.run(statement, (*values, account_id))


def _draft(value: Any, label: str) -> Draft:
    item = _closed(value, _TEMPLATE_FIELDS, f"a template of {label}")
    draft = Draft(
        name=_typed(item, label, "name", str, ""),
        html=_typed(item, label, "html", str, ""),
        text=_typed(item, label, "text", str, ""),
        scope=_typed(item, label, "scope", str, ALL_LISTS),
        lists=[str(each) for each in _listed(item, "lists")],
        tags=[str(each) for each in _listed(item, "tags")],
        designer=_typed(item, label, "designer", bool, default=False),
    )
    if not draft.name or draft.scope not in SCOPES:
        raise BadSeed(f"A template of {label} needs a name, and a scope out of {', '.join(SCOPES)}.")
    return draft


def _insert_accounts(rows: Database, made: Sequence[Item]) -> None:
    if not made:
        return
    names = [each["account"] for each in made]
    taken = {row[0] for row in rows.all("SELECT account FROM accounts")}
    if len(set(names)) < len(names) or not taken.isdisjoint(names):
        raise BadSeed("An account name is used twice.")
    columns = list(made[0])
    places = ", ".join(f":{name}" for name in columns)
    rows.run_many(f"INSERT INTO accounts ({', '.join(columns)}) VALUES ({places})", made)  # noqa: S608 - our columns


def _plant_snapshot(rows: Database, value: Any, now: float) -> dict[str, Any]:
    item = _closed(value, _SNAPSHOT_FIELDS, "a snapshot")
    name = str(item.get("name", ""))
    source = rows.first("SELECT * FROM accounts WHERE account = ?", (account_label(str(item.get("source", ""))),))
    plan = find_plan(source["planid"]) if source else None
    if not name or source is None or plan is None or not plan.is_sandbox:
        raise BadSeed(f"Snapshot {name!r} needs a name, and a sandbox as its source.")
    status = item.get("status", "success")
    if status not in _SNAPSHOT_STATUSES:
        raise BadSeed(f"Snapshot {name!r}: status must be one of {', '.join(_SNAPSHOT_STATUSES)}.")
    created = _moment(item, name, now)
    row = {
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
        raise BadSeed(f"Account {item['account']}: there is no snapshot {reference!r}.")
    label = account_label(item["account"])
    rows.run("UPDATE accounts SET snapshot_id = ? WHERE account = ?", (found["id"], label))


def _fill_pools(rows: Database, pools: Item) -> None:
    for name, number in pools.items():
        if _typed(pools, "credits", name, int, 0) < 0:
            raise BadSeed(f"The credits of {name} must not be below 0.")
        rows.run("UPDATE pools SET credits = ? WHERE name = ?", (number, name))


def _plan(item: Item, label: str) -> Plan:
    if "planid" in item:
        plan = find_plan(parse_number(str(item["planid"])) or 0)
    else:
        wanted = _closed(item.get("plan", {}), {"tier", "billing", "contacts"}, f"the plan of {label}")
        term = BILLING.get(str(wanted.get("billing", "monthly")), -1)
        plan = plan_for(str(wanted.get("tier", "starter")), term, _typed(wanted, label, "contacts", int, 0))
    if plan is None:
        raise BadSeed(f"Account {label}: there is no such plan.")
    return plan


def _password(item: Item, label: str) -> dict[str, bytes]:
    password = _typed(item, label, "password", str, "")
    salt = label.encode()
    if not password:
        return {"salt": salt, "password": b"", "login": b""}
    digest = accounts.password_digest(password)
    return {
        "salt": salt,
        "password": accounts.hash_password(password, salt),
        "login": accounts.hash_password(digest, salt),
    }


def _moment(item: Item, label: str, default: float, name: str = "created_at") -> float:
    try:
        return parse_moment(item[name]) if name in item else default
    except ValueError as error:
        raise BadSeed(f"{label}: {name} is not a time.") from error


def _day(item: Item, label: str, default: str) -> str:
    text = str(_typed(item, label, "expire", str, default))
    if text and not is_day(text):
        raise BadSeed(f"{label}: expire is not a date, as in 2024-01-31.")
    return text


def _listed(body: Item, name: str) -> Sequence[Any]:
    value = body.get(name, [])
    if not isinstance(value, list):
        raise BadSeed(f"{name} must be a list.")
    return value


def _typed(item: Item, label: str, name: str, kind: type, default: Any) -> Any:
    value = item.get(name, default)
    # True is a whole number to Python, and none here.
    is_right = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    if not is_right or (isinstance(value, int) and not -_TOO_LARGE < value < _TOO_LARGE):
        raise BadSeed(f"{label}: {name} must be of type {kind.__name__}.")
    return value


def _closed(value: Any, fields: set[str] | None, what: str) -> Item:
    if not isinstance(value, Mapping):
        raise BadSeed(f"{what} must be a map.")
    if fields is not None and (unknown := value.keys() - fields):
        raise BadSeed(f"{what} has no {', '.join(sorted(map(str, unknown)))}.")
    return value
