"""The branding of accounts (docs/portal.md rule 51 and section 3): read and changed in the words of the v3 API.

What the API declares as a boolean comes back as the text "1" or "0"; ``links`` turns to "1" when it is sent with any
value at all, so that no call brings it back. That a fresh account shows the vendor's own links, and that a field which
is not known is refused, are inferred.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Invalid, Violation
from agencyfile.local_portal.request_context import Turn

TEXTS = (
    "siteName",
    "siteLogo",
    "siteLogoSmall",
    "headerTextValue",
    "headerHtmlValue",
    "footerTextValue",
    "footerHtmlValue",
    "adminTemplateHtm",
    "adminTemplateCss",
    "publicTemplateHtm",
    "publicTemplateCss",
    "favicon",
)
BOOLEANS = ("copyright", "version", "license", "links", "help")
# The one branding of an account, and the group that it is always for.
ID = 1
GROUP = "3"

FRESH: Mapping[str, Any] = {
    "groupid": GROUP,
    **dict.fromkeys(TEXTS, ""),
    **dict.fromkeys(BOOLEANS, "1"),
    "siteName": "ActiveCampaign",
    "links": "0",
    "favicon": None,
}
_FIXED = ("groupid", "id")
# True and False stand for the numbers 1 and 0 as well.
_TRUTHS = {True: "1", False: "0", "1": "1", "0": "0", "true": "1", "false": "0"}


def branding_fields(turn: Turn, account_id: int) -> dict[str, Any]:
    """Return the branding of an account; a fault may show it as it was."""
    before = turn.view.before
    shown = "ended_by IS NULL" if before is None else f"made_by < {before} AND IFNULL(ended_by >= {before}, 1)"
    query = f"SELECT fields FROM brandings WHERE account_id = ? AND {shown} ORDER BY serial"  # noqa: S608 - a number
    return _fields(turn.rows.first(query, (account_id,)))


def change_branding(turn: Turn, account_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change some fields of a branding and return all of them; what is left out stays as it is (inferred).

    Raises:
        Invalid: Some fields are not known, or have a value of another type.
    """
    check_branding(changes)
    current = turn.rows.first("SELECT * FROM brandings WHERE account_id = ? AND ended_by IS NULL", (account_id,))
    fields = _fields(current) | {name: _kept(name, value) for name, value in changes.items() if name not in _FIXED}
    end_brandings(turn, account_id)
    row = {"account_id": account_id, "fields": json.dumps(fields), "updated_at": turn.now, "made_by": turn.write}
    turn.rows.insert("brandings", row)
    return fields


def check_branding(changes: Mapping[str, Any]) -> None:
    """Refuse fields that no branding has, and values of another type, all at once."""
    if found := _violations(changes):
        raise Invalid(found)


def end_brandings(turn: Turn, account_id: int) -> None:
    """Close the book on the branding of an account as it is now."""
    statement = "UPDATE brandings SET ended_by = ? WHERE account_id = ? AND ended_by IS NULL"
    turn.rows.run(statement, (turn.write, account_id))


def _fields(row: Row | None) -> dict[str, Any]:
    return dict(FRESH) | (json.loads(row["fields"]) if row is not None else {})


def _violations(changes: Mapping[str, Any]) -> Sequence[Violation]:
    return [
        Violation(name, problem) for name, value in changes.items() if (problem := _problem(name, value)) is not None
    ]


def _problem(name: str, value: Any) -> str | None:
    if name in TEXTS:
        is_right = isinstance(value, str) or (name == "favicon" and value is None)
        return None if is_right else "This value should be of type string."
    if name in BOOLEANS:
        # A list or a map is no key of a dictionary, and 1.0 is one that equals 1.
        is_right = isinstance(value, bool | int | str) and value in _TRUTHS
        return None if is_right or name == "links" else "This value should be of type bool."
    return None if name in _FIXED else "This field was not expected."


def _kept(name: str, value: Any) -> Any:
    if name == "links":
        return "1"
    return _TRUTHS[value] if name in BOOLEANS else value
