"""Contacts, customer numbers and subscriptions: this project's own stand-in (docs/portal.md section 5).

No public source describes an API or the pages in full, so the rules are those that the operator's help states: the
address is the key and never changes, its domain has to be allowed for the customer number, an allowed domain works
after a while, and everybody but a team's mailbox is asked to verify the address. A contact is deleted by the service
manager alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.mails import deliver
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import is_domain, is_mail

SENDER = "no-reply@contacts.example"
ACCOUNT = "account"
SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        ACCOUNT: ("Default Service Notifications", "Planned Works", "Product Communications"),
        "service": ("Proactive Service Outage", "Proactive Informational", "Reactive Service"),
        "billing": ("Billing Notifications",),
    }
)
_LONGEST = 200
_SHOWN = 50


def find_people(turn: Turn, search: str) -> list[Row]:
    """Return the contacts whose address or name holds a text, the first ones by address."""
    query = "SELECT * FROM contact_people WHERE instr(email, ?) OR instr(lower(name), ?) ORDER BY email LIMIT ?"
    return turn.rows.all(query, (search.lower(), search.lower(), _SHOWN))


def find_person(turn: Turn, email: str) -> Row:
    """Return a contact by its address.

    Raises:
        Absent: There is none.
    """
    row = turn.rows.first("SELECT * FROM contact_people WHERE email = ?", (email.lower(),))
    if row is None:
        raise Absent("There is no such contact.")
    return row


def find_numbers(turn: Turn) -> list[Row]:
    """Return the customer numbers of this operator's profile."""
    return turn.rows.all("SELECT * FROM contact_customers ORDER BY number")


def find_number(turn: Turn, number: str) -> Row:
    """Return a customer number.

    Raises:
        Absent: It is not in this profile.
    """
    row = turn.rows.first("SELECT * FROM contact_customers WHERE number = ?", (number,))
    if row is None:
        raise Absent("This customer number is not in your profile.")
    return row


def add_number(turn: Turn, number: str, name: str) -> None:
    """Put a customer number into the profile."""
    turn.rows.run("INSERT OR REPLACE INTO contact_customers VALUES (?, ?)", (number, name))


def find_domains(turn: Turn, number: str) -> list[Row]:
    """Return the allowed domains of a customer number, those that do not work yet among them."""
    return turn.rows.all("SELECT * FROM contact_domains WHERE number = ? ORDER BY domain", (number,))


def allow_domain(turn: Turn, number: str, domain: str, usable_at: float) -> None:
    """Add a domain to those that a customer number allows.

    Raises:
        Refusal: It is no domain.
    """
    if "@" in domain or not is_domain(domain):
        raise Refusal(f"{domain!r} is not a domain. Write it without an @ sign.", "domain")
    turn.rows.run("INSERT OR IGNORE INTO contact_domains VALUES (?, ?, ?)", (number, domain.lower(), usable_at))


def check_domain(turn: Turn, email: str, numbers: Iterable[str]) -> None:
    """Refuse an address whose domain does not work for a customer number.

    Raises:
        Refusal: There is such a number.
    """
    domain = email.rpartition("@")[2].lower()
    query = "SELECT usable_at FROM contact_domains WHERE number = ? AND domain = ?"
    for number in numbers:
        row = turn.rows.first(query, (number, domain))
        if row is None:
            raise Refusal(f"Email domain not allowed: {domain} is not among the domains of {number}.", "email")
        if row["usable_at"] > turn.now:
            raise Refusal(f"Email domain not allowed yet: {domain} was added to {number} a moment ago.", "email")


def add_person(turn: Turn, fields: Mapping[str, str], *, is_group: bool, address: str = "") -> Row:
    """Create a contact, and send the verification mail unless it is a team's mailbox.

    Args:
        turn: The database and the clock.
        fields: ``email``, ``name``, ``phone`` and ``language``.
        is_group: Whether it is a team's mailbox.
        address: Scheme, host and port of the link in the mail; empty for no mail.

    Raises:
        Refusal: The address is none, or is a contact's already.
    """
    email = fields["email"].lower()
    if not is_mail(email):
        raise Refusal(f"{fields['email']!r} is not a valid email address.", "email")
    if turn.rows.first("SELECT 1 FROM contact_people WHERE email = ?", (email,)):
        raise Refusal("There is a contact with this address: search for it and choose it.", "email")
    row = {
        "email": email,
        **{name: fields.get(name, "")[:_LONGEST] for name in ("name", "phone", "language")},
        "is_group": int(is_group),
        "verified": 0,
        "code": secrets.token_urlsafe(18),
        "created": turn.now,
    }
    turn.rows.insert("contact_people", row)
    if address and not is_group:
        _ask(turn, row, address)
    return find_person(turn, email)


def change_person(turn: Turn, email: str, fields: Mapping[str, str], *, is_group: bool) -> None:
    """Change everything of a contact but its address."""
    values = [fields.get(name, "")[:_LONGEST] for name in ("name", "phone", "language")]
    statement = "UPDATE contact_people SET name = ?, phone = ?, language = ?, is_group = ? WHERE email = ?"
    turn.rows.run(statement, (*values, int(is_group), email))


def delete_person(turn: Turn, email: str) -> None:
    """Delete a contact with its subscriptions, as the service manager does."""
    row = find_person(turn, email)
    turn.rows.run("DELETE FROM contact_subscriptions WHERE contact = ?", (row["id"],))
    turn.rows.run("DELETE FROM contact_people WHERE id = ?", (row["id"],))


def verify(turn: Turn, code: str) -> Row | None:
    """Verify the address that a code was sent to; None where no contact has the code."""
    row = turn.rows.first("SELECT * FROM contact_people WHERE code = ?", (code,))
    if row is not None:
        turn.rows.run("UPDATE contact_people SET verified = 1 WHERE id = ?", (row["id"],))
    return row


def subscribe(turn: Turn, number: str, place: tuple[str, str], names: Iterable[str], people: Iterable[Row]) -> None:
    """Set subscriptions. ``place`` is a level and the id of its object, empty for the customer number itself.

    Raises:
        Refusal: The domain of an address does not work for the customer number.
    """
    for person in people:
        check_domain(turn, person["email"], (number,))
        for name in names:
            values = (number, *place, name, person["id"])
            turn.rows.run("INSERT OR IGNORE INTO contact_subscriptions VALUES (?, ?, ?, ?, ?)", values)


def unsubscribe(turn: Turn, number: str, place: tuple[str, str], name: str, contact: int) -> None:
    """End one subscription."""
    statement = (
        "DELETE FROM contact_subscriptions WHERE number = ? AND level = ? AND object = ? AND name = ? AND contact = ?"
    )
    turn.rows.run(statement, (number, *place, name, contact))


def subscriptions_of(turn: Turn, number: str) -> list[Row]:
    """Return every subscription of a customer number with its contact."""
    query = """
        SELECT level, object, contact_subscriptions.name AS subscription, contact_people.* FROM contact_subscriptions
        JOIN contact_people ON contact_people.id = contact WHERE number = ? ORDER BY level, object, subscription, email
    """
    return turn.rows.all(query, (number,))


def status_of(row: Row) -> str:
    """Return the state of a contact's address in words."""
    if row["is_group"]:
        return "Not required"
    return "Verified" if row["verified"] else "Pending verification"


def _ask(turn: Turn, row: Mapping[str, object], address: str) -> None:
    link = f"{address}/partner/contacts/verify/{row['code']}"
    body = f"Hello,\n\nyou were added as a contact. Please verify your address:\n\n{link}\n"
    deliver(turn, sender=SENDER, recipient=str(row["email"]), subject="Verify your email address", body=body)
