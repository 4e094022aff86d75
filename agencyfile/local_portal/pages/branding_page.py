"""The white label of one account. The default account settings have the same fields (docs/portal.md 2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from agencyfile.local_portal.accounts import find_account, refuse_unless_settled
from agencyfile.local_portal.brandings import branding_fields, change_branding, flag_of, fresh_branding, shown_by
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import Form, actions, button, form, link
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.visit import Moved, Page, Visit, url
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.settings import Settings

TEXTS = MappingProxyType(
    {
        "siteName": "Site name",
        "siteLogo": "Logo",
        "siteLogoSmall": "Small logo",
        "favicon": "Icon for browsers",
        "headerTextValue": "Header text",
        "headerHtmlValue": "Header HTML",
        "footerTextValue": "Footer text",
        "footerHtmlValue": "Footer HTML",
    }
)
BOXES = MappingProxyType(
    {
        "copyright": "Show the vendor's copyright",
        "version": "Show the version",
        "license": "Show the license",
        "links": "Show the vendor's links",
        "help": "Show the vendor's help",
    }
)
_IMAGES = ("siteLogo", "siteLogoSmall", "favicon")


def branding(visit: Visit) -> Page:
    """Return the page of an account's branding."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    fields = form(visit, "branding", **as_fields(branding_fields(visit.turn, row["id"]), visit.turn.settings))
    back = link("Back to the account", url("accounts", name, "edit"))
    return Page(
        title=f"Branding of {name}",
        lead="For this one account. The default account settings brand all of them.",
        content=(fields.render(*inputs(fields), actions(button("Save"), back)),),
    )


def save(visit: Visit) -> Moved:
    """Brand one account."""
    row = find_account(visit.turn, visit.name)
    refuse_unless_settled(row)
    before = as_fields(branding_fields(visit.turn, row["id"]), visit.turn.settings)
    changes = changed(visit, before)
    if changes:
        with by_hand(visit.turn, "branding_edit", row["account"], branding=changes) as turn:
            brand(turn, row["id"], changes)
    visit.session.say("The branding is saved." if changes else "Nothing was changed.")
    return Moved(url("accounts", row["account"], "branding"))


def brand(turn: Turn, account_id: int, changes: Mapping[str, Any]) -> None:
    """Change a branding as a person can: the links come back, which no API does, and nothing else changes with it.

    Where the portal lets the links be shown again by a change without them, hidden ones are hidden once more.
    """
    before = branding_fields(turn, account_id)["links"]
    links = changes.get("links", before)
    others = {name: value for name, value in changes.items() if name != "links"}
    change_branding(turn, account_id, others if links == "0" else {**others, "links": links})
    if links == "0" != before:
        statement = (
            "UPDATE brandings SET fields = json_set(fields, '$.links', '0') WHERE account_id = ? AND ended_by IS NULL"
        )
        turn.rows.run(statement, (account_id,))


def as_fields(branding: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Return a branding as its form shows it: a ticked box shows something, whatever the flags mean here."""
    texts = {name: str(branding.get(name) or "") for name in TEXTS}
    meant = shown_by({**fresh_branding(settings), **branding}, settings)
    shown = {name: meant[name] for name in BOXES}
    return texts | {name: "1" if is_shown else "" for name, is_shown in shown.items()}


def changed(visit: Visit, before: Mapping[str, str]) -> dict[str, str]:
    """Return the fields, in the words of the accounts' own API, that a form changes."""
    texts = {name: visit.sent.get(name, "").strip() for name in TEXTS}
    shown = {name: "1" if visit.sent.get(name) else "" for name in BOXES}
    found = {name: value for name, value in texts.items() if value != before[name]}
    for name, value in shown.items():
        if value != before[name]:
            found[name] = flag_of(name, is_shown=bool(value), settings=visit.turn.settings)
    return found


def inputs(fields: Form) -> Iterator[Markup]:
    """Yield the fields of a branding."""
    for name, label in TEXTS.items():
        if name.endswith("HtmlValue"):
            yield fields.area(name, label, rows=3)
        else:
            yield fields.text(name, label, hint="Address of a picture." if name in _IMAGES else "")
    yield element(
        "fieldset", element("legend", "The vendor's marks"), *(fields.box(name, label) for name, label in BOXES.items())
    )
