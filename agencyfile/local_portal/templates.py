"""The message templates of accounts (docs/portal.md section 3): added, edited, deleted, and copied with snapshots.

A change ends one row and makes the next, so that a list can be shown as it was before an earlier write. What no source
states and is decided here (inferred): ids count up in each account on their own and are never given again; two
templates of an account may have the same name; an edit leaves alone what it does not mention.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.request_context import Turn, permutation

ALL_LISTS = "all"
SPECIFIC_LISTS = "specific"
SCOPES = (ALL_LISTS, SPECIFIC_LISTS)

_KEPT = ("name", "html", "text", "scope", "lists", "tags", "designer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A template as it is sent.

    Attributes:
        name: Its internal name.
        html: Its HTML content.
        text: Its text content.
        scope: Which lists see it: ``all`` or ``specific``.
        lists: The ids of the lists, when they are specific.
        tags: Its tags.
        designer: Whether it was made in the designer, so that no API changes it (docs/portal.md section 3).
    """

    name: str
    html: str = ""
    text: str = ""
    scope: str = ALL_LISTS
    lists: Sequence[str] = ()
    tags: Sequence[str] = ()
    designer: bool = False


def add_template(turn: Turn, account_id: int, draft: Draft) -> int:
    """Add a template to an account and return its id there.

    Raises:
        Refusal: The draft is incomplete.
    """
    check_draft(draft)
    return _insert(turn.rows, account_id, _columns(draft), turn.now, turn.write)


def edit_template(turn: Turn, row: Row, draft: Draft) -> None:
    """Put a draft in the place of a template.

    Raises:
        Refusal: The draft is incomplete.
    """
    check_draft(draft)
    _end(turn, row)
    same = {name: row[name] for name in ("account_id", "id", "created_at")}
    turn.rows.insert("templates", same | _columns(draft) | {"updated_at": turn.now, "made_by": turn.write})


def delete_template(turn: Turn, row: Row) -> None:
    """Delete a template."""
    _end(turn, row)


def end_templates(turn: Turn, account_id: int) -> None:
    """Delete every template of an account that goes away."""
    statement = "UPDATE templates SET ended_by = ? WHERE account_id = ? AND ended_by IS NULL"
    turn.rows.run(statement, (turn.write, account_id))


def check_draft(draft: Draft) -> None:
    """Refuse a template without a name, or for some lists that it does not say."""
    if not draft.name:
        raise Refusal("The name parameter is required.", "name")
    if draft.scope not in SCOPES:
        raise Refusal(f"The template_scope parameter must be one of: {', '.join(SCOPES)}.", "template_scope")
    if draft.scope == SPECIFIC_LISTS and not draft.lists:
        raise Refusal("The p parameter is required when template_scope is specific.", "p")


def find_template(turn: Turn, account_id: int, template_id: int) -> Row:
    """Return a template of an account.

    Raises:
        Absent: The account has none with this id.
    """
    query = "SELECT * FROM templates WHERE account_id = ? AND id = ? AND ended_by IS NULL"
    row = turn.rows.first(query, (account_id, template_id))
    if row is None:
        raise Absent("Template does not exist.", "id")
    return row


def template_rows(turn: Turn, account_id: int, ids: Sequence[int] | None) -> list[Row]:
    """Return the templates of an account with some ids, or all of them; a fault may show them as they were."""
    before = turn.view.before
    shown = "ended_by IS NULL" if before is None else f"made_by < {before} AND IFNULL(ended_by >= {before}, 1)"
    order = "id" if turn.view.shuffle is None else permutation(turn.view)
    query = f"SELECT * FROM templates WHERE account_id = ? AND {shown} ORDER BY {order}"  # noqa: S608 - our own terms
    rows = turn.rows.all(query, (account_id,))
    return [row for row in rows if ids is None or row["id"] in ids]


def draft_of(row: Row) -> Draft:
    """Return a template as it could be sent again."""
    return Draft(
        name=row["name"],
        html=row["html"],
        text=row["text"],
        scope=row["scope"],
        lists=json.loads(row["lists"]),
        tags=json.loads(row["tags"]),
        designer=bool(row["designer"]),
    )


def packed_templates(rows: Database, account_id: int) -> str:
    """Return the templates of a sandbox as its snapshot keeps them (docs/portal.md rule 21).

    What the HTML says is kept as it is; the images that it shows stay behind in the sandbox (rule 18).
    """
    query = "SELECT * FROM templates WHERE account_id = ? AND ended_by IS NULL ORDER BY id"
    return json.dumps([{name: row[name] for name in _KEPT} for row in rows.all(query, (account_id,))])


def unpack_templates(rows: Database, account_id: int, packed: str, now: float) -> None:
    """Put the templates of a snapshot into an account."""
    for columns in json.loads(packed):
        _insert(rows, account_id, columns, now, 0)


def _insert(rows: Database, account_id: int, columns: Mapping[str, Any], now: float, write: int) -> int:
    number = rows.number("SELECT MAX(id) FROM templates WHERE account_id = ?", (account_id,)) + 1
    fixed = {"account_id": account_id, "id": number, "created_at": now, "updated_at": now, "made_by": write}
    rows.insert("templates", {**fixed, **columns})
    return number


def _columns(draft: Draft) -> dict[str, Any]:
    return asdict(draft) | {"lists": json.dumps(list(draft.lists)), "tags": json.dumps(list(draft.tags))}


def _end(turn: Turn, row: Row) -> None:
    turn.rows.run("UPDATE templates SET ended_by = ? WHERE serial = ?", (turn.write, row["serial"]))
