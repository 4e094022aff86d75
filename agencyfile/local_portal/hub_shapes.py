"""The shapes of Partners Hub requests (docs/portal.md 1.8): which fields a body has, and which values a query may take.

Every object is closed: a field that is not declared is a violation. A parameter of the query that is there and empty is
an empty text: a number, a truth value and a choice cannot be that, as the vendor's description has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.errors import BadQuery, Invalid, Violation
from agencyfile.local_portal.shapes import LARGEST, parse_digits

Parameters = Mapping[str, Any]

LARGEST_ID = 9_223_372_036_854_776_000  # of the query, as the vendor's description rounds 2 to the power of 63
_TYPES: Mapping[str, type] = {"string": str, "bool": bool, "array": list}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One declared field of a request body."""

    kind: str
    is_required: bool = False
    is_nullable: bool = False


def _needed(kind: str) -> Field:
    return Field(kind=kind, is_required=True)


def _optional(kind: str) -> Field:
    return Field(kind=kind, is_nullable=True)


SNAPSHOT = {"account_id": _needed("int"), "name": _needed("string")}
ACCOUNT = {
    "account_name": _needed("string"),
    "name": _needed("string"),
    "email": _needed("string"),
    "notification": _needed("string"),
    "billing_interval": _needed("int"),
    "products": _needed("array"),
    "country": _needed("string"),
    "cname": _optional("string"),
    "language": _optional("string"),
    "timezone": _optional("string"),
    "snapshot": _optional("string"),
    "snapshot_id": _optional("int"),
    "currency": _optional("string"),
    "profile": _optional("string"),
}
PRODUCT = {
    "code": _needed("string"),
    "tier": _needed("string"),
    "entitlements": _needed("list or map"),
    "addon": _optional("bool"),
    "name": _optional("string"),
    "version": _optional("int"),
}
ENTITLEMENT = {"code": _optional("string"), "limit": _optional("map"), "pricing": _optional("map")}
LIMIT = {"included_units": Field(kind="int"), "purchased_units": Field(kind="int"), "period": _optional("string")}
PRICING = {"recurring": _needed("bool"), "subtotal": _needed("int")}


def check_snapshot(body: Parameters) -> None:
    """Refuse a body that does not describe a snapshot."""
    found = list(violations(body, SNAPSHOT, ""))
    if not found and not body["name"].strip():
        found.append(Violation("name", "This value should not be blank."))
    if found:
        raise Invalid(found)


def check_account(body: Parameters) -> None:
    """Refuse a body that does not describe an account."""
    found = list(violations(body, ACCOUNT, ""))
    required = [name for name, each in ACCOUNT.items() if each.is_required and each.kind == "string"]
    found += [Violation(name, "This value should not be blank.") for name in required if body.get(name) == ""]
    products = body.get("products")
    if isinstance(products, list):
        found += _product_violations(products)
    if found:
        raise Invalid(found)


def items(value: Any) -> Sequence[Any]:
    """Return the items of a list, which may have been sent as a map."""
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def violations(body: Any, fields: Mapping[str, Field], path: str) -> Iterator[Violation]:
    """Yield every way in which an object differs from its declaration."""
    if not isinstance(body, Mapping):
        yield _wrong_type(path, "object")
        return
    for name in body.keys() - fields.keys():
        yield Violation(_join(path, name), "This field was not expected.")
    for name, declared in fields.items():
        if name not in body:
            if declared.is_required:
                yield Violation(_join(path, name), "This field is missing.")
        elif not _fits(body[name], declared):
            yield _wrong_type(_join(path, name), declared.kind)


def whole(parameters: Parameters, name: str, *, default: int, low: int = 1, high: int | None = LARGEST) -> int:
    """Return a query parameter as a whole number between two limits; at most what the database can hold.

    Args:
        parameters: The parameters of the query.
        name: Which of them.
        default: The number when it was left out.
        low: The smallest number.
        high: The largest number; None where the document of the hub gives none.

    Raises:
        BadQuery: It is none, or beyond a limit.
    """
    if name not in parameters:
        return default
    number = parse_digits(str(parameters[name]))
    if number is None or number < low or (high is not None and number > high):
        limits = f"{low} or more" if high is None else f"between {low} and {high}"
        raise BadQuery(f"{name}: This value should be {limits}.", name)
    return min(number, LARGEST)


def flag(parameters: Parameters, name: str) -> bool | None:
    """Return a query parameter as a truth value; None when it was left out."""
    text = str(parameters.get(name, "null")).lower()
    if text == "null":
        return None
    if text not in ("true", "false", "1", "0"):
        raise BadQuery(f"{name}: This value should be of type bool.", name)
    return text in ("true", "1")


def choice(parameters: Parameters, name: str, choices: Sequence[str]) -> str:
    """Return a query parameter that is one of a few words, the first when it was left out."""
    text = str(parameters.get(name, choices[0]))
    if text not in choices:
        raise BadQuery(f"{name}: The value you selected is not a valid choice.", name)
    return text


def _product_violations(products: Sequence[Any]) -> Iterator[Violation]:
    if not products:
        yield Violation("products", "This collection should contain 1 element or more.")
    for place, product in enumerate(products):
        path = f"products[{place}]"
        yield from violations(product, PRODUCT, path)
        entitlements = product.get("entitlements") if isinstance(product, Mapping) else None
        if isinstance(entitlements, list | Mapping):
            for number, each in enumerate(items(entitlements)):
                yield from _entitlement_violations(each, f"{path}.entitlements[{number}]")


def _entitlement_violations(value: Any, path: str) -> Iterator[Violation]:
    yield from violations(value, ENTITLEMENT, path)
    for name, fields in (("limit", LIMIT), ("pricing", PRICING)):
        inner = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(inner, Mapping):
            yield from violations(inner, fields, f"{path}.{name}")


def _fits(value: Any, declared: Field) -> bool:
    if value is None:
        return declared.is_nullable
    if declared.kind == "map":
        return isinstance(value, Mapping)
    if declared.kind == "list or map":
        return isinstance(value, list | Mapping)
    if declared.kind == "int":
        # True is a whole number to Python, and none to the hub.
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
    return isinstance(value, _TYPES[declared.kind])


def _wrong_type(path: str, kind: str) -> Violation:
    return Violation(path, f"This value should be of type {kind}.")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)
