"""Random requests to both APIs of the agency and both of an account."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from soak import values
from soak.wire import Shot, compose

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO")
_ACCOUNTS: Final = "/api/child-accounts/v1/"
_SNAPSHOTS: Final = "/api/child-account-snapshots/v1/"

# An action, and the parameters that make sense with it.
_AGENCY: Final[Mapping[str, Sequence[str]]] = {
    "account_add": ("account", "plan", "cname", "name", "email", "notification", "language", "timezone", "snapshot"),
    "account_edit": ("account", "plan", "cname", "notification"),
    "account_list": ("page", "search", "planfilter", "count"),
    "account_status": ("account",),
    "account_status_set": ("account", "status", "message"),
    "account_cancel": ("account", "reason", "retaindata"),
    "account_plans": ("account",),
    "account_name_check": ("account",),
    "account_credits_apply": ("account", "credits"),
    "account_emailtest_credits_apply": ("account", "credits"),
    "account_conversations": ("account", "status", "seats"),
    "account_scoring": ("account", "status"),
    "user_me": ("user", "pass"),
    "group_view": ("id",),
}
_ACCOUNT: Final[Mapping[str, Sequence[str]]] = {
    "message_template_add": ("name", "html", "text", "template_scope", "p", "tags"),
    "message_template_edit": ("id", "name", "html", "template_scope", "tags"),
    "message_template_list": ("ids",),
    "message_template_view": ("id",),
    "message_template_delete": ("id",),
    "message_template_delete_list": ("ids",),
    "account_view": (),
    "user_me": (),
    "group_view": ("id",),
    "branding_view": (),
    "singlesignon": ("sso_addr", "sso_user", "sso_duration"),
}
_NUMBERED: Final = ("page", "count", "credits", "seats", "id", "ids", "snapshot", "status", "retaindata", "limit")


@dataclass(frozen=True, slots=True)
class World:
    """What a client of a portal knows: where it is, and the keys."""

    place: tuple[str, int]
    agency_key: str
    hub_key: str

    @classmethod
    def of(cls, line: Mapping[str, str]) -> "World":
        """Read the ready line of a portal."""
        url = urlsplit(line["hub_api"])
        return cls((url.hostname or "", url.port or 0), line["agency_key"], line["hub_key"])


def account_key(name: str) -> str:
    """Return the key that the soak gives an account."""
    return f"key-of-{name}".ljust(32, "-")


def agency(chance: random.Random, world: World) -> Shot:
    """Call the agency API, in the query, in the body, or in both."""
    action = chance.choice([*_AGENCY, values.text(chance)])
    fields = values.distorted(chance, {each: _parameter(chance, each) for each in _AGENCY.get(action, ("account",))})
    key = world.agency_key if chance.random() < 0.93 else values.text(chance)
    transport = {"api_key": key, "api_action": action, "api_output": _output(chance)}
    return Shot(kind="agency", data=_called(chance, chance.choice(("/api.php", "/admin/api.php")), transport, fields))


def hub(chance: random.Random, world: World) -> Shot:
    """Call the Partners Hub API."""
    method, path, body = chance.choice(_hub_calls(chance))
    query = values.distorted(chance, {each: _parameter(chance, each) for each in chance.sample(_HUB_QUERY, 3)})
    headers = {"api-key": world.hub_key if chance.random() < 0.93 else "nope", "Content-Type": "application/json"}
    target = f"{path}?{values.as_form(query).decode()}" if chance.random() < 0.5 else path
    data = values.as_json(chance, values.distorted(chance, body)) if body is not None else b""
    return Shot(kind="hub", data=compose(method, target, headers, data))


def account_v1(chance: random.Random, world: World) -> Shot:
    """Call the first version of an account's own API."""
    name, action = values.name(chance), chance.choice([*_ACCOUNT, values.text(chance)])
    fields = values.distorted(chance, {each: _parameter(chance, each) for each in _ACCOUNT.get(action, ())})
    transport = {"api_key": account_key(name), "api_action": action, "api_output": _output(chance)}
    if chance.random() < 0.1:
        transport |= {"api_key": "", "api_user": "admin", "api_pass": values.text(chance)}
    path = f"/accounts/{_segment(name)}{chance.choice(('/api.php', '/admin/api.php'))}"
    return Shot(kind="account v1", data=_called(chance, path, transport, fields))


def account_v3(chance: random.Random, world: World) -> Shot:
    """Call the third version of an account's own API."""
    name = values.name(chance)
    method = chance.choice(("GET", "GET", "PUT", "PUT", chance.choice(METHODS)))
    path = chance.choice(
        ("/brandings", "/brandings/1", "/brandings/1", f"/brandings/{_segment(values.number(chance))}")
    )
    fields = {each: values.text(chance) for each in ("siteName", "siteLogo", "links", "help", "copyright")}
    body = values.as_json(chance, values.distorted(chance, {"branding": values.distorted(chance, fields)}))
    headers = {"Api-Token": account_key(name), "Content-Type": "application/json"}
    target = f"/accounts/{_segment(name)}/api/3{path}"
    return Shot(kind="account v3", data=compose(method, target, headers, body if method == "PUT" else b""))


_HUB_QUERY: Final = (
    "page", "limit", "per_page", "id", "search", "is_archived", "sort_by", "sort_direction", "next_cursor", "name",
    "status",
)  # fmt: skip


def _hub_calls(chance: random.Random) -> list[tuple[str, str, dict[str, Any] | None]]:
    account = {
        "account_name": f"new{chance.randrange(40)}", "name": "Ann", "email": "ann@acme.example", "country": "BE",
        "notification": "agency@example.com", "billing_interval": 1,
        "products": [values.distorted(chance, {"code": "ac", "tier": "starter", "entitlements": []})],
    }  # fmt: skip
    return [
        ("GET", _ACCOUNTS, None),
        ("POST", _ACCOUNTS, account),
        ("GET", f"{_ACCOUNTS}snapshots", None),
        ("GET", _SNAPSHOTS, None),
        ("POST", _SNAPSHOTS, {"account_id": chance.randrange(1, 20), "name": values.text(chance)}),
        ("GET", f"{_SNAPSHOTS}status", None),
        ("DELETE", f"{_SNAPSHOTS}{_segment(values.number(chance))}", None),
        ("GET", "/api/locales/v1/catalogs", None),
        (chance.choice(METHODS), chance.choice((_ACCOUNTS, _SNAPSHOTS, "/api/", "/api/crm-sync/v1/pipelines")), None),
    ]


def _parameter(chance: random.Random, name: str) -> Any:
    makers: Mapping[str, Callable[[], Any]] = {
        "account": lambda: values.name(chance),
        "plan": lambda: chance.choice(values.PLANS),
        "email": lambda: "ann@acme.example",
        "notification": lambda: "agency@example.com",
        "cname": lambda: chance.choice(("", f"mail{chance.randrange(30)}.acme.example")),
        "language": lambda: "english",
        "timezone": lambda: "Europe/Brussels",
        "sort_by": lambda: chance.choice(("account_name", "created_at", "updated_at")),
        "sort_direction": lambda: chance.choice(("asc", "desc")),
        "html": lambda: "<p>" * chance.randrange(1, 3000),
        "tags": lambda: ["a", values.text(chance)],
        "p": lambda: ["1", "2"],
    }
    if name in _NUMBERED:
        return values.number(chance)
    return makers[name]() if name in makers else values.text(chance)


def _called(chance: random.Random, path: str, transport: Mapping[str, str], fields: Mapping[str, Any]) -> bytes:
    method = chance.choice(("GET", "POST", "POST", chance.choice(METHODS)))
    if method == "GET" and len(values.as_form(fields)) < 8_000:
        return compose("GET", f"{path}?{values.as_form({**transport, **fields}).decode()}")
    return compose(method, f"{path}?{values.as_form(transport).decode()}", FORM, values.as_form(fields))


def _output(chance: random.Random) -> str:
    return chance.choice(("json", "json", "xml", "serialize", values.text(chance)))


def _segment(text: str) -> str:
    return quote(text, safe="", errors="replace")
