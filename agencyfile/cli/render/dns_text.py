"""The records that accounts need, and what the DNS says of them, as a table."""

from typing import Final

from agencyfile.cli.dns.records import DnsDocument
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table

_STATES: Final = {"there": "✓ there", "missing": "✗ missing", "unknown": "? not told"}


def render_records(document: DnsDocument, *, width: int | None) -> str:
    """Return the table, and a line for each step that was closed."""
    records = document["records"]
    if not records:
        return "no account has a domain of its own\n"
    table = render_table(
        [
            Column("RECORD", [one_line(record["host"]) for record in records]),
            Column("LEADS TO", [one_line(record["value"]) for record in records], weight=2),
            Column("DNS", [_STATES[record.get("state", "unknown")] for record in records]),
            Column("ACCOUNT", [one_line(record["address"]) for record in records], weight=1),
            Column(
                "PROBLEM",
                [one_line(record.get("found", "")) if record.get("state") != "there" else "" for record in records],
                weight=3,
            ),
        ],
        width=width,
    )
    closed = "".join(f"closed: {one_line(step)}\n" for step in document["recorded"])
    summary = document["summary"]
    return f"{table}\n{closed}{count(summary['records'], 'record')}, {summary['absent']:,} not there\n"
