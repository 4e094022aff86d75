"""Ends and renewals as a calendar (RFC 5545), for whatever calendar a team has."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from agencyfile import __version__
from agencyfile.cli.render import money
from agencyfile.cli.render.calendar_lines import fold, text_of
from agencyfile.cli.reporting.records import RenewalRecord, ReportDocument, TrialRecord


def render_calendar(document: ReportDocument) -> str:
    """One event for each trial that ends and for each renewal; the same events have the same names at each time."""
    return "".join(f"{folded}\r\n" for line in _lines(document) for folded in fold(line))


def _lines(document: ReportDocument) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//agencyfile//agencyfile {__version__}//EN"
    yield "CALSCALE:GREGORIAN"
    yield f"X-WR-CALNAME:{text_of(document['agency'])}"
    stamp = f"{document['made'][:19].replace('-', '').replace(':', '')}Z"
    for trial in document["trials"]:
        yield from _event(document["agency"], stamp, trial["ends"], trial["address"], "ends", _trial(trial))
    for month in document["renewals"]:
        for renewal in month["renewals"]:
            yield from _event(
                document["agency"], stamp, renewal["day"], renewal["address"], "renews", _renewal(renewal)
            )
    yield "END:VCALENDAR"


def _trial(trial: TrialRecord) -> str:
    return f"Trial {trial['address']} ends{_of(trial['client'])}"


def _renewal(renewal: RenewalRecord) -> str:
    price = money.amount(renewal["price"]) if renewal["price"] else "price not told"
    return f"{renewal['address']} renews: {price}{_of(renewal['client'])} ({renewal['billed']})"


def _of(client: str) -> str:
    return f", {client}" if client else ""


def _event(agency: str, stamp: str, day: str, address: str, what: str, summary: str) -> Iterator[str]:
    start = date.fromisoformat(day)
    name = hashlib.sha256(f"{agency}\n{address}\n{what}\n{day}".encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{name}@agencyfile"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{text_of(summary)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
