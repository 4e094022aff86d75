"""Snapshots of sandboxes, and the cloning jobs that make accounts from them (docs/portal.md section 2.2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from agencyfile.local_portal.accounts import ACTIVE, without_images
from agencyfile.local_portal.catalogue import plans_in
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, BadQuery, Refusal
from agencyfile.local_portal.lists import DISPLAY_NAME, display_name_of
from agencyfile.local_portal.request_context import Turn, permutation
from agencyfile.local_portal.shapes import parse_number
from agencyfile.local_portal.templates import packed_templates

IN_PROGRESS = "in_progress"
SUCCESS = "success"
JOB_STATUSES = ("failed", SUCCESS, "cancelled", IN_PROGRESS)
# The states of the creation before it is in progress take this share of the whole time (inferred).
_INITIALIZED_SHARE = 0.3


def create_snapshot(turn: Turn, account_id: int, name: str) -> int:
    """Begin a snapshot of a sandbox's contents as they are now (docs/portal.md rules 12 to 14 and 23)."""
    source = turn.rows.first("SELECT * FROM accounts WHERE id = ?", (account_id,))
    if source is None:
        raise Absent(f"Account {account_id} does not exist.", "account_id")
    if source["planid"] not in _sandbox_plans():
        raise Refusal("Only a sandbox account can be the source of a snapshot.", "account_id")
    if source["status"] != ACTIVE:
        raise Refusal(f"The sandbox is not active: its status is {source['status']}.", "account_id")
    duration = turn.settings.snapshot_time
    row = {
        "source_id": account_id,
        "name": name,
        "status": IN_PROGRESS,
        "created_at": turn.now,
        "begin_at": turn.now + duration * _INITIALIZED_SHARE,
        "due_at": turn.now + duration,
        "contents": without_images(source["contents"]),
        "templates": packed_templates(turn.rows, account_id),
        "made_by": turn.write,
    }
    return turn.rows.insert("snapshots", row)


def delete_snapshot(turn: Turn, snapshot_id: int) -> None:
    """Delete a snapshot for good; accounts created from it are unaffected (docs/portal.md rule 15)."""
    if find_snapshot(turn, snapshot_id) is None:
        raise Absent(f"Snapshot {snapshot_id} does not exist.")
    statement = "UPDATE snapshots SET deleted_by = ?, deleted_at = ?, due_at = NULL WHERE id = ?"
    turn.rows.run(statement, (turn.write, turn.now, snapshot_id))


def find_snapshot(turn: Turn, snapshot_id: int) -> Row | None:
    """Return a snapshot that was not deleted."""
    return turn.rows.first("SELECT * FROM snapshots WHERE id = ? AND deleted_by IS NULL", (snapshot_id,))


def snapshot_page(turn: Turn, *, name: str, cursor: str, limit: int) -> tuple[list[Row], str]:
    """Return a page of snapshots and the cursor of the next page, which is empty after the last one.

    The filter selects names that contain the text (inferred).
    """
    after = parse_cursor(cursor)
    before = turn.view.before
    shown = "deleted_by IS NULL" if before is None else f"made_by < {before} AND IFNULL(deleted_by >= {before}, 1)"
    values = {"name": name.lower(), "after": after, "limit": limit}
    query = "SELECT * FROM snapshots WHERE {} AND instr(lower(name), :name) AND {} ORDER BY {} LIMIT :limit"
    if turn.view.is_repeating and after:
        rows = turn.rows.all(query.format("id <= :after", shown, "id DESC"), values)
        return rows[::-1], cursor
    order = "id" if turn.view.shuffle is None else permutation(turn.view)
    # One row more than asked for tells whether there is a next page.
    rows = turn.rows.all(query.format("id > :after", shown, order), values | {"limit": limit + 1})
    return rows[:limit], make_cursor(rows[limit - 1]["id"]) if len(rows) > limit else ""


def make_cursor(last: int) -> str:
    """Return the cursor of the page after a snapshot."""
    return base64.urlsafe_b64encode(f"after:{last}".encode()).decode().rstrip("=")


def parse_cursor(cursor: str) -> int:
    """Return the id of the snapshot after which a page starts."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise _bad_cursor() from error
    number = parse_number(text.removeprefix("after:"))
    if number is None:
        raise _bad_cursor()
    return number


def _bad_cursor() -> BadQuery:
    return BadQuery("The cursor is not one that this portal gave out.", "next_cursor")


def creation_status(row: Row, now: float) -> str:
    """Return how far the creation of a snapshot is; it starts as ``initialized`` (docs/portal.md 1.8)."""
    if row["status"] == IN_PROGRESS and row["begin_at"] is not None and now < row["begin_at"]:
        return "initialized"
    return str(row["status"])


def source_rows(turn: Turn, search: str, *, is_descending: bool) -> list[Row]:
    """Return the accounts a snapshot can be taken of: active sandboxes, and nothing else (docs/portal.md rule 12)."""
    planids = ", ".join(map(str, _sandbox_plans()))
    name = DISPLAY_NAME if turn.settings.dialect.hub_account_name == "display-name" else "account"
    direction = "DESC" if is_descending else "ASC"
    query = f"""
        SELECT id, account, client_name, display_name, client_email, notification FROM accounts
        WHERE planid IN ({planids}) AND status = ? AND instr(lower({name}), ?)
        ORDER BY created_at {direction}, id {direction}
    """  # noqa: S608 - numbers and constants
    return turn.rows.all(query, (ACTIVE, search.lower()))


@dataclass(frozen=True, slots=True)
class Jobs:
    """One page of cloning jobs, and how many there are on all pages."""

    rows: Sequence[Row]
    total: int


def job_page(turn: Turn, statuses: Sequence[str], *, page: int, per_page: int) -> Jobs:
    """Return a page of cloning jobs, the latest first."""
    marks = ", ".join("?" * len(statuses))
    source = f"""
        FROM clonings AS job LEFT JOIN accounts AS target ON target.id = job.target_id
        LEFT JOIN accounts AS source ON source.id = job.source_id WHERE job.status IN ({marks})
    """
    query = f"""
        SELECT job.*, IFNULL(target.account, '') AS target_account, IFNULL(source.account, '') AS source_account,
            {display_name_of("target")} AS target_display, {display_name_of("source")} AS source_display
        {source}
        ORDER BY job.started_at DESC, job.id DESC LIMIT ? OFFSET ?
    """
    rows = turn.rows.all(query, [*statuses, per_page, (page - 1) * per_page])
    return Jobs(rows, turn.rows.number(f"SELECT COUNT(*) {source}", statuses))


def _sandbox_plans() -> tuple[int, ...]:
    return plans_in("sandbox") or ()
