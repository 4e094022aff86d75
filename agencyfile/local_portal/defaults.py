"""The default account settings of the agency: what the portal gives to accounts by itself (docs/portal.md 2.4 and 2.5).

A human sets them on a page of the portal; no API does. Every new account gets the branding and the templates (rules 50
and 57). The box that applies them to the accounts there are brands those and pushes no template (rule 58).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from agencyfile.local_portal.brandings import change_branding, check_branding
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.templates import Draft, add_template

_BRANDING = "branding"
_TEMPLATES = "templates"


def set_branding(turn: Turn, fields: Mapping[str, Any], *, apply_to_existing: bool) -> None:
    """Set the branding that new accounts get, and brand those there are if the box is ticked.

    Raises:
        Invalid: Some fields are none of a branding.
    """
    check_branding(fields)
    _keep(turn.rows, _BRANDING, dict(fields))
    for row in turn.rows.all("SELECT id FROM accounts ORDER BY id") if apply_to_existing else ():
        change_branding(turn, row["id"], fields)


def set_templates(turn: Turn, drafts: Sequence[Draft]) -> None:
    """Set the templates that new accounts get."""
    _keep(turn.rows, _TEMPLATES, [asdict(draft) for draft in drafts])


def furnish(turn: Turn, account_id: int) -> None:
    """Give a new account what every new account gets."""
    if fields := _kept(turn.rows, _BRANDING):
        change_branding(turn, account_id, fields)
    for draft in _kept(turn.rows, _TEMPLATES):
        add_template(turn, account_id, Draft(**draft))


def shown_defaults(rows: Database) -> dict[str, Any]:
    """Return the default account settings, as the page of the portal shows them."""
    return {"branding": _kept(rows, _BRANDING) or {}, "templates": _kept(rows, _TEMPLATES)}


def _keep(rows: Database, name: str, value: Any) -> None:
    rows.run("INSERT OR REPLACE INTO defaults VALUES (?, ?)", (name, json.dumps(value)))


def _kept(rows: Database, name: str) -> Any:
    row = rows.first("SELECT value FROM defaults WHERE name = ?", (name,))
    return json.loads(row["value"]) if row else []
