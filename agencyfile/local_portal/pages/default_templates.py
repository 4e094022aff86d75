"""The window "Manage templates": the agency's templates, in three kinds (docs/portal.md rules 57 to 62)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from agencyfile.local_portal.accounts import find_account
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.default_settings import adds_templates, keep_templates, own_templates
from agencyfile.local_portal.pages.forms import actions, button, button_link, form, hidden, link, section, table
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.template_fields import (
    accounts_list,
    basic_inputs,
    link_inputs,
    read_basic,
    read_link,
)
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Result, Visit, require, url
from agencyfile.local_portal.shapes import parse_number
from agencyfile.local_portal.templates import draft_of, template_rows

_HEADS = ("Name", "Kind", "Tags", "")
_HERE = ("defaults", "templates")


def templates(visit: Visit) -> Page:
    """Return the agency's templates, and the three kinds that can be added."""
    items = own_templates(visit.turn.rows)
    lines = (_line(visit, place, item) for place, item in enumerate(items))
    off = 'New accounts do not get them: tick "Add my templates" in the default account settings, and save.'
    choices = (
        button_link("New designer template", url(*_HERE, "designer")),
        button_link("Basic template", url(*_HERE, "basic")),
        button_link("Old designer template", url(*_HERE, "old")),
    )
    return Page(
        title="Manage templates",
        lead="Every new account gets these. Accounts that exist do not." if adds_templates(visit.turn.rows) else off,
        content=(
            table("My templates", _HEADS, lines, empty="No template yet."),
            section("Add a template", actions(*choices)),
            element("p", link("Default account settings", url("defaults"))),
        ),
    )


def remove(visit: Visit) -> Moved:
    """Take a template out."""
    items = own_templates(visit.turn.rows)
    place = parse_number(visit.text("place"))
    if place is None or place >= len(items) or items[place]["name"] != visit.sent.get("name"):
        raise Problems({"": "The list has changed. Look at it again."})
    removed = items.pop(place)
    _keep(visit, items, f"{removed['name']} is taken out.")
    return Moved(url(*_HERE))


def designer(visit: Visit) -> Page:
    """Return the form for a template of the designer, by its share link."""
    fields = form(visit, "designer")
    return Page(title="New designer template", content=(fields.render(*link_inputs(fields), actions(button("Save"))),))


def add_designer(visit: Visit) -> Moved:
    """Add a template of the designer."""
    return _add(visit, asdict(read_link(visit)))


def basic(visit: Visit) -> Page:
    """Return the form for a template in HTML."""
    fields = form(visit, "basic")
    return Page(title="Basic template", content=(fields.render(*basic_inputs(fields), actions(button("Save"))),))


def add_basic(visit: Visit) -> Moved:
    """Add a template in HTML."""
    return _add(visit, asdict(read_basic(visit)))


def old(visit: Visit) -> Page:
    """Return the form in which the account is chosen that a template is taken from."""
    source = visit.query.get("source", "")
    if source and not visit.problems:
        return _choose_template(visit, source)
    fields = form(visit, "source")
    inside = (*accounts_list(visit, fields, "source", "Account"), actions(button("Continue")))
    return Page(title="Old designer template", content=(fields.render(*inside),))


def add_old(visit: Visit) -> Result:
    """Go on with the account that was chosen, or add the template that was."""
    require(visit, source="the account")
    account = find_account(visit.turn, visit.text("source"))
    if visit.sent.get("form") == "source":
        return Moved(url(*_HERE, "old", source=account["account"]))
    number = parse_number(visit.text("template"))
    rows = template_rows(visit.turn, account["id"], None if number is None else [number])
    if number is None or not rows:
        raise Problems({"template": "Choose a template."})
    return _add(visit, asdict(draft_of(rows[0])))


def _choose_template(visit: Visit, source: str) -> Page:
    account = find_account(visit.turn, source)
    rows = template_rows(visit.turn, account["id"], None)
    fields = form(visit, "template")
    again = link("Choose another account", url(*_HERE, "old"))
    if not rows:
        words = element("p", f"{account['account']} has no template.")
        return Page(title="Old designer template", content=(words, again))
    options = ((str(row["id"]), f"{row['name']} (no. {row['id']})") for row in rows)
    inside = (
        hidden("source", account["account"]),
        fields.choice("template", f"Template of {account['account']}", options),
        actions(button("Save"), again),
    )
    return Page(title="Old designer template", content=(fields.render(*inside),))


def _add(visit: Visit, item: dict[str, Any]) -> Moved:
    item |= {"lists": list(item["lists"]), "tags": list(item["tags"])}
    _keep(visit, [*own_templates(visit.turn.rows), item], f"{item['name']} is added.")
    return Moved(url(*_HERE))


def _keep(visit: Visit, items: list[dict[str, Any]], notice: str) -> None:
    names = [item["name"] for item in items]
    with by_hand(visit.turn, "account_settings", templates=names) as turn:
        keep_templates(turn, items)
    visit.session.say(notice)


def _line(visit: Visit, place: int, item: dict[str, Any]) -> Iterator[Markup | str]:
    yield item["name"]
    yield "designer" if item["designer"] else "basic"
    yield ", ".join(item["tags"])
    inside = (
        hidden("place", str(place)),
        hidden("name", item["name"]),
        button("Take out", kind="danger", aria_label=f"Take out {item['name']}"),
    )
    yield form(visit, f"remove-{place}").render(*inside, class_="does")
