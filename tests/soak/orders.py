"""Random orders to the control API: acts, faults, settings with dialects, seeds, prices; and its books."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from soak import values
from soak.traffic import FORM, METHODS, World, account_key
from soak.wire import Shot, compose

_BOOKS: Final = (
    "requests", "charges", "accounts", "snapshots", "credits", "templates", "brandings", "acts", "defaults", "addons",
    "books", "nothing",
)  # fmt: skip
_ACTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "edit": {"client_name": "Ann", "plan": {"tier": "plus"}, "subscribers": 7, "status": "disabled"},
    "rename": {"to": "new1"},
    "expire": {"date": "2024-01-31"},
    "archive": {},
    "cancel": {"reason": "left", "retain_data": True},
    "renew": {},
    "extend_trial": {},
    "delete": {},
    "move_in": {"client_name": "Ben", "plan": {"tier": "pro"}},
    "delete_snapshot": {"snapshot": 1},
    "new_key": {},
    "addons": {"scoring": True, "conversations": "paid", "seats": 2},
    "template_add": {"name": "news", "html": "<b>", "tags": ["a"]},
    "template_edit": {"id": 1, "name": "news"},
    "template_delete": {"id": 1},
    "branding_edit": {"branding": {"siteName": "Acme"}},
    "account_settings": {"branding": {"siteName": "Agency"}, "templates": [], "apply_to_existing": False},
}
# Kinds of faults with options that let a phase end soon. No fault answers 500: that status is the portal's own mistake.
_FAULTS: Final[Sequence[Mapping[str, Any]]] = (
    {"kind": "drop_before_commit"},
    {"kind": "drop_after_commit"},
    {"kind": "late_answer", "seconds": 0.4},
    {"kind": "late_commit", "seconds": 0.5, "answer": "drop"},
    {"kind": "late_commit", "seconds": 0.5, "answer": "timeout", "hold": 1},
    {"kind": "late_commit", "seconds": 0.5, "answer": "5xx"},
    {"kind": "rate_limited", "retry_after": 1},
    {"kind": "error_before_commit", "status": 503},
    {"kind": "error_after_commit", "status": 502},
    {"kind": "truncated"},
    {"kind": "garbage"},
    {"kind": "stale_list", "writes": 3},
    {"kind": "stale_list", "seconds": 5},
    {"kind": "stale_list", "serial": 20},
    {"kind": "repeat_page"},
    {"kind": "reorder_pages"},
    {"kind": "mapped_list"},
    {"kind": "empty_plans_list"},
)
_SETTINGS: Final[Mapping[str, Any]] = {
    "account_login": True, "account_view": True, "account_rate_limit": 5, "rate_limit": 200, "latency": 0.02,
    "provisioning": 0.1, "snapshot_time": 0.1, "seat_price": 3,
}  # fmt: skip

_DIALECTS: Final = ("today", "vendor-2014", "java", "hub-only")
_READINGS: Final = (
    ("status-words", "numbers"), ("hub-account-name", "display-name"), ("list-pages", "count"), ("hub-more", "served"),
    ("name-characters", "underscore"), ("user-me-login", "key"), ("login-password", "clear"), ("list-types", "text"),
    ("edit-cancelled", "reactivates"), ("client-email", "listed"), ("prorated", "told"), ("account-view", "balances"),
    ("branding-flags", "one-hides"), ("branding-links", "absence-enables"), ("account-key", "header"),
    ("single-sign-on", "token"), ("free-plan", "accepted"), ("template-id", "answered"), ("account-form", "host"),
    ("unknown-account", "no-status"), ("hub-wrong-method", "404"), ("nothing", "at all"),
)  # fmt: skip


def planted() -> dict[str, Any]:
    """Return the seed of a phase: accounts with known keys, templates, a sandbox with snapshots, credits."""
    template = {"name": "news", "html": "<p>Hello</p>", "tags": ["a"]}
    made = [
        {"account": each, "api_key": account_key(each), "templates": [template], "client_name": each.title()}
        for each in values.NAMES
    ]
    box = {"account": values.SANDBOX, "api_key": account_key(values.SANDBOX), "plan": {"tier": "sandbox"}}
    shots = [{"name": f"gym{number}", "source": values.SANDBOX} for number in range(6)]
    return {"accounts": [*made, box], "snapshots": shots, "credits": {"email": 100_000, "compatibility": 1_000}}


def order(name: str, body: Any) -> bytes:
    """Return the request of a well-formed order to the control API."""
    return compose("POST", f"/_portal/{name}", {"Content-Type": "application/json"}, json.dumps(body).encode())


def control(chance: random.Random, world: World) -> Shot:
    """Read a book, or tell the portal to be or to do something."""
    odd = chance.randrange(_ALL)
    if odd < _READ:
        query = f"?after={quote(values.number(chance))}&limit={quote(values.number(chance))}"
        return Shot(kind="control", data=compose("GET", f"/_portal/{chance.choice(_BOOKS)}{query}"))
    if odd == _READ:
        target = f"/_portal/{quote(values.text(chance), errors='replace')}"
        return Shot(kind="control", data=compose(chance.choice(METHODS), target, FORM, b"a=b"))
    (name,) = chance.choices([*_ORDERS], [weight for weight, _ in _ORDERS.values()])
    body = values.as_json(chance, _ORDERS[name][1](chance))
    return Shot(kind="control", data=compose("POST", f"/_portal/{name}", {"Content-Type": "application/json"}, body))


def _act(chance: random.Random) -> Any:
    action = chance.choice([*_ACTS])
    return {"action": action, **values.distorted(chance, {"account": values.name(chance), **_ACTS[action]})}


def _faults(chance: random.Random) -> Any:
    return [_fault(chance) for _ in range(chance.randrange(3))]


def _settings(chance: random.Random) -> Any:
    if chance.random() < 0.4:
        return {"dialect": chance.choice(_DIALECTS), "readings": dict(chance.sample(_READINGS, 3))}
    chosen = chance.sample([*_SETTINGS], 2)
    odd = {each: values.value(chance, 1) for each in chosen if chance.random() < 0.1 and each != "latency"}
    return {each: _SETTINGS[each] for each in chosen} | odd


def _seed(chance: random.Random) -> Any:
    fields = {"plan": {"tier": "plus"}, "created_at": "2024-01-31", "addons": {"seats": 1}, "contents": {}}
    account = {"account": f"seed{chance.randrange(40)}", **values.distorted(chance, fields)}
    return values.distorted(chance, {"accounts": [account], "taken": ["theirs"], "credits": {"email": 9_000}})


def _prices(chance: random.Random) -> Any:
    return values.distorted(chance, {chance.choice(values.PLANS): chance.randrange(500)})


def _login(chance: random.Random) -> Any:
    return values.distorted(chance, {"account": values.name(chance), "username": "admin", "password": "x"})


def _fault(chance: random.Random) -> dict[str, Any]:
    """Return a fault that hits few calls; now and then with an option that is odd, but no endless wait."""
    fault = dict(chance.choice(_FAULTS)) | {
        "action": "*",
        "nth": chance.randrange(1, 4),
        "times": chance.randrange(1, 5),
    }
    if chance.random() < 0.15:
        name = chance.choice(("nth", "times", "kind", "account", "writes", "serial", "action"))
        fault[name] = values.value(chance, 1)
    return fault


# What an order says, and how often it is given among the others.
_ORDERS: Final[Mapping[str, tuple[int, Callable[[random.Random], Any]]]] = {
    "act": (2, _act),
    "faults": (3, _faults),
    "settings": (1, _settings),
    "seed": (1, _seed),
    "prices": (1, _prices),
    "login": (1, _login),
    "keys": (1, _login),
}
_READ: Final = 2  # out of twelve; one more is odd
_ALL: Final = 13
