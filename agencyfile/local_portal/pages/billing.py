"""The billing profile, with the agency's one card, and what was charged to it (docs/portal.md rule 48)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.orders import mail_problem
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, facts, form, link, table
from agencyfile.local_portal.pages.markup import Markup
from agencyfile.local_portal.pages.paging import page_links, read_page
from agencyfile.local_portal.pages.resold import moment
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, url
from agencyfile.local_portal.request_context import Turn

_NAME = "billing_profile"
_FIELDS = ("company", "holder", "address", "email", "card")
_CARDS = {
    "": "No card: this stand-in charges none",
    "4242": "Test card ending in 4242",
    "0005": "Test card ending in 0005",
}
_SIZE = 50
_HEADS = ("For", "Account", "Time", "Amount", "Paid by")
_ALL = """
    SELECT time, account, description, amount, 'card' AS payer FROM charges
    UNION ALL SELECT time, account, description, amount, 'prepaid' FROM prepaid_uses
"""


def profile(visit: Visit) -> Page:
    """Return the page of the billing profile."""
    fields = form(visit, "profile", **_kept(visit.turn))
    inside = (
        fields.text("company", "Company"),
        fields.text("holder", "Name on the card"),
        fields.area("address", "Address", rows=4),
        fields.text("email", "Email for invoices", kind="email"),
        fields.choice("card", "Card", _CARDS.items(), hint="Never type the number of a real card into a rehearsal."),
        actions(button("Save")),
    )
    lead = "All accounts are billed to this one card, each on its own renewal day. You bill your clients yourself."
    return Page(title="Billing profile", lead=lead, content=(fields.render(*inside),))


def save(visit: Visit) -> Moved:
    """Keep the billing profile."""
    values = {name: visit.sent.get(name, "").strip() for name in _FIELDS}
    if problem := mail_problem(values["email"], "email"):
        raise problem
    if values["card"] not in _CARDS:
        raise Problems({"card": "Choose a card."})
    with by_hand(visit.turn, "billing_profile") as turn:
        turn.rows.run("INSERT OR REPLACE INTO defaults VALUES (?, ?)", (_NAME, json.dumps(values)))
    visit.session.say("The billing profile is saved.")
    return Moved(url("billing", "profile"))


def history(visit: Visit) -> Page:
    """Return what was paid, the latest first."""
    page, rows = read_page(visit), visit.turn.rows
    found = rows.all(f"{_ALL} ORDER BY time DESC LIMIT ? OFFSET ?", (_SIZE, (page - 1) * _SIZE))
    total = rows.number(f"SELECT COUNT(*) FROM ({_ALL})")  # noqa: S608 - a constant
    charged = rows.number("SELECT SUM(amount) FROM charges")
    return Page(
        title="Billing history",
        content=(
            facts((("Charged to the card in all", f"${charged:,}"),)),
            table("Billing history", _HEADS, map(tuple, map(_line, found)), empty="Nothing was charged yet."),
            page_links(url("billing", "history"), page, total, _SIZE),
        ),
    )


def _line(row: Row) -> Iterator[Markup | str | None]:
    yield row["description"]
    yield link(row["account"], url("accounts", row["account"])) if row["account"] else "your agency"
    yield moment(row["time"])
    yield f"${row['amount']:,}"
    yield "the card" if row["payer"] == "card" else "prepaid credit; $1 authorised on the card, not charged"


def _kept(turn: Turn) -> dict[str, str]:
    row = turn.rows.first("SELECT value FROM defaults WHERE name = ?", (_NAME,))
    return json.loads(row["value"]) if row else {}
