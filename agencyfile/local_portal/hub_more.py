"""The Partners Hub's operations beyond accounts and snapshots, in the reading in which they are served (R22).

The hub's document has 22 of them: AI customisation, CRM synchronisation and reporting, files, insights. An agency has
nothing there until it makes something, and nothing is made here: lists are empty, single objects do not exist, and
writes are refused. Those that want a JWT refuse every key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.errors import Absent, Refusal

_PAGES = {"total": 0, "page": 1, "limit": 20, "total_pages": 0}
_DAYS = {"start_date": "2024-01-01", "end_date": "2024-01-31", "timezone": "UTC"}
_NO_DEALS = {"count": 0, "revenue_cents": 0}
_SUMMARY = {
    "average_deal_revenue_cents": 0,
    "deals_open": _NO_DEALS,
    "deals_won": _NO_DEALS,
    "deals_lost": _NO_DEALS,
    "conversion_rate_percent": 0,
}


@dataclass(frozen=True, slots=True)
class _Path:
    """A path of the hub's document, its methods, its answer to GET where there is one, and whether it takes a key."""

    pattern: str
    methods: tuple[str, ...]
    empty: Mapping[str, Any] | None = None
    takes_key: bool = True


_AI = "/api/ai-customizations/v1/profiles"
_ID = "[^/]+"
_PATHS = (
    _Path(_AI, ("GET", "POST"), {"profiles": []}),
    _Path(f"{_AI}/child-accounts/{_ID}", ("GET",), takes_key=False),
    _Path(f"{_AI}/{_ID}", ("GET", "DELETE", "PATCH")),
    _Path(f"{_AI}/{_ID}/documents", ("GET", "POST")),
    _Path(f"{_AI}/{_ID}/documents/{_ID}", ("GET", "DELETE", "PATCH")),
    _Path(f"{_AI}/{_ID}/documents/{_ID}/download", ("GET",)),
    _Path(f"{_AI}/{_ID}/instructions", ("GET", "POST")),
    _Path(f"{_AI}/{_ID}/instructions/{_ID}", ("GET", "DELETE", "PATCH")),
    _Path(f"{_AI}/{_ID}/accounts", ("PATCH",)),
    _Path(
        "/api/crm-reporting/v1/pipelines",
        ("GET",),
        {"range": _DAYS, "currency": "USD", "pipelines": [], "pagination": _PAGES},
    ),
    _Path(
        "/api/crm-reporting/v1/pipelines/summary", ("GET",), {"range": _DAYS, "currency": "USD", "summary": _SUMMARY}
    ),
    _Path("/api/crm-sync/v1/pipelines", ("GET",), {"pipelines": [], "pagination": _PAGES}),
    _Path(f"/api/crm-sync/v1/pipelines/{_ID}/sync", ("GET", "PUT")),
    _Path("/api/crm-sync/v1/settings", ("GET", "PUT"), takes_key=False),
    _Path("/api/files/v1/quota", ("GET",), takes_key=False),
    _Path("/api/insight-cards/v1/insights", ("GET",), takes_key=False),
    _Path(f"/api/insight-cards/v1/insights/{_ID}", ("PATCH",), takes_key=False),
)


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods that one of these paths takes; none for another path."""
    found = _find(path)
    return found.methods if found else ()


def wants_jwt(path: str) -> bool:
    """Say whether a path refuses every key."""
    found = _find(path)
    return found is not None and not found.takes_key


def answer(method: str, path: str) -> Mapping[str, Any]:
    """Return the document of a list without rows.

    Raises:
        Absent: It would be a single object, or there is no such path.
        Refusal: It is a write.
    """
    found = _find(path)
    if found is None:
        raise Absent("Not Found")
    if method != "GET":
        raise Refusal("This local portal does not carry that out.")
    if found.empty is None:
        raise Absent("Not Found")
    return found.empty


def _find(path: str) -> _Path | None:
    return next((each for each in _PATHS if re.fullmatch(each.pattern, path)), None)
