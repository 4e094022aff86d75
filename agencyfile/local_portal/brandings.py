"""The branding of accounts (docs/portal.md rule 51 and section 3): read and changed in the words of the v3 API.

What the API declares as a boolean comes back as the text "1" or "0". Sources differ on three points (R13 to R15 of
docs/portal.md section 8), and the dialect decides:

- A flag of "1" shows what it names, or hides it. A fresh account shows everything in both readings (inferred).
- ``links`` turns to "1" when it is sent with any value at all, and hides the vendor's links. A change without it leaves
  it as it is, so that no call brings the links back; or it lets them be shown again.
- Header and footer go into the account's pages, or into every email that it sends. No answer shows which.

That a field which is not known is refused is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Invalid, Violation
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.settings import Settings

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
FLAGS = ("copyright", "version", "license", "help")
_SHOWN_LINKS = "0"
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
    return _fields(turn, turn.rows.first(query, (account_id,)))


def change_branding(turn: Turn, account_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change some fields of a branding and return all of them; what is left out stays as it is (inferred).

    In one reading ``links`` does not: a change that leaves it out lets the vendor's links be shown again.

    Raises:
        Invalid: Some fields are not known, or have a value of another type.
    """
    check_branding(changes)
    current = turn.rows.first("SELECT * FROM brandings WHERE account_id = ? AND ended_by IS NULL", (account_id,))
    begun = _fields(turn, current)
    if turn.settings.dialect.branding_links == "absence-enables":
        begun["links"] = _SHOWN_LINKS
    fields = begun | {name: _kept(name, value) for name, value in changes.items() if name not in _FIXED}
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


def fresh_branding(settings: Settings) -> dict[str, Any]:
    """Return the branding of a fresh account, which shows everything of the vendor's."""
    flag = "1" if settings.dialect.branding_flags == "one-shows" else "0"
    return {**FRESH, **dict.fromkeys(FLAGS, flag)}


def shown_by(fields: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return what a branding means: what of the vendor's is shown, and where header and footer go."""
    shows = "1" if settings.dialect.branding_flags == "one-shows" else "0"
    shown = {name: fields[name] == shows for name in FLAGS}
    return {**shown, "links": fields["links"] == _SHOWN_LINKS, "header_in": settings.dialect.branding_header}


def flag_of(name: str, *, is_shown: bool, settings: Settings) -> str:
    """Return the value of a flag, or of ``links``, that shows or hides what it names."""
    if name == "links":
        return _SHOWN_LINKS if is_shown else "1"
    return "1" if is_shown == (settings.dialect.branding_flags == "one-shows") else "0"


def _fields(turn: Turn, row: Row | None) -> dict[str, Any]:
    return fresh_branding(turn.settings) | (json.loads(row["fields"]) if row is not None else {})


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
