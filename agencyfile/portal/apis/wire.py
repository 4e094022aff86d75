"""Answers of the portal, in the fields that are used; unknown fields are ignored (`docs/portal.md` 1.1)."""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.rows import Row, Verbatim

_MOST_DIGITS: Final = 15  # more is no count of contacts and no price, and costs time and memory
_TRUE: Final = frozenset({"1", "true", "yes"})
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_THE_API: Final = "check that the URL is that of the vendor's API"


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def number_of(value: Any) -> int:
    """Return a number, which PHP and JSON write differently; 0 if there is none."""
    amount = _amount(value)
    return int(amount) if amount is not None else 0


def _flag(value: Any) -> bool:
    return _text(value).lower() in _TRUE


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(_text(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() < _MOST_DIGITS else None


def _moment(value: Any) -> Any:
    """Return a time. One without a zone is taken as UTC, so that times can be compared."""
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Text = Annotated[str, BeforeValidator(_text)]
Maybe = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value).strip())]
Whole = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]
Number = Annotated[int, BeforeValidator(number_of)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Amount = Annotated[Decimal | None, BeforeValidator(_amount)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Name = Annotated[str, BeforeValidator(_text), Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Pagination:
    """The number of a page, and the number of pages."""

    page: int = 0
    total_pages: int = 0


# How a field of a row is read, by its type; a text without a default must be there.
_READ: Final[Mapping[Any, Any]] = {
    str: Text,
    str | None: Maybe,
    Verbatim: Whole,
    int: Number,
    bool: Flag,
    Decimal | None: Amount,
    datetime | None: Moment,
}


@cache
def _reader(row: type[Any]) -> TypeAdapter[list[Any]]:
    """Return the function that reads rows of a class, by pydantic's model of its fields."""
    hints = get_type_hints(row)
    known: dict[str, Any] = {
        each.name: (Name, ...) if each.default is MISSING else (_READ[hints[each.name]], each.default)
        for each in fields(row)
    }
    model: Any = create_model(row.__name__, __config__=ConfigDict(extra="ignore"), **known)
    return TypeAdapter(list[model])


def object_of(body: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object of an answer; None if it holds none. JSON is UTF-8 (RFC 8259).

    Half of a surrogate pair cannot be printed or stored, so U+FFFD replaces it.
    """
    try:
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return _mended(document) if _SURROGATE_ESCAPE.search(body) else document


def exact_object_of(body: bytes) -> Mapping[str, Any] | None:
    """Return the same for an answer that must be beyond doubt: no name is twice in an object, nothing is replaced."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def is_text(value: str) -> bool:
    """Return whether it is made of whole characters, which can be printed, stored and encrypted."""
    return not _LONE_SURROGATE.search(value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _mended(value: Any) -> Any:
    match value:
        case str():
            return _LONE_SURROGATE.sub("\ufffd", value)
        case dict():
            return {_mended(name): _mended(item) for name, item in value.items()}
        case list():
            return [_mended(item) for item in value]
        case _:
            return value


def field_of(document: Mapping[str, Any], field: str, *, name: str) -> object:
    """Return the field with the rows of a list. An answer without it is no empty list, but another answer.

    Raises:
        Unclear: the answer has no such field.
    """
    if field not in document:
        raise Unclear(f"{name}: the answer holds no `{field}`: it is the answer to something else", fix=_NOT_THE_API)
    return document[field]


def total_of(document: Mapping[str, Any]) -> int:
    """Return the number of rows that a list of an account's version 3 has, as text or a number; 0 if it tells none."""
    meta = document.get("meta")
    return number_of(meta.get("total")) if isinstance(meta, Mapping) else 0


def page_of(value: object) -> Pagination:
    """Return the place of a page in a hub's list (`docs/portal.md` 1.8).

    Raises:
        Unclear: the page does not give it.
    """
    (pagination,) = rows_of([value or {}], Pagination, name="pagination")
    return pagination


def rows_of(value: object, row: type[Row], *, name: str) -> tuple[Row, ...]:
    """Return the rows of a list, of a map (PHP writes either, `docs/portal.md` 1.1), or of nothing at all.

    Raises:
        Unclear: they are not such rows; the values themselves are not shown.
    """
    items = list(value.values()) if isinstance(value, Mapping) else value
    try:
        found = _reader(row).validate_python(items or [])  # type: ignore[arg-type] # a class is hashable
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False, include_context=False)[0]["loc"])
        raise Unclear(f"{name}: the answer has no usable {place or 'rows'}", fix=_NOT_THE_API) from None
    return tuple(row(**each.__dict__) for each in found)
