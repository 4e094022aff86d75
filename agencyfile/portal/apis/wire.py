"""What the portal answers, in the fields that are used; unknown fields are ignored (`portal.md` 1.1)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from agencyfile.portal.http.faults import Unclear

Row = TypeVar("Row", bound=BaseModel)

_MOST_DIGITS: Final = 15  # more is no count of contacts and no price, and costs time and memory
_LONGEST_WORDS: Final = 500
_TRUE: Final = frozenset({"1", "true", "yes"})
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_THE_API: Final = "check that the URL is that of the vendor's API"


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Any) -> int:
    """PHP and JSON disagree on what a number is; no number at all is none."""
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
    """A time without a zone is taken as UTC, so that moments can be compared."""
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]
Number = Annotated[int, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Amount = Annotated[Decimal | None, BeforeValidator(_amount)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Name = Annotated[str, BeforeValidator(_text), Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class AccountRow(_Row):
    """One item of `account_list` (`portal.md` 1.3)."""

    account: Name
    cname: Text = ""
    planid: Text = ""
    client_name: Text = ""
    notification: Text = ""
    subscribers: Number = 0
    emails_sent: Number = 0
    expire: Text = ""
    expired: Flag = False
    reseller_status: Text = ""
    cancelled: Flag = False


class PlanRow(_Row):
    """One item of `account_plans` (`portal.md` 1.4); `tier_word` is what the field of the settings holds."""

    id: Name
    tier_word: Text = ""
    term: Text = ""
    price: Amount = None
    currency: Text = ""
    limit_sub: Number = 0


class SnapshotRow(_Row):
    """One item of the hub's snapshot list (`portal.md` 1.8)."""

    id: Name
    source_account_id: Text = ""
    status: Text = ""
    name: Text = ""
    created_at: Moment = None
    completed_at: Moment = None


class SourceRow(_Row):
    """One account that a snapshot can be taken of (`portal.md` 1.8)."""

    id: Name
    account_name: Name


class ChildAccountRow(_Row):
    """One account of the hub's list: a name and its times, and nothing of its state (`portal.md` 1.8)."""

    id: Name
    account_name: Text = ""
    created_at: Moment = None
    updated_at: Moment = None


class CloningRow(_Row):
    """One job that fills an account from a snapshot (`portal.md` 1.8)."""

    id: Name
    target_account: Text = ""
    status: Text = ""


class TemplateRow(_Row):
    """One template of an account (`portal.md` section 3)."""

    id: Name
    name: Text = ""
    content: Whole = ""
    isdesigner: Flag = False


class BrandingRow(_Row):
    """The branding of an account (`portal.md` section 3): what it holds is not read."""

    id: Name
    groupid: Text = ""


class Pagination(_Row):
    """Where a page of a hub's list stands (`portal.md` 1.8)."""

    page: Number = 0
    total_pages: Number = 0


def object_of(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object that an answer holds, None where it holds none; JSON is UTF-8 (RFC 8259).

    Half of a surrogate pair is no character: nothing could print or keep it, so that U+FFFD stands in its place.
    """
    try:
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return _mended(document) if _SURROGATE_ESCAPE.search(body) else document


def exact_object_of(body: bytes) -> Mapping[str, Any] | None:
    """The same for an answer that must be beyond doubt: no name stands twice in an object, and nothing is mended."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def is_text(value: str) -> bool:
    """Is it made of whole characters, which can be printed, kept and encrypted?"""
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


def words_of(value: object) -> str:
    """The portal's words as one line that is safe to show: no line breaks, no control characters, not without end."""
    line = " ".join(str(value).split())
    return "".join(character for character in line if character.isprintable())[:_LONGEST_WORDS]


def field_of(document: Mapping[str, Any], field: str, *, name: str) -> object:
    """What the answer of a list holds its rows in. A list that lacks it is not an empty one: it is another answer.

    Raises:
        Unclear: the answer has no such field.
    """
    if field not in document:
        raise Unclear(f"{name}: the answer holds no `{field}`: it is the answer to something else", fix=_NOT_THE_API)
    return document[field]


def rows_of(value: object, model: type[Row], *, name: str) -> tuple[Row, ...]:
    """The rows of a list, a map of rows (PHP writes either, `portal.md` 1.1), or nothing at all.

    Raises:
        Unclear: they are not such rows; the values themselves are not shown.
    """
    items = list(value.values()) if isinstance(value, Mapping) else value
    try:
        return tuple(_list_of(model).validate_python(items or []))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False, include_context=False)[0]["loc"])
        raise Unclear(f"{name}: the answer has no usable {place or 'rows'}", fix=_NOT_THE_API) from None


@cache
def _list_of(model: type[Row]) -> TypeAdapter[list[Row]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]
