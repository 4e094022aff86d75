"""The log-in of the agency, its end, and the page of its own user."""

from __future__ import annotations

import json
import secrets

from agencyfile.local_portal.accounts import hash_password
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, facts, form, hidden, section, user_of
from agencyfile.local_portal.pages.visit import PARTNER, Moved, Page, Problems, Visit, require, url
from agencyfile.local_portal.request_context import Turn

USER = "agency"
_NAME = "portal_password"
_SHORTEST = 8


def login(visit: Visit) -> Page:
    """Return the log-in page of the portal."""
    fields = form(visit, "login", user=USER, to=visit.query.get("to", ""))
    hint = "This stand-in has no password until you set one under My account: leave it empty."
    inside = (
        hidden("to", fields.value("to")),
        fields.text("user", "User name", auto="username"),
        fields.text(
            "password", "Password", kind="password", auto="current-password", hint="" if _kept(visit.turn) else hint
        ),
        actions(button("Log in")),
    )
    return Page(title="Log in to your partner portal", content=(fields.render(*inside),), has_menu=False)


def enter(visit: Visit) -> Moved:
    """Log the agency in."""
    is_right = visit.text("user") == USER and _has_password(visit.turn, visit.sent.get("password", ""))
    if not is_right:
        raise Problems({"password": "User name or password is wrong."})
    visit.session.is_partner = True
    to = visit.text("to")
    return Moved(to if to.startswith(PARTNER) else url("resold"))


def logged_out(visit: Visit) -> Moved:
    """Lead to the log-in page: nothing is shown here."""
    return Moved(url("resold" if visit.session.is_partner else "login"))


def leave(visit: Visit) -> Moved:
    """Log the agency out, of the accounts as well."""
    visit.session.is_partner = False
    visit.session.accounts.clear()
    visit.session.say("You are logged out.")
    return Moved(url("login"))


def me(visit: Visit) -> Page:
    """Return the page of the agency's user."""
    fields = form(visit, "password")
    inside = (
        user_of(USER),
        fields.text("password", "New password", kind="password", auto="new-password", hint="At least 8 characters."),
        fields.text("again", "New password again", kind="password", auto="new-password"),
        actions(button("Save")),
    )
    content = (facts((("User name", USER),)), section("Password", fields.render(*inside)))
    return Page(title="My account", content=content)


def change_password(visit: Visit) -> Moved:
    """Give the agency's user another password."""
    require(visit, password="a new password")  # noqa: S106 - words for a person
    password = visit.sent["password"]
    if len(password) < _SHORTEST:
        raise Problems({"password": f"Use {_SHORTEST} characters or more."})
    if password != visit.sent.get("again", ""):
        raise Problems({"again": "The two passwords differ."})
    salt = secrets.token_bytes(16)
    value = json.dumps([salt.hex(), hash_password(password, salt).hex()])
    with by_hand(visit.turn, "portal_password") as turn:
        turn.rows.run("INSERT OR REPLACE INTO defaults VALUES (?, ?)", (_NAME, value))
    visit.session.say("The password is changed.")
    return Moved(url("me"))


def _kept(turn: Turn) -> list[str] | None:
    row = turn.rows.first("SELECT value FROM defaults WHERE name = ?", (_NAME,))
    return json.loads(row["value"]) if row else None


def _has_password(turn: Turn, password: str) -> bool:
    kept = _kept(turn)
    if kept is None:
        return not password
    salt, digest = map(bytes.fromhex, kept)
    return secrets.compare_digest(hash_password(password, salt), digest)
