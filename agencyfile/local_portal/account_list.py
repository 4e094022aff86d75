"""``account_list`` in its readings (docs/portal.md 1.3 and section 8: R1, R3, R4, R9, R10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agencyfile.local_portal import accounts, catalogue
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.lists import Window, account_rows, count_accounts
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import HOST_SUFFIX, parse_digits

Parameters = Mapping[str, Any]
Fields = dict[str, Any]

_LAST_PAGE = 10**9
_COUNT = 20  # rows on a page where none are asked for, in the reading with ``count``
_INACTIVE = (accounts.DISABLED, accounts.CANCELLED)


def account_page(turn: Turn, parameters: Parameters) -> Fields:
    """Return one page of accounts; a page after the last one is empty.

    In one reading the portal chooses the size and tells no total. In the other, ``count`` is the size, pages count from
    1, and ``total`` tells the rows on all pages.
    """
    is_counted = turn.settings.dialect.list_pages == "count"
    size = _count(parameters) if is_counted else turn.settings.page_size
    first = 1 if is_counted else turn.settings.first_page
    window = Window(
        search=_text(parameters, "search"),
        plans=_plans(parameters),
        offset=max(0, _page(parameters) - first) * size,
        limit=size,
    )
    items: Sequence[Fields] = [_item(turn, row) for row in account_rows(turn, window)]
    listed = {str(place): item for place, item in enumerate(items)} if turn.view.is_mapped else items
    return {"accounts": listed} | ({"total": count_accounts(turn, window)} if is_counted else {})


def shown_name(turn: Turn, label: str) -> str:
    """Return the name of an account as the agency API answers it."""
    return label + HOST_SUFFIX if turn.settings.dialect.account_form == "host" else label


def _item(turn: Turn, row: Row) -> Fields:
    plan = catalogue.find_plan(row["planid"])
    is_expired, is_cancelled = accounts.is_expired(row, turn.now), row["status"] == accounts.CANCELLED
    is_text = turn.settings.dialect.list_types == "text"
    item = {
        "account": shown_name(turn, row["account"]),
        "cname": row["cname"],
        "planid": str(row["planid"]),
        "client_name": row["client_name"],
        "notification": row["notification"],
        "subscribers": row["subscribers"],
        "emails_sent": row["emails_sent"],
        "expire": row["expire"],
        "expired": int(is_expired) if is_text else is_expired,
        "reseller_status": _status(turn, row),
        "cancelled": str(is_cancelled).lower() if is_text else is_cancelled,
        "foreverfree": bool(row["forever_free"]) or (plan is not None and plan.is_sandbox),
    }
    return item | ({"client_email": row["client_email"]} if turn.settings.dialect.client_email == "listed" else {})


def _status(turn: Turn, row: Row) -> str:
    """Return the state in a word, or as a number: 0 is active, also while it is created, and 1 is inactive."""
    if turn.settings.dialect.status_words == "words":
        return str(row["status"])
    return "1" if row["status"] in _INACTIVE else "0"


def _plans(parameters: Parameters) -> Sequence[int] | None:
    group = _text(parameters, "planfilter")
    planids = catalogue.plans_in(group) if group else None
    if group and planids is None:
        raise Refusal(f"The planfilter '{group}' is not supported.", "planfilter")
    return planids


def _page(parameters: Parameters) -> int:
    return min(parse_digits(_text(parameters, "page")) or 0, _LAST_PAGE)


def _count(parameters: Parameters) -> int:
    return min(parse_digits(_text(parameters, "count")) or _COUNT, _LAST_PAGE)


def _text(parameters: Parameters, name: str) -> str:
    return str(parameters.get(name, "")).strip()
