"""Pages of accounts, as both APIs show them, also as of an earlier write or in a distorted order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.clock import day_of
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.request_context import Turn, permutation
from agencyfile.local_portal.shapes import LARGEST

_COLUMNS = (
    "id, account, cname, planid, client_name, client_email, notification, status, subscribers, emails_sent, expire, "
    "created_at, updated_at, forever_free, display_name"
)
# The name that the hub displays in one reading: what the hub was given, or else the client (docs/portal.md R2).
DISPLAY_NAME = "COALESCE(NULLIF(display_name, ''), NULLIF(client_name, ''), account)"
# Of several earlier forms of one row the first one kept is the one that was seen before the write.
_EARLIER = f"""(
    SELECT {_COLUMNS} FROM accounts
    WHERE made_by < :before AND id NOT IN (SELECT id FROM accounts_past WHERE write >= :before)
    UNION ALL
    SELECT {_COLUMNS} FROM accounts_past WHERE made_by < :before AND rowid IN
        (SELECT MIN(rowid) FROM accounts_past WHERE write >= :before GROUP BY id)
)"""  # noqa: S608 - the columns are constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which rows of a list are wanted.

    Attributes:
        search: Text that the account, its client or its domain contains.
        display: Text that the name which the hub displays contains; this name may be no label.
        plans: Ids of the plans that are wanted; all when None.
        account_id: The only account that is wanted.
        is_archived: Whether archived accounts are wanted, or the others; both when None.
        order: ORDER BY term, one of our constants.
        offset: Rows to pass over.
        limit: Rows on the page.
    """

    search: str = ""
    display: str = ""
    plans: Sequence[int] | None = None
    account_id: int | None = None
    is_archived: bool | None = None
    order: str = "id"
    offset: int = 0
    limit: int = 100


def display_name_of(table: str) -> str:
    """Return the term for the name that the hub displays of an account in a table, empty where there is none."""
    shown, client, account = (f"NULLIF({table}.{column}, '')" for column in ("display_name", "client_name", "account"))
    return f"COALESCE({shown}, {client}, {account}, '')"


def account_rows(turn: Turn, window: Window) -> list[Row]:
    """Return one page of accounts."""
    source, values = _source(turn)
    terms, more = _conditions(turn, window)
    order = window.order if turn.view.shuffle is None else permutation(turn.view)
    offset = max(0, window.offset - window.limit) if turn.view.is_repeating else window.offset
    query = f"SELECT {_COLUMNS} FROM {source} WHERE {terms} ORDER BY {order} LIMIT :limit OFFSET :offset"  # noqa: S608
    return turn.rows.all(query, values | more | {"limit": window.limit, "offset": min(offset, LARGEST)})


def count_accounts(turn: Turn, window: Window) -> int:
    """Return how many accounts all pages together hold."""
    source, values = _source(turn)
    terms, more = _conditions(turn, window)
    return turn.rows.number(f"SELECT COUNT(*) FROM {source} WHERE {terms}", values | more)  # noqa: S608


def _source(turn: Turn) -> tuple[str, dict[str, Any]]:
    if turn.view.before is None:
        return "accounts", {}
    return _EARLIER, {"before": turn.view.before}


def _conditions(turn: Turn, window: Window) -> tuple[str, dict[str, Any]]:
    terms, values = ["1"], dict[str, Any]()
    if window.search:
        terms.append(
            "(instr(lower(account), lower(:search)) OR instr(lower(client_name), lower(:search))"
            " OR instr(lower(cname), lower(:search)))"
        )
        values["search"] = window.search
    if window.display:
        terms.append(f"instr(lower({DISPLAY_NAME}), lower(:display))")
        values["display"] = window.display
    if window.plans is not None:
        terms.append(f"planid IN ({', '.join(str(int(each)) for each in window.plans)})")
    if window.account_id is not None:
        terms.append("id = :account_id")
        values["account_id"] = window.account_id
    if window.is_archived is not None:
        # Cancelled and expired accounts are archived (docs/portal.md rule 38).
        archived = "(status = 'cancelled' OR (expire != '' AND expire < :today))"
        terms.append(archived if window.is_archived else f"NOT {archived}")
        values["today"] = day_of(turn.now)
    return " AND ".join(terms), values
