"""The export of all contacts with their subscriptions, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from agencyfile.local_portal.clock import iso_time
from agencyfile.local_portal.contacts import status_of
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.pages.markup import printable

CSV = "text/csv; charset=utf-8"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADS = (
    "E-mail", "Name", "Phone", "Language", "Group contact", "Status", "Customer number", "Level", "Level id",
    "Subscription", "Exported",
)  # fmt: skip
_QUERY = """
    SELECT contact_people.*, IFNULL(number, '') AS number, IFNULL(level, '') AS level, IFNULL(object, '') AS object,
    IFNULL(contact_subscriptions.name, '') AS subscription FROM contact_people
    LEFT JOIN contact_subscriptions ON contact = contact_people.id ORDER BY email, number, level, object, subscription
"""


def export_csv(rows: Database, now: float) -> bytes:
    """Return the export as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_lines(rows, now))
    return out.getvalue().encode()


def export_workbook(rows: Database, now: float) -> bytes:
    """Return the export as a workbook. Every cell is text, so that nothing is taken for a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - only this download needs it

    book = Workbook()
    sheet = book.active
    sheet.title = "Contacts"
    for number, line in enumerate(_lines(rows, now), start=1):
        for column, text in enumerate(line, start=1):
            if text:
                cell = sheet.cell(row=number, column=column)
                cell.value = printable(text)  # a workbook holds no control characters
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(rows: Database, now: float) -> Iterator[tuple[str, ...]]:
    yield _HEADS
    exported = iso_time(now) or ""
    for row in rows.all(_QUERY):
        yield (
            row["email"],
            row["name"],
            row["phone"],
            row["language"],
            "yes" if row["is_group"] else "no",
            status_of(row),
            row["number"],
            str(row["level"]).capitalize(),
            row["object"],
            row["subscription"],
            exported,
        )
