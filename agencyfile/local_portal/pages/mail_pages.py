"""Contact support, and the mailbox: every mail of a rehearsal, none of which leaves this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.mails import SUPPORT, deliver, find_mail, last_mails
from agencyfile.local_portal.orders import mail_problem
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, facts, form, link, table
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.paging import page_links, read_page
from agencyfile.local_portal.pages.resold import moment
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, url
from agencyfile.local_portal.shapes import parse_number

_SIZE = 50
_HEADS = ("Subject", "From", "To", "Time")
_HEADERS = MappingProxyType({"from": "sender", "to": "recipient", "cc": "copy", "subject": "subject"})
_HEADER = re.compile(r"(From|To|Cc|Subject):[ \t]*(.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def support(visit: Visit) -> Page:
    """Return the page on which a mail to the vendor's support is written."""
    fields = form(visit, "mail", recipient=SUPPORT)
    whole = (
        "A manual step prints the whole mail: paste it here, with its first lines, and leave the fields above empty."
    )
    inside = (
        fields.text("sender", "From", hint="Optional for yours. Your client's where the client has to write."),
        fields.text("recipient", "To"),
        fields.text("copy", "Cc"),
        fields.text("subject", "Subject"),
        fields.area("body", "Message", rows=14, hint=whole),
        actions(button("Send")),
    )
    lead = "By email. The mail goes to the support desk of this stand-in, where you answer it yourself."
    return Page(title="Contact support", lead=lead, content=(fields.render(*inside),))


def send(visit: Visit) -> Moved:
    """Send a mail to the support desk."""
    mail = _read_mail(visit)
    if not mail["body"]:
        raise Problems({"body": "Write a message."})
    for name in ("sender", "recipient"):
        if problem := mail_problem(mail[name], name):
            raise problem
    if mail["recipient"] != SUPPORT:
        raise Problems({"recipient": f"Support reads {SUPPORT}."})
    with by_hand(visit.turn, "mail", None, subject=mail["subject"]) as turn:
        serial = deliver(turn, **mail, is_open=True)
    visit.session.say("The mail is sent.")
    return Moved(url("mailbox", serial))


def mailbox(visit: Visit) -> Page:
    """Return all mails, the latest first."""
    page = read_page(visit)
    rows = last_mails(visit.turn, is_open=False, limit=_SIZE, offset=(page - 1) * _SIZE)
    total = visit.turn.rows.number("SELECT COUNT(*) FROM mails")
    lines = (tuple(_line(row, "mailbox")) for row in rows)
    lead = "Every mail of this rehearsal, whoever it is for. Nothing leaves this machine."
    listed = table("Mails", _HEADS, lines, empty="No mail yet.")
    return Page(title="Mailbox", lead=lead, content=(listed, page_links(url("mailbox"), page, total, _SIZE)))


def read_mail(visit: Visit) -> Page:
    """Return one mail."""
    row = mail_of(visit)
    way = link("All mails", url("mailbox"))
    return Page(title=row["subject"] or "(no subject)", content=(*shown_mail(row), element("p", way)))


def mail_of(visit: Visit) -> Row:
    """Return the mail that an address names."""
    row = find_mail(visit.turn, parse_number(visit.name))
    if row is None:
        raise Absent("There is no such mail.")
    return row


def shown_mail(row: Row) -> Iterator[Markup]:
    """Yield a mail as it is read; its links can be followed."""
    pairs = (("From", row["sender"]), ("To", row["recipient"]), ("Cc", row["copy"]))
    yield facts((*((name, value) for name, value in pairs if value), ("Time", moment(row["time"]))))
    yield element("div", element("pre", *_with_links(row["body"])), class_="card padded mail")


def mail_lines(rows: list[Row], place: str) -> Markup:
    """Return a table of mails."""
    return table("Mails", _HEADS, (tuple(_line(row, place)) for row in rows), empty="No mail waits.")


def _line(row: Row, place: str) -> Iterator[Markup | str | None]:
    yield link(row["subject"] or "(no subject)", url(place, row["serial"]))
    yield row["sender"] or "not said"
    yield ", ".join(filter(None, (row["recipient"], row["copy"]))) or "nobody"
    yield moment(row["time"])


def _with_links(text: str) -> Iterator[Markup | str]:
    """Yield a text, with the addresses of this machine as links."""
    place = 0
    for match in _ADDRESS.finditer(text):
        yield text[place : match.start()]
        place = match.end()
        is_ours = match[0].startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
        yield link(match[0], match[0]) if is_ours else match[0]
    yield text[place:]


def _read_mail(visit: Visit) -> dict[str, str]:
    """Return the mail of a form; the first lines of the message may be its headers, as a manual step prints them."""
    mail = {name: visit.text(name) for name in ("sender", "recipient", "copy", "subject")}
    lines = visit.sent.get("body", "").strip().split("\n")
    while lines and (match := _HEADER.fullmatch(lines[0].strip())):
        mail[_HEADERS[match[1].lower()]] = " ".join(match[2].split())
        lines.pop(0)
    return mail | {"body": "\n".join(lines).strip()}
