"""The accounts of the Resold tab: searched, filtered, sorted and cut into pages (docs/portal.md rule 45)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from agencyfile.local_portal.accounts import ACTIVE, is_expired
from agencyfile.local_portal.catalogue import SANDBOX, TRIAL, plans, plans_in
from agencyfile.local_portal.clock import day_of
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import parse_number

SIZE = 20
_LAST = 10**9

_EXPIRED = "(expire != '' AND expire < :today)"
STATES = MappingProxyType(
    {
        "active": ("Active", f"status IN ('active', 'creating') AND NOT {_EXPIRED}"),
        "expired": ("Expired only", f"status != 'cancelled' AND {_EXPIRED}"),
        "disabled": ("Disabled", f"status = 'disabled' AND NOT {_EXPIRED}"),
        "cancelled": ("Cancelled", "status = 'cancelled'"),
        "archived": ("Archived", f"(status = 'cancelled' OR {_EXPIRED})"),
        "all": ("All statuses", "1"),
    }
)
GROUPS = MappingProxyType(
    {
        "": "All plans",
        "trial": "Trials",
        "monthly": "Monthly",
        "annual": "Annual",
        "sandbox": "Sandbox",
        "starter": "Starter",
        "plus": "Plus",
        "pro": "Pro (Professional)",
        "enterprise": "Enterprise",
    }
)
ORDERS = MappingProxyType(
    {
        "newest": ("Newest first", "created_at DESC, id DESC"),
        "oldest": ("Oldest first", "created_at, id"),
        "name": ("Account name", "account"),
        "size": ("Plan size", "{size} DESC, account"),
        "expiry": ("Expiry date", "expire = '', expire, account"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The part of the list that a person wants to see."""

    search: str
    state: str
    group: str
    order: str
    page: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of accounts, and how many there are on all pages."""

    rows: list[Row]
    total: int


def find_accounts(turn: Turn, choice: Choice) -> Found:
    """Return one page of the accounts that a person chose."""
    terms, values = [STATES[choice.state][1]], {"today": day_of(turn.now), "search": choice.search.lower()}
    if choice.search:
        fields = ("account", "client_name", "client_email", "cname")
        terms.append(f"({' OR '.join(f'instr(lower({field}), :search)' for field in fields)})")
    if choice.group:
        terms.append(f"planid IN ({', '.join(map(str, plans_in(choice.group) or ()))})")
    where, order = " AND ".join(terms), ORDERS[choice.order][1].format(size=_size_term())
    query = f"SELECT * FROM accounts WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"  # noqa: S608 - our terms
    total = turn.rows.number(f"SELECT COUNT(*) FROM accounts WHERE {where}", values)  # noqa: S608 - our terms
    rows = turn.rows.all(query, {**values, "limit": SIZE, "offset": (choice.page - 1) * SIZE})
    return Found(rows, total)


def read_choice(query: Mapping[str, str]) -> Choice:
    """Return what the fields of a query ask for; what makes no sense is as if it were not there."""
    page = parse_number(query.get("page", "")) or 1
    return Choice(
        search=" ".join(query.get("search", "").split()),
        state=_known(query, "state", STATES, "active"),
        group=_known(query, "group", GROUPS, ""),
        order=_known(query, "order", ORDERS, "newest"),
        page=max(1, min(page, _LAST)),
    )


def count_paying(rows: Database) -> int:
    """Return the number of paying accounts: disabled ones are billed as well (docs/portal.md rule 47)."""
    paid = ", ".join(str(plan.planid) for plan in plans().values() if plan.tier not in (TRIAL, SANDBOX))
    return rows.number(f"SELECT COUNT(*) FROM accounts WHERE status != 'cancelled' AND planid IN ({paid})")  # noqa: S608


def state_of(row: Row, now: float) -> str:
    """Return the state of an account as the portal's pages name it."""
    return "expired" if row["status"] == ACTIVE and is_expired(row, now) else str(row["status"])


def _known(query: Mapping[str, str], name: str, words: Mapping[str, object], default: str) -> str:
    value = query.get(name, default)
    return value if value in words else default


@cache
def _size_term() -> str:
    cases = " ".join(f"WHEN {plan.planid} THEN {plan.contacts}" for plan in plans().values())
    return f"CASE planid {cases} ELSE 0 END"
