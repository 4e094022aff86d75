"""Default account settings: what new accounts get, and what the box does to others (docs/portal.md 2.4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agencyfile.local_portal.control_input import read_draft
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.defaults import set_branding, set_templates, shown_defaults
from agencyfile.local_portal.pages.branding_page import as_fields, changed, inputs
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, form, link
from agencyfile.local_portal.pages.markup import element
from agencyfile.local_portal.pages.visit import Moved, Page, Visit, url
from agencyfile.local_portal.request_context import Turn

_ADDS = "adds_templates"
_SHELF = "template_shelf"


def settings(visit: Visit) -> Page:
    """Return the page of the default account settings."""
    rows = visit.turn.rows
    kept = as_fields(shown_defaults(rows)["branding"], visit.turn.settings)
    fields = form(visit, "defaults", **kept, add_templates="1" if adds_templates(rows) else "")
    manage = link(
        "Manage templates", url("defaults", "templates"), target="_blank", aria_label="Manage templates (new window)"
    )
    box = "Without it, accounts that exist stay as they are. Templates never reach them."
    new = element(
        "fieldset",
        element("legend", "New account defaults"),
        fields.box("add_templates", "Add my templates", hint="Every new account gets your templates."),
        element("p", manage),
    )
    inside = (
        *inputs(fields),
        fields.box("apply", "Update all existing hosted accounts", hint=box),
        new,
        actions(button("Save")),
    )
    lead = "How your resold accounts look, and what every new one gets."
    return Page(title="Default account settings", lead=lead, content=(fields.render(*inside),))


def save(visit: Visit) -> Moved:
    """Keep the settings, and brand the accounts that exist where the box is ticked."""
    rows = visit.turn.rows
    kept = dict(shown_defaults(rows)["branding"])
    changes = changed(visit, as_fields(kept, visit.turn.settings))
    wanted = {name: value for name, value in {**kept, **changes}.items() if (name, value) != ("links", "0")}
    is_applied, adds = bool(visit.sent.get("apply")), bool(visit.sent.get("add_templates"))
    with by_hand(
        visit.turn, "account_settings", branding=wanted, apply_to_existing=is_applied, add_templates=adds
    ) as turn:
        set_branding(turn, wanted, apply_to_existing=is_applied)
        if is_applied and changes.get("links") == "0":
            turn.rows.run("UPDATE brandings SET fields = json_set(fields, '$.links', '0') WHERE ended_by IS NULL")
        _set_adding(turn, adds=adds)
    visit.session.say("The default account settings are saved.")
    return Moved(url("defaults"))


def adds_templates(rows: Database) -> bool:
    """Say whether new accounts get the agency's templates."""
    return bool(shown_defaults(rows)["templates"]) or bool(_read(rows, _ADDS, default=False))


def own_templates(rows: Database) -> list[dict[str, Any]]:
    """Return the agency's templates: those that new accounts get, or those that wait for the box to be ticked."""
    found = shown_defaults(rows)["templates"] if adds_templates(rows) else _read(rows, _SHELF, default=[])
    return list(found)


def keep_templates(turn: Turn, items: Sequence[dict[str, Any]]) -> None:
    """Keep the agency's templates."""
    _write(turn.rows, _SHELF, list(items))
    if adds_templates(turn.rows):
        _write(turn.rows, _ADDS, value=True)
        set_templates(turn, [read_draft(item, "the default account settings") for item in items])


def _set_adding(turn: Turn, *, adds: bool) -> None:
    items = own_templates(turn.rows)
    _write(turn.rows, _ADDS, adds)
    _write(turn.rows, _SHELF, items)
    set_templates(turn, [read_draft(item, "the default account settings") for item in items] if adds else [])


def _read(rows: Database, name: str, *, default: Any) -> Any:
    row = rows.first("SELECT value FROM defaults WHERE name = ?", (name,))
    return json.loads(row["value"]) if row else default


def _write(rows: Database, name: str, value: Any) -> None:
    rows.run("INSERT OR REPLACE INTO defaults VALUES (?, ?)", (name, json.dumps(value)))
