"""The input of the control API: values from JSON, each checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agencyfile.local_portal.catalogue import BILLING, Plan, find_plan, plan_for
from agencyfile.local_portal.clock import is_day, parse_moment
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.shapes import MAX_DIGITS, parse_number
from agencyfile.local_portal.templates import ALL_LISTS, Draft, check_draft

Item = Mapping[str, Any]

_TOO_LARGE = 10**MAX_DIGITS
_TEMPLATE_FIELDS = {"name", "html", "text", "scope", "lists", "tags", "designer"}


class BadOrder(ValueError):
    """Something that no portal can be told to be or to do."""


def read_draft(value: Any, label: str) -> Draft:
    """Return the template that a map describes."""
    item = read_map(value, _TEMPLATE_FIELDS, f"a template of {label}")
    draft = Draft(
        name=read_value(item, label, "name", str, ""),
        html=read_value(item, label, "html", str, ""),
        text=read_value(item, label, "text", str, ""),
        scope=read_value(item, label, "scope", str, ALL_LISTS),
        lists=[str(each) for each in read_list(item, "lists")],
        tags=[str(each) for each in read_list(item, "tags")],
        designer=read_value(item, label, "designer", bool, default=False),
    )
    try:
        check_draft(draft)
    except Refusal as refusal:
        raise BadOrder(f"A template of {label}: {refusal.message}") from refusal
    return draft


def read_plan(item: Item, label: str) -> Plan:
    """Return the plan that an item names, by ``planid`` or by ``plan``."""
    if "planid" in item:
        plan = find_plan(parse_number(str(item["planid"])))
    else:
        wanted = read_map(item.get("plan", {}), {"tier", "billing", "contacts"}, f"the plan of {label}")
        term = BILLING.get(str(wanted.get("billing", "monthly")), -1)
        plan = plan_for(str(wanted.get("tier", "starter")), term, read_value(wanted, label, "contacts", int, 0))
    if plan is None:
        raise BadOrder(f"Account {label}: there is no such plan.")
    return plan


def read_moment(item: Item, label: str, default: float, name: str = "created_at") -> float:
    """Return a moment, or the default where none is given."""
    try:
        return parse_moment(item[name]) if name in item else default
    except ValueError as error:
        raise BadOrder(f"{label}: {name} is not a time.") from error


def read_day(item: Item, label: str, name: str, default: str) -> str:
    """Return a date, or the default where none is given."""
    text = str(read_value(item, label, name, str, default))
    if text != default and not is_day(text):
        raise BadOrder(f"{label}: {name} is not a date, as in 2024-01-31.")
    return text


def read_list(body: Item, name: str) -> Sequence[Any]:
    """Return a list, empty where none is given."""
    value = body.get(name, [])
    if not isinstance(value, list):
        raise BadOrder(f"{name} must be a list.")
    return value


def read_value(item: Item, label: str, name: str, kind: type, default: Any) -> Any:
    """Return a value of a type, or the default where none is given."""
    value = item.get(name, default)
    # True is a whole number to Python, and none here.
    is_right = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    if not is_right or (isinstance(value, int) and not -_TOO_LARGE < value < _TOO_LARGE):
        raise BadOrder(f"{label}: {name} must be of type {kind.__name__}.")
    return value


def read_map(value: Any, fields: set[str] | None, what: str) -> Item:
    """Return a map; with fields it has no others."""
    if not isinstance(value, Mapping):
        raise BadOrder(f"{what} must be a map.")
    if fields is not None and (unknown := value.keys() - fields):
        raise BadOrder(f"{what} has no {', '.join(sorted(map(str, unknown)))}.")
    return value
