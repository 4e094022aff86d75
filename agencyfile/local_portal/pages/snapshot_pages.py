"""Account Snapshots: taken, listed with their ids, used for new accounts, deleted (docs/portal.md 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from agencyfile.local_portal.accounts import find_account
from agencyfile.local_portal.clock import AUGUST_2021
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, button_link, facts, form, hidden, link, section, table
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.paging import page_links, read_page
from agencyfile.local_portal.pages.resold import moment, state
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, require, url
from agencyfile.local_portal.shapes import parse_number
from agencyfile.local_portal.snapshots import (
    create_snapshot,
    creation_status,
    delete_snapshot,
    find_snapshot,
    source_rows,
)

_SIZE = 20
_SOURCES = 500
_LONGEST_NAME = 255
_HEADS = ("Name", "Id", "Taken of", "Taken", "State", "")


def snapshots(visit: Visit) -> Page:
    """Return the snapshots, and the box in which one is taken."""
    page = read_page(visit)
    query = """
        SELECT snapshots.*, IFNULL(accounts.account, '') AS source FROM snapshots
        LEFT JOIN accounts ON accounts.id = source_id WHERE deleted_by IS NULL
        ORDER BY snapshots.id DESC LIMIT ? OFFSET ?
    """
    rows = visit.turn.rows.all(query, (_SIZE, (page - 1) * _SIZE))
    total = visit.turn.rows.number("SELECT COUNT(*) FROM snapshots WHERE deleted_by IS NULL")
    lines = (_line(row, visit.turn.now) for row in rows)
    mine = table("My snapshots", _HEADS, lines, empty="No snapshot yet.")
    content = (
        section("Create an Account Snapshot", _create(visit)),
        section("My snapshots", mine, page_links(url("snapshots"), page, total, _SIZE)),
    )
    return Page(title="Account Snapshots", content=content)


def create(visit: Visit) -> Page | Moved:
    """Ask whether a snapshot is to be taken; once that is confirmed, take it."""
    require(visit, source="the sandbox: choose it from the list", snapshot_name="a name for the snapshot")
    name = visit.text("snapshot_name")
    if len(name) > _LONGEST_NAME:
        raise Problems({"snapshot_name": f"Use {_LONGEST_NAME} characters or fewer."})
    row = find_account(visit.turn, visit.text("source"))
    if visit.sent.get("form") != "confirm":
        return _question(visit, row["account"], name)
    with by_hand(visit.turn, "create_snapshot", row["account"], name=name) as turn:
        create_snapshot(turn, row["id"], name)
    visit.session.say(f"The snapshot {name} is being created. That can take a few moments.")
    return Moved(url("snapshots"))


def deletion(visit: Visit) -> Page:
    """Return the page that asks before a snapshot is deleted."""
    row = _snapshot(visit)
    inside = actions(button("Delete this snapshot", kind="danger"), link("Keep it", url("snapshots")))
    return Page(
        title=f"Delete the snapshot {row['name']}?",
        lead="A deleted snapshot cannot be restored. Accounts that were created from it stay as they are.",
        content=(form(visit, "delete").render(inside),),
    )


def delete(visit: Visit) -> Moved:
    """Delete a snapshot for good."""
    row = _snapshot(visit)
    with by_hand(visit.turn, "delete_snapshot", None, snapshot=row["id"], name=row["name"]) as turn:
        delete_snapshot(turn, row["id"])
    visit.session.say(f"The snapshot {row['name']} is deleted.")
    return Moved(url("snapshots"))


def _create(visit: Visit) -> Markup:
    sources = source_rows(visit.turn, "", is_descending=True)[:_SOURCES]
    if not sources:
        words = "A snapshot is taken of a sandbox, and you have none that is active."
        return element("div", element("p", words), button_link("Add new", url("accounts", "new")), class_="card padded")
    fields = form(visit, "create")
    options = [("", "Choose a sandbox"), *((row["account"], row["account"]) for row in sources)]
    hint = "Something short that you will recognise, as the name of the account that it is for."
    inside = (
        fields.choice("source", "Sandbox", options),
        fields.text("snapshot_name", "Name", hint=hint),
        actions(button("Create snapshot")),
    )
    return element("div", fields.render(*inside), class_="card padded")


def _question(visit: Visit, source: str, name: str) -> Page:
    fields = form(visit, "confirm")
    inside = (
        hidden("source", source),
        hidden("snapshot_name", name),
        actions(button("OK"), link("Back to Account Snapshots", url("snapshots"))),
    )
    pairs = (("Sandbox", source), ("Name", name))
    lead = "A snapshot keeps all that the sandbox holds now, but for images. It cannot be changed later."
    return Page(title="Create this snapshot?", lead=lead, content=(facts(pairs), fields.render(*inside)))


def _line(row: Row, now: float) -> Iterator[Markup | str | None]:
    is_old = row["created_at"] < AUGUST_2021
    yield row["name"]
    yield str(row["id"])
    yield row["source"]
    yield moment(row["created_at"])
    yield state("disabled") if is_old else state(creation_status(row, now))
    make = url("accounts", "new", snapshot=row["id"])
    delete = url("snapshots", row["id"], "delete")
    is_usable = row["status"] == "success" and not is_old
    yield element(
        "div",
        button_link("Create an account", make, aria_label=f"Create an account from {row['name']}")
        if is_usable
        else None,
        button_link("Delete", delete, kind="danger", aria_label=f"Delete {row['name']}"),
        class_="does",
    )


def _snapshot(visit: Visit) -> Row:
    row = find_snapshot(visit.turn, parse_number(visit.name) or 0)
    if row is None:
        raise Absent("There is no such snapshot.")
    return row
