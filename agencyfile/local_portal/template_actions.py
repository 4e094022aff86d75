"""The template calls of an account's own API, first version (docs/portal.md section 3): parameters in, fields out.

Only basic templates are managed here. An empty list is a failure that says "Nothing is returned". Whether the answer
to an addition says the new template's id is a reading (R19).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agencyfile.local_portal import account_view, users
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import parse_number
from agencyfile.local_portal.templates import (
    ALL_LISTS,
    Draft,
    add_template,
    delete_template,
    draft_of,
    edit_template,
    find_template,
    template_rows,
)

Parameters = Mapping[str, Any]
Fields = dict[str, Any]

NOTHING = "Failed: Nothing is returned"
_SOMETHING = "Success: Something is returned"


@dataclass(frozen=True, slots=True)
class Action:
    """The function of an ``api_action`` in one account, whether it changes something, and its message."""

    perform: Callable[[Turn, Row, Parameters], Fields]
    is_write: bool
    message: str = _SOMETHING


def add(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Add a template; a second one of the same name is another template (inferred)."""
    number = add_template(turn, account["id"], _draft(parameters, Draft(name="")))
    return {"id": number} if turn.settings.dialect.template_id == "answered" else {}


def edit(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Change a template, found by its id (inferred: the description names none, a public client sends it)."""
    row = _basic(turn, account, _number(parameters, "id"))
    for name in ("name", "template_scope"):
        if not _text(parameters, name):
            raise Refusal(f"The {name} parameter is required.", name)
    edit_template(turn, row, _draft(parameters, draft_of(row)))
    return {"messages": [], "is_fatal": False, "oldwidths": [], "reparse": False, "instanceid": 0}


def list_(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Return templates under the keys "0", "1" and so on, beside the envelope; ``ids`` is a comma list or all."""
    rows = template_rows(turn, account["id"], _ids(parameters))
    if not rows:
        raise Refusal(NOTHING)
    return {str(place): _item(row) for place, row in enumerate(rows)}


def view(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Return one template; only here its tags are shown."""
    rows = template_rows(turn, account["id"], [_number(parameters, "id")])
    if not rows:
        raise Refusal(NOTHING)
    lists = json.loads(rows[0]["lists"])
    more = {"lists": {"listscnt": len(lists), "listslist": lists}, "fields": []}
    return _item(rows[0]) | more | {"tags": json.loads(rows[0]["tags"])}


def delete(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Delete one template."""
    delete_template(turn, _basic(turn, account, _number(parameters, "id")))
    return {}


def delete_list(turn: Turn, account: Row, parameters: Parameters) -> Fields:
    """Delete several templates, all of them or none."""
    if not _text(parameters, "ids"):
        raise Refusal("The ids parameter is required.", "ids")
    for number in _ids(parameters) or ():
        delete_template(turn, _basic(turn, account, number))
    return {}


def group_view(turn: Turn, account: Row, parameters: Parameters) -> Fields:  # noqa: ARG001 - the shape of an action
    """Return a user group; clients call it to test their key (docs/portal.md 1.2)."""
    return {"id": _number(parameters, "id"), "title": "Admin", "descript": "Administrators"}


ACTIONS: Mapping[str, Action] = {
    "message_template_add": Action(add, is_write=True, message="Template added"),
    "message_template_edit": Action(edit, is_write=True, message="Template updated"),
    "message_template_list": Action(list_, is_write=False),
    "message_template_view": Action(view, is_write=False),
    "message_template_delete": Action(delete, is_write=True, message="Template deleted"),
    "message_template_delete_list": Action(delete_list, is_write=True, message="Template deleted"),
    "account_view": Action(account_view.view, is_write=False),
    "user_me": Action(users.user_me, is_write=False),
    "singlesignon": Action(users.single_sign_on, is_write=False, message="User found"),
    "group_view": Action(group_view, is_write=False),
}


def _basic(turn: Turn, account: Row, number: int) -> Row:
    row = find_template(turn, account["id"], number)
    if row["designer"]:
        raise Refusal("Designer templates can only be managed from the admin interface.", "id")
    return row


def _draft(parameters: Parameters, before: Draft) -> Draft:
    draft = replace(
        before,
        name=_text(parameters, "name") or before.name,
        html=str(parameters.get("html", before.html)),
        text=str(parameters.get("text", before.text)),
    )
    if "template_scope" in parameters:
        draft = replace(draft, scope=_text(parameters, "template_scope") or ALL_LISTS)
    if "p" in parameters:
        draft = replace(draft, lists=_items(parameters, "p"))
    return replace(draft, tags=_items(parameters, "tags")) if "tags" in parameters else draft


def _item(row: Row) -> Fields:
    # Values as a database of that age hands them out: texts (inferred; for clients both have to do).
    return {
        "id": str(row["id"]),
        "userid": "1",
        "name": row["name"],
        "content": row["html"],
        "format": "html",
        "categoryid": "0",
        "used": "0",
        "waitpreview": "0",
        "ed_instanceid": "0",
        "isdesigner": str(row["designer"]),
        "preview_content": None,
        "is_global": str(int(row["scope"] == ALL_LISTS)),
        "lists": ",".join(json.loads(row["lists"])),
    }


def _ids(parameters: Parameters) -> Sequence[int] | None:
    text = _text(parameters, "ids")
    if text.lower() in ("", "all"):
        return None
    return [parse_number(each.strip()) or 0 for each in text.split(",")]


def _items(parameters: Parameters, name: str) -> Sequence[str]:
    value = parameters[name]
    return [each for each in (value if isinstance(value, list) else [str(value)]) if each]


def _text(parameters: Parameters, name: str) -> str:
    return str(parameters.get(name, "")).strip()


def _number(parameters: Parameters, name: str) -> int:
    number = parse_number(_text(parameters, name))
    if number is None:
        raise Refusal(f"The {name} parameter is required, a whole number.", name)
    return number
