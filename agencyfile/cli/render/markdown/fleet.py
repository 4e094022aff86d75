"""The report of a fleet as one comment in Markdown, short enough for GitHub and GitLab."""

from collections.abc import Iterator, Sequence
from typing import Final

from agencyfile.cli.render import fleet_wording as wording
from agencyfile.cli.render.excerpt import cut_after, fits
from agencyfile.cli.render.markdown import COMMENT
from agencyfile.cli.render.markdown.text import code, details, link, prose, table
from agencyfile.fleet.problems import SharedProblem, shared_problems
from agencyfile.fleet.records import AgencyRunRecord, FleetReport

_STAGES: Final = (1000, 100, 12)  # rows of each table
_SIGNS: Final = {"unknown": "⛔", "not_started": "⏸", "paused": "⏸"}


def render_fleet(report: FleetReport, *, limit: int = COMMENT, url: str | None = None) -> str:
    """The most of a report that fits into `limit` bytes; `url` leads to the whole of it."""
    text = ""
    for most in _STAGES:
        text = "\n\n".join(part for part in _parts(report, most, url) if part) + "\n"
        if fits(text.encode(), limit):
            break
    return text


def _parts(report: FleetReport, most: int, url: str | None) -> Iterator[str]:
    yield _heading(report)
    yield _facts(report)
    yield _problems(wording.problems(report), report["command"], most)
    yield _changes(report, most)
    if command := wording.next_command(report):
        yield f"Next: {code(command)}"
    if url:
        yield link("The whole report", url)


def _heading(report: FleetReport) -> str:
    parts = [
        "### agencyfile",
        f"{report['command']} of {prose(report['fleet'], 100)}",
        f"**{wording.verdict(report)}**",
    ]
    if charged := wording.charged(report):
        parts.append(f"💳 **{charged}** (list price)")
    return " · ".join(parts)


def _facts(report: FleetReport) -> str:
    totals = report["totals"]
    rows = [
        (wording.changes_title(report), wording.changes(totals["changes"])),
        ("Per month", wording.amounts(totals["per_month"], signed=True)),
        ("Manual steps", f"{totals['manual_steps']:,}" if totals["manual_steps"] else ""),
        ("Drift", f"{totals['drift']:,} attributes" if totals["drift"] else ""),
        ("API calls", f"{totals['calls']:,}" if totals["calls"] else ""),
    ]
    shown = [row for row in rows if row[1]]
    return table(["", ""], shown) if shown else ""


def _problems(records: Sequence[AgencyRunRecord], command: str, most: int) -> str:
    if not records:
        return ""
    shown, rest = cut_after(shared_problems(records), most)
    rows = [(_names(shared), _result(shared.first, command), _problem(shared.first)) for shared in shown]
    return "\n\n".join([table(["agency", "result", "what is wrong"], rows), *([rest.words] if rest.items else [])])


def _names(shared: SharedProblem) -> str:
    shown = wording.names(shared.names, lambda name: code(name, 80))
    return shown if fits(shared.agencies, 1) else f"{wording.count_agencies(shared.number)}: {shown}"


def _result(record: AgencyRunRecord, command: str) -> str:
    sign = _SIGNS.get(record["status"], "❌")
    return f"{sign} {wording.status_words(record['status'], command)}"


def _problem(record: AgencyRunRecord) -> str:
    parts = [prose(record["problem"], 200)] if record["problem"] else []
    return " · ".join([*parts, *([f"fix: {prose(record['fix'], 200)}"] if record["fix"] else [])])


def _changes(report: FleetReport, most: int) -> str:
    command, number = report["command"], report["totals"]["statuses"].get("changes", 0)
    if not number:
        return ""
    shown, rest = cut_after([record for record in report["agencies"] if record["status"] == "changes"], most)
    rows = [
        (
            code(one["name"], 80),
            wording.work(one["work"], command),
            wording.amounts(one["work"]["charges"]),
            code(one["work"]["digest"]) if one["work"]["digest"] else "",
        )
        for one in shown
    ]
    head = ["agency", "drift" if command == "drift" else "changes", "card", "digest"]
    body = "\n\n".join([table(head, rows), *([rest.words] if rest.items else [])])
    return details(f"{number:,} agencies with {'drift' if command == 'drift' else 'changes'}", body)
