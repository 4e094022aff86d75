"""The mails of a portal: those to the vendor's support, and those that the vendor sends. None leaves it."""

from __future__ import annotations

from agencyfile.local_portal.database import Row
from agencyfile.local_portal.request_context import Turn

SUPPORT = "help@activecampaign.com"
VENDOR = "noreply@activecampaign.com"
_LONGEST = 100_000
_LINE = 500


def deliver(
    turn: Turn, *, sender: str, recipient: str, subject: str, body: str, copy: str = "", is_open: bool = False
) -> int:
    """Put a mail into the mailbox and return its number; an open one waits for the support desk."""
    row = {
        "time": turn.now,
        "sender": sender[:_LINE],
        "recipient": recipient[:_LINE],
        "copy": copy[:_LINE],
        "subject": subject[:_LINE],
        "body": body[:_LONGEST],
        "is_open": int(is_open),
    }
    return turn.rows.insert("mails", row)


def find_mail(turn: Turn, serial: int | None) -> Row | None:
    """Return a mail."""
    return turn.rows.first("SELECT * FROM mails WHERE serial = ?", (serial or 0,))


def last_mails(turn: Turn, *, is_open: bool, limit: int, offset: int = 0) -> list[Row]:
    """Return mails, the latest first; the open ones alone, or all of them."""
    query = "SELECT * FROM mails WHERE is_open >= ? ORDER BY serial DESC LIMIT ? OFFSET ?"
    return turn.rows.all(query, (int(is_open), limit, offset))


def close_mail(turn: Turn, serial: int) -> None:
    """Take a mail from the support desk."""
    turn.rows.run("UPDATE mails SET is_open = 0 WHERE serial = ?", (serial,))
