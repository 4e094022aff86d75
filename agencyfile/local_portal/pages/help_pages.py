"""Common questions, the Agency API, and the Commission tab."""

from __future__ import annotations

import json
from collections.abc import Iterator

from agencyfile.local_portal.orders import mail_problem
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, facts, form, link, section
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.visit import Moved, Page, Visit, url
from agencyfile.local_portal.request_context import Turn

_NAME = "commission"


def questions(visit: Visit) -> Page:  # noqa: ARG001 - the shape of a page
    """Return what people ask, and where it is done."""
    return Page(title="Common questions", content=tuple(_answers()))


def api(visit: Visit) -> Page:
    """Return where the agency's APIs are, and their keys."""
    pairs = (
        ("Agency API", element("code", f"{visit.address}/api.php")),
        ("Its key", element("code", visit.keys.agency)),
        ("Partners Hub API", element("code", f"{visit.address}/api/")),
        ("Its key", element("code", visit.keys.hub)),
    )
    words = "Plans are changed with account_edit, and accounts created with account_add: agencyfile does both."
    return Page(title="Agency API", lead=words, content=(facts(pairs),))


def commission(visit: Visit) -> Page:
    """Return the page of the Commission tab: nothing of it is managed here (docs/portal.md rule 73)."""
    fields = form(visit, "commission", paypal=_kept(visit.turn))
    words = "Clients that you refer pay the vendor themselves. Your commission reaches you every month through PayPal."
    inside = (fields.text("paypal", "Email of your PayPal account", kind="email"), actions(button("Save")))
    return Page(
        title="Commission", tab="commission", lead=words, content=(section("Account settings", fields.render(*inside)),)
    )


def save_commission(visit: Visit) -> Moved:
    """Keep the address that commissions are sent to."""
    paypal = visit.text("paypal")
    if problem := mail_problem(paypal, "paypal"):
        raise problem
    with by_hand(visit.turn, "commission_settings") as turn:
        turn.rows.run("INSERT OR REPLACE INTO defaults VALUES (?, ?)", (_NAME, json.dumps(paypal)))
    visit.session.say("The address is saved.")
    return Moved(url("commission"))


def _answers() -> Iterator[Markup]:
    for question, answer, text, to in _QUESTIONS:
        yield section(question, element("p", answer), element("p", link(text, to)))


_QUESTIONS = (
    ("How do I add an account?", "Fill in one form; your card is charged at once.", "Add new", url("accounts", "new")),
    (
        "How do I bring an account of a client in, or give one away?",
        "Support moves accounts. Your client writes and puts you in copy; to give one away, you write.",
        "Contact support",
        url("support"),
    ),
    ("How do I find expired accounts?", "Choose Expired only.", "Expired accounts", url("resold", state="expired")),
    ("How are my accounts billed?", "To one card, each on its own day.", "Billing profile", url("billing", "profile")),
    ("What was charged?", "Every charge is listed.", "Billing history", url("billing", "history")),
    (
        "How do my clients get their logins?",
        "You pass them on: they are shown when an account is created. Nobody writes to your clients.",
        "Your accounts",
        url("resold"),
    ),
    (
        "A client has forgotten the password?",
        "The client follows the link on the log-in page, or you log in and set a new one.",
        "Your accounts",
        url("resold"),
    ),
    (
        "Can I create trials?",
        "Any number: choose non-recurring plans. Support extends a trial, and once only.",
        "Add new",
        url("accounts", "new"),
    ),
    (
        "How do I give my templates to new accounts?",
        "Tick Add my templates and manage your templates.",
        "Default account settings",
        url("defaults"),
    ),
    ("How do I cancel an account?", "Open its menu and choose Edit.", "Your accounts", url("resold")),
)


def _kept(turn: Turn) -> str:
    row = turn.rows.first("SELECT value FROM defaults WHERE name = ?", (_NAME,))
    return str(json.loads(row["value"])) if row else ""
