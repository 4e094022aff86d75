"""The actions of the Partners Hub API (docs/portal.md 1.8): parameters in, status and body out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal import accounts, catalogue, snapshots
from agencyfile.local_portal.clock import iso_time
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, BadQuery, Invalid, Refusal, Violation
from agencyfile.local_portal.hub_shapes import LARGEST_ID, check_account, check_snapshot, choice, flag, items, whole
from agencyfile.local_portal.lists import Window, account_rows, count_accounts
from agencyfile.local_portal.orders import Order, order_problems
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label, parse_number

RESELLER_ID = 1001

Parameters = Mapping[str, Any]
Body = dict[str, Any] | None

_SORT_COLUMNS = {"updated_at": "updated_at", "account_name": "account", "created_at": "created_at"}
# The hub's names of what the agency API calls otherwise.
_FIELDS = {"account": "account_name", "snapshot": "snapshot_id"}


@dataclass(frozen=True, slots=True)
class Action:
    """The function of a request, whether it changes something, and the status of its success."""

    perform: Callable[[Turn, Parameters], Body]
    is_write: bool
    status: int = 200


def child_account_list(turn: Turn, parameters: Parameters) -> Body:
    """Return a page of accounts: ids, names and times, and nothing else."""
    page = whole(parameters, "page", default=1, high=None)
    limit = whole(parameters, "limit", default=20, high=1000)
    window = Window(
        search="" if _is_displayed(turn) else str(parameters.get("search", "")),
        display=str(parameters.get("search", "")) if _is_displayed(turn) else "",
        account_id=whole(parameters, "id", default=0, high=LARGEST_ID) or None,
        is_archived=flag(parameters, "is_archived"),
        order=_order(parameters),
        offset=(page - 1) * limit,
        limit=limit,
    )
    rows: Sequence[Body] = [_account_item(turn, row) for row in account_rows(turn, window)]
    total = count_accounts(turn, window)
    pages = {"total": total, "page": page, "limit": limit, "total_pages": -(-total // limit)}
    mapped = {str(place): row for place, row in enumerate(rows)}
    return {"hosted_accounts": mapped if turn.view.is_mapped else rows, "pagination": pages}


def child_account_create(turn: Turn, parameters: Parameters) -> Body:
    """Create an account; the answer has no body, so that the password of such an account is never shown."""
    check_account(parameters)
    order = _order_of(turn, parameters)
    found = [_as_violation(problem) for problem in order_problems(turn, order)]
    if found:
        raise Invalid(found)
    accounts.create_account(turn, order)
    return None


def snapshot_source_list(turn: Turn, parameters: Parameters) -> Body:
    """Return the accounts that a snapshot can be taken of."""
    direction = choice(parameters, "sort_direction", ("asc", "desc"))
    rows = snapshots.source_rows(turn, str(parameters.get("search", "")), is_descending=direction == "desc")
    return {"accounts": [_source_item(turn, row) for row in rows]}


def snapshot_list(turn: Turn, parameters: Parameters) -> Body:
    """Return a page of snapshots; null and not an empty list when there are none (docs/portal.md 1.8)."""
    limit = whole(parameters, "limit", default=25, high=100)
    cursor = str(parameters.get("next_cursor", ""))
    rows, following = snapshots.snapshot_page(turn, name=str(parameters.get("name", "")), cursor=cursor, limit=limit)
    return {"snapshots": [_snapshot_item(row, turn.now) for row in rows] or None, "next_cursor": following}


def snapshot_create(turn: Turn, parameters: Parameters) -> Body:
    """Begin a snapshot; the answer has no body, so that its id is found by listing (docs/portal.md 1.8)."""
    check_snapshot(parameters)
    snapshots.create_snapshot(turn, parameters["account_id"], parameters["name"])
    return None


def snapshot_delete(turn: Turn, parameters: Parameters) -> Body:
    """Delete a snapshot."""
    text = str(parameters.get("snapshotId", ""))
    number = parse_number(text)
    if number is None or text.startswith("0"):
        raise Absent("Not Found")
    snapshots.delete_snapshot(turn, number)
    return None


def clone_status_list(turn: Turn, parameters: Parameters) -> Body:
    """Return a page of cloning jobs; the status filter is a comma separated list (docs/portal.md 1.8)."""
    page = whole(parameters, "page", default=1, high=1_000_000_000)
    per_page = whole(parameters, "per_page", default=20, high=1000)
    wanted = [each.strip() for each in str(parameters.get("status", "")).split(",") if each.strip()]
    if unknown := set(wanted) - set(snapshots.JOB_STATUSES):
        raise BadQuery(f"status: {', '.join(sorted(unknown))} is not a status.", "status")
    jobs = snapshots.job_page(turn, wanted or snapshots.JOB_STATUSES, page=page, per_page=per_page)
    pages = {"total": jobs.total, "page": page, "per_page": per_page, "total_pages": -(-jobs.total // per_page)}
    return {"items": [_job_item(turn, row) for row in jobs.rows], "pagination": pages}


ACTIONS: Mapping[str, Action] = {
    "child_account_list": Action(child_account_list, is_write=False),
    "child_account_create": Action(child_account_create, is_write=True),
    "snapshot_source_list": Action(snapshot_source_list, is_write=False),
    "snapshot_list": Action(snapshot_list, is_write=False),
    "snapshot_create": Action(snapshot_create, is_write=True, status=201),
    "snapshot_delete": Action(snapshot_delete, is_write=True),
    "clone_status_list": Action(clone_status_list, is_write=False),
}


def _order(parameters: Parameters) -> str:
    column = _SORT_COLUMNS[choice(parameters, "sort_by", tuple(_SORT_COLUMNS))]
    direction = choice(parameters, "sort_direction", ("desc", "asc"))
    return f"{column} {direction}, id {direction}"


def _order_of(turn: Turn, body: Parameters) -> Order:
    old_snapshot = str(body.get("snapshot") or "")
    snapshot_id = body.get("snapshot_id")
    if snapshot_id is None:
        snapshot_id = parse_number(old_snapshot)
    return Order(
        account=_label_of(turn, body["account_name"]),
        display_name=body["account_name"],
        plan=_plan(body),
        cname=(body.get("cname") or "").lower(),
        client_name=body["name"],
        client_email=body["email"],
        notification=body["notification"],
        language=body.get("language") or "english",
        timezone=body.get("timezone") or "America/Chicago",
        country=body["country"],
        currency=body.get("currency") or "",
        snapshot_id=snapshot_id,
    )


def _label_of(turn: Turn, name: str) -> str:
    """Return the label of an account that is ordered by a name; one that a person would write is cut down to it."""
    return re.sub("[^a-z0-9_-]", "", account_label(name)) if _is_displayed(turn) else account_label(name)


def _plan(body: Parameters) -> catalogue.Plan:
    product = next((each for each in body["products"] if not each.get("addon")), body["products"][0])
    if product["code"] != "ac":
        raise Invalid([Violation("products[0].code", "The product does not exist.")])
    term = body["billing_interval"]
    plan = catalogue.plan_for(product["tier"], term, _contacts(product))
    if plan is None:
        raise Invalid([Violation("products[0]", f"No plan of this tier and size is sold for {term} months.")])
    return plan


def _contacts(product: Parameters) -> int | None:
    """Return the contact limit that a product asks for.

    Which entitlement carries it is not published; here it is the one with the code ``contacts``, else the first with a
    limit, and the limit is what is included and what is bought on top (inferred).
    """
    limited = [each for each in items(product["entitlements"]) if each.get("limit")]
    chosen = next((each for each in limited if each.get("code") == "contacts"), limited[0] if limited else None)
    if chosen is None:
        return None
    return int(chosen["limit"].get("included_units", 0) + chosen["limit"].get("purchased_units", 0))


def _as_violation(problem: Refusal) -> Violation:
    return Violation(_FIELDS.get(problem.subject, problem.subject), problem.message)


def _is_displayed(turn: Turn) -> bool:
    """Say whether the hub shows, and searches, what a person calls an account instead of its label (R2)."""
    return turn.settings.dialect.hub_account_name == "display-name"


def _shown_name(turn: Turn, label: str, display_name: str) -> str:
    """Return the name of an account as the hub shows it."""
    return display_name if _is_displayed(turn) else label


def _display_name(row: Row) -> str:
    return str(row["display_name"] or row["client_name"] or row["account"])


def _account_item(turn: Turn, row: Row) -> Body:
    return {
        "id": row["id"],
        "reseller_id": RESELLER_ID,
        "account_name": _shown_name(turn, row["account"], _display_name(row)),
        "created_at": iso_time(row["created_at"]),
        "updated_at": iso_time(row["updated_at"]),
    }


def _source_item(turn: Turn, row: Row) -> Body:
    email = row["client_email"] or row["notification"] or f"admin@{row['account']}.activehosted.com"
    return {"id": row["id"], "account_name": _shown_name(turn, row["account"], _display_name(row)), "email": email}


def _snapshot_item(row: Row, now: float) -> Body:
    return {
        "id": row["id"],
        "source_account_id": row["source_id"],
        "status": row["status"],
        "creation_status": snapshots.creation_status(row, now),
        "name": row["name"],
        "created_at": iso_time(row["created_at"]),
        "completed_at": iso_time(row["completed_at"]),
    }


def _job_item(turn: Turn, row: Row) -> Body:
    return {
        "id": row["id"],
        "workflow_id": f"clone-account-{row['target_id']}",
        "reseller_id": RESELLER_ID,
        "target_account": _shown_name(turn, row["target_account"], row["target_display"]),
        "source_account": _shown_name(turn, row["source_account"], row["source_display"]),
        "target_account_id": row["target_id"],
        "source_account_id": row["source_id"],
        "started_at": iso_time(row["started_at"]),
        "updated_at": iso_time(row["updated_at"]),
        "status": row["status"],
        "error_message": row["error_message"],
        "snapshot_id": row["snapshot_id"],
    }
