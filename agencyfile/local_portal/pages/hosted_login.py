"""The log-in page of an account, "Forgotten", and the page that sets a new password (docs/portal.md rule 72)."""

from __future__ import annotations

from agencyfile.local_portal.access import lock_reason
from agencyfile.local_portal.accounts import ACTIVE, DISABLED, find_account
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.logins import (
    PAUSE,
    USER,
    is_reset_code,
    make_reset_code,
    set_password,
    spend_reset_code,
    try_login,
    wait_left,
)
from agencyfile.local_portal.mails import VENDOR, deliver
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, form, hidden, link, user_of
from agencyfile.local_portal.pages.markup import element
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Result, Visit, hosted_url, require, url
from agencyfile.local_portal.users import is_signed_on


def open_account(visit: Visit) -> Result:
    """Log the agency in to an account: the button "Login" of the list."""
    row = find_account(visit.turn, visit.name)
    reason = lock_reason(row, visit.turn.now)
    if reason and row["status"] != DISABLED:
        way = element("p", link("Back to your accounts", url("resold")))
        return Page(title=f"Nobody can use {row['account']}", content=(element("p", reason), way), status=409)
    visit.session.accounts.add(row["account"])
    return Moved(hosted_url(row["account"]))


def login(visit: Visit) -> Page:
    """Return the log-in page of an account."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    if reason := lock_reason(row, visit.turn.now):
        words = row["lock_message"] or reason
        return Page(title=f"Log in to {name}", account=name, content=(element("p", words),), has_menu=False)
    fields = form(visit, "login")
    inside = (
        fields.text("user", "User name", auto="username"),
        fields.text("password", "Password", kind="password", auto="current-password"),
        actions(button("Log in"), link("Forgotten your password?", hosted_url(name, "forgotten"))),
    )
    return Page(title=f"Log in to {name}", account=name, content=(fields.render(*inside),), has_menu=False)


def enter(visit: Visit) -> Result:
    """Log a client in; a wrong try is counted."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    if row["status"] == ACTIVE and try_login(visit.turn, row, visit.text("user"), visit.sent.get("password", "")):
        visit.session.accounts.add(name)
        return Moved(hosted_url(name))
    words = "User name or password is wrong."
    if wait_left(visit.turn, row):
        words = f"There were too many wrong tries. Nobody can log in for {PAUSE / 60:.0f} minutes."
    way = element("p", link("Back", hosted_url(name, "login")))
    return Page(
        title="Failed attempt",
        account=name,
        content=(element("p", words, role="alert"), way),
        has_menu=False,
        status=403,
    )


def sign_on(visit: Visit) -> Result:
    """Log a visitor in by the token of a single sign-on (docs/portal.md section 8, R17)."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    if is_signed_on(visit.turn.rows, row, visit.query.get("_ssot", ""), visit.visitor, visit.turn.now):
        visit.session.accounts.add(name)
        return Moved(hosted_url(name))
    way = element("p", link("Log in with a password", hosted_url(name, "login")))
    words = element("p", "This link is not for you, or its time is over.", role="alert")
    return Page(title="Not logged in", account=name, content=(words, way), status=403, has_menu=False)


def leave(visit: Visit) -> Moved:
    """Log out of an account; the agency goes back to its list."""
    visit.session.accounts.discard(visit.name)
    return Moved(url("resold") if visit.session.is_partner else hosted_url(visit.name, "login"))


def logged_out(visit: Visit) -> Moved:
    """Lead to the log-in page: nothing is shown here."""
    return Moved(hosted_url(visit.name, "login"))


def forgotten(visit: Visit) -> Page:
    """Return the page that sends a link for a new password."""
    row = find_account(visit.turn, visit.name)
    fields = form(visit, "forgotten")
    hint = "The address of the account: the client's."
    inside = (
        fields.text("email", "Email", kind="email", hint=hint, auto="email"),
        actions(button("Send the link"), link("Back", hosted_url(row["account"], "login"))),
    )
    return Page(
        title="Forgotten password", account=row["account"], content=(fields.render(*inside),), has_menu=False
    )  # fmt: skip


def send_link(visit: Visit) -> Page:
    """Send a link for a new password, if the address is the account's; the answer does not tell."""
    require(visit, email="an email address")
    row = find_account(visit.turn, visit.name)
    if row["client_email"] and visit.text("email").lower() == row["client_email"].lower():
        _send_code(visit, row)
    words = f"If {visit.text('email')} is the address of {row['account']}, a mail with a link is on its way."
    ways = (link("Mailbox of this stand-in", url("mailbox")), link("Back", hosted_url(row["account"], "login")))
    content = (element("p", words, role="status"), *(element("p", way) for way in ways))
    return Page(title="Look into your mailbox", account=row["account"], content=content, has_menu=False)


def reset(visit: Visit) -> Page:
    """Return the page that sets a new password."""
    row = find_account(visit.turn, visit.name)
    code = visit.sent.get("code", visit.query.get("code", ""))
    if not is_reset_code(visit.turn, row, code):
        raise Absent("This link was used, or is older than a day.")
    fields = form(visit, "reset")
    inside = (
        hidden("code", code),
        user_of(USER),
        fields.text("password", "New password", kind="password", auto="new-password", hint="At least 8 characters."),
        actions(button("Save")),
    )
    return Page(title="New password", account=row["account"], content=(fields.render(*inside),), has_menu=False)


def set_new(visit: Visit) -> Moved:
    """Set a new password with the code of a mail."""
    row = find_account(visit.turn, visit.name)
    code = visit.sent.get("code", "")
    if not is_reset_code(visit.turn, row, code):
        raise Problems({"password": "This link was used, or is older than a day."})
    with by_hand(visit.turn, "account_password", row["account"]) as turn:
        set_password(turn, row, visit.sent.get("password", ""))
        spend_reset_code(turn, code)
    visit.session.say("The password is changed. Log in with it.")
    return Moved(hosted_url(row["account"], "login"))


def _send_code(visit: Visit, row: Row) -> None:
    address = f"{visit.address}{hosted_url(row['account'], 'reset', code=make_reset_code(visit.turn, row))}"
    words = f"Somebody asked for a new password of {row['account']}. The user is {USER}. Set it here:\n\n{address}\n"
    deliver(visit.turn, sender=VENDOR, recipient=row["client_email"], subject="Reset your password", body=words)
