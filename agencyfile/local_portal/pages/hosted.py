"""The pages inside an account, for who is logged in: what it holds, its settings and its templates (rules 51 to 72)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict

from agencyfile.local_portal.access import key_of, lock_reason
from agencyfile.local_portal.accounts import DISABLED, change_account, find_account
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.logins import USER, set_password
from agencyfile.local_portal.orders import language_problem, timezone_problem
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import (
    actions,
    button,
    button_link,
    facts,
    form,
    hidden,
    section,
    table,
    user_of,
)
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.new_account import zones
from agencyfile.local_portal.pages.template_fields import (
    SHARE_HOST,
    basic_inputs,
    link_inputs,
    read_basic,
    read_link,
)
from agencyfile.local_portal.pages.visit import Moved, Page, Visit, hosted_url
from agencyfile.local_portal.shapes import LANGUAGES, parse_number
from agencyfile.local_portal.templates import add_template, delete_template, draft_of, find_template, template_rows

_HEADS = ("Name", "Id", "Kind", "Tags", "")


def overview(visit: Visit) -> Page:
    """Return what the account holds."""
    row = _account(visit)
    contents = json.loads(row["contents"])
    pairs = [(str(name).replace("_", " ").capitalize(), _short(value)) for name, value in contents.items()]
    pairs.append(("Templates", str(len(template_rows(visit.turn, row["id"], None)))))
    return Page(title="Overview", account=row["account"], content=(facts(pairs),))


def settings(visit: Visit) -> Page:
    """Return the settings of the account."""
    row = _account(visit)
    fields = form(visit, "settings", language=row["language"], timezone=row["timezone"])
    inside = (
        fields.choice("language", "Language", ((word, word.capitalize()) for word in LANGUAGES)),
        fields.choice("timezone", "Time zone", ((zone, zone) for zone in _zones(row))),
        actions(button("Save")),
    )
    password = form(visit, "password")
    change = (
        user_of(USER),
        password.text("password", f"New password for {USER}", kind="password", auto="new-password",
                      hint="At least 8 characters."),
        actions(button("Save the password")),
    )  # fmt: skip
    return Page(
        title="Settings",
        account=row["account"],
        content=(
            section("Account", fields.render(*inside)),
            section("Password", password.render(*change)),
            section("Developer", _developer(visit, row)),
        ),
    )


def save_settings(visit: Visit) -> Moved:
    """Keep the settings of the account, or the password of its user."""
    row = _account(visit)
    if visit.sent.get("form") == "password":
        with by_hand(visit.turn, "account_password", row["account"]) as turn:
            set_password(turn, row, visit.sent.get("password", ""))
        visit.session.say("The password is saved. Pass it on to your client.")
        return Moved(hosted_url(row["account"], "settings"))
    changes = {name: visit.text(name) for name in ("language", "timezone")}
    if problem := language_problem(changes["language"]) or timezone_problem(changes["timezone"]):
        raise problem
    with by_hand(visit.turn, "edit", row["account"], **changes) as turn:
        change_account(turn, row["id"], changes)
    visit.session.say("The settings are saved.")
    return Moved(hosted_url(row["account"], "settings"))


def campaigns(visit: Visit) -> Page:
    """Return the overview of the campaigns."""
    row = _account(visit)
    found = json.loads(row["contents"]).get("campaigns", "none")
    manage = button_link("Manage templates", hosted_url(row["account"], "templates"))
    return Page(
        title="Campaigns", account=row["account"], content=(facts((("Campaigns", _short(found)),)), actions(manage))
    )


def templates(visit: Visit) -> Page:
    """Return the templates of the account."""
    row = _account(visit)
    name = row["account"]
    lines = (_line(visit, name, each) for each in template_rows(visit.turn, row["id"], None))
    add = button_link("Add template", hosted_url(name, "templates", "new"), kind="main")
    return Page(
        title="Manage templates",
        account=name,
        content=(actions(add), section("Templates", table("Templates", _HEADS, lines, empty="No template yet."))),
    )


def change_template(visit: Visit) -> Moved:
    """Delete a template, or make a share link of it."""
    row = _account(visit)
    template = find_template(visit.turn, row["id"], parse_number(visit.text("id")) or 0)
    if visit.text("press") == "delete":
        with by_hand(visit.turn, "template_delete", row["account"], id=template["id"], name=template["name"]) as turn:
            delete_template(turn, template)
        visit.session.say(f"{template['name']} is deleted.")
    else:
        code = secrets.token_hex(4)
        draft = json.dumps(asdict(draft_of(template)))
        visit.turn.rows.insert("shares", {"code": code, "draft": draft})
        visit.session.say(f"Share link of {template['name']}: http://{SHARE_HOST}/{code}")
    return Moved(hosted_url(row["account"], "templates"))


def new_template(visit: Visit) -> Page:
    """Return the page on which a template is written, or imported instead."""
    name = _account(visit)["account"]
    fields = form(visit, "template")
    other = button_link("Or import a template", hosted_url(name, "templates", "import"))
    inside = (*basic_inputs(fields), actions(button("Save"), other))
    return Page(title="Add template", account=name, content=(fields.render(*inside),))


def add_new(visit: Visit) -> Moved:
    """Add a template in HTML."""
    return _add(visit, is_link=False)


def import_template(visit: Visit) -> Page:
    """Return the page on which a share link is pasted."""
    name = _account(visit)["account"]
    fields = form(visit, "import")
    inside = (*link_inputs(fields), actions(button("Save")))
    return Page(title="Import a template", account=name, content=(fields.render(*inside),))


def add_imported(visit: Visit) -> Moved:
    """Add the template of a share link."""
    return _add(visit, is_link=True)


def _add(visit: Visit, *, is_link: bool) -> Moved:
    row = _account(visit)
    draft = read_link(visit) if is_link else read_basic(visit)
    with by_hand(visit.turn, "template_add", row["account"], name=draft.name) as turn:
        add_template(turn, row["id"], draft)
    visit.session.say(f"{draft.name} is added.")
    return Moved(hosted_url(row["account"], "templates"))


def _account(visit: Visit) -> Row:
    """Return the account, which has to be in use; the agency gets into a disabled one as well."""
    row = find_account(visit.turn, visit.name)
    reason = lock_reason(row, visit.turn.now)
    if reason and not (row["status"] == DISABLED and visit.session.is_partner):
        raise Absent(reason)
    return row


def _line(visit: Visit, name: str, row: Row) -> Iterator[Markup | str]:
    yield row["name"]
    yield str(row["id"])
    yield "designer" if row["designer"] else "basic"
    yield ", ".join(json.loads(row["tags"]))
    inside = (
        hidden("id", str(row["id"])),
        button("Share", kind="plain", name="press", value="share", aria_label=f"Share {row['name']}"),
        button("Delete", kind="danger", name="press", value="delete", aria_label=f"Delete {row['name']}"),
    )
    yield form(visit, f"template-{row['id']}").render(*inside, to=hosted_url(name, "templates"), class_="does")


def _developer(visit: Visit, row: Row) -> Markup:
    pairs = (
        ("API URL", element("code", f"{visit.address}/accounts/{row['account']}")),
        ("API key", element("code", key_of(visit.turn.rows, row["id"]))),
    )
    return element(
        "details", element("summary", "Show the address and the key of the API"), facts(pairs), class_="tool card"
    )


def _zones(row: Row) -> Iterator[str]:
    yield from zones() if row["timezone"] in zones() else (row["timezone"], *zones())


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _ROOM else f"{text[: _ROOM - 1]}\u2026"


_ROOM = 200
