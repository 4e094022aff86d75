"""The report of a fleet as one page, without a script."""

from collections.abc import Iterator, Sequence

from agencyfile.cli.render import fleet_wording as wording
from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose
from agencyfile.cli.render.html.page import whole_page
from agencyfile.cli.render.html.rows import cells, fact_list, fold, heading, mark, section
from agencyfile.fleet.records import AgencyRunRecord, AgencyStatus, FleetReport, FleetStatus

_MARKS = {"done": ("✓", "create"), "changes": ("~", "update"), "pending": ("☐", "manual"), "unknown": ("?", "unknown")}


def render_fleet(report: FleetReport) -> str:
    """The page of a report: the same bytes for the same report."""
    return whole_page(f"{report['fleet']}: {report['command']}, {wording.verdict(report)} · agencyfile", _body(report))


def _body(report: FleetReport) -> Iterator[Markup | None]:
    name = element("p", element("b", "agencyfile"), f" {report['command']} of ", element("b", name_of(report["fleet"])))
    yield element("header", name)
    problems, totals, command = wording.problems(report), report["totals"], report["command"]
    problematic = {record["name"] for record in problems}
    rest = [record for record in report["agencies"] if record["name"] not in problematic]
    yield element(
        "main",
        element("h1", wording.verdict(report)),
        element(
            "dl",
            *(join([element("dt", title), element("dd", words)]) for title, words in _facts(report)),
            class_="overview",
        ),
        section("problems", "To look at", None, _rows(problems, command), totals["problems"]),
        _waves(report),
        section("agencies", "Agencies", None, _rows(rest, command), totals["well"]),
    )


def _facts(report: FleetReport) -> Iterator[tuple[str, str]]:
    totals = report["totals"]
    yield "Run", f"{report['run']}, began {report['started'][:16]} UTC"
    yield "Card", wording.charged(report) or "nothing is charged"
    if totals["per_month"]:
        yield "Per month", wording.amounts(totals["per_month"], signed=True)
    if totals["changes"]:
        yield wording.changes_title(report), wording.changes(totals["changes"])
    if totals["manual_steps"]:
        yield "Manual steps", f"{totals['manual_steps']:,}"
    if totals["drift"]:
        yield "Drift", f"{totals['drift']:,} attributes"
    yield "API calls", f"{totals['calls']:,} that change something"
    if command := wording.next_command(report):
        yield "Next", command


def _waves(report: FleetReport) -> Markup | None:
    number = report["totals"]["waves"]
    if number < 2:  # noqa: PLR2004 - one wave is no order
        return None
    words = {"done": "done", "failed": "failed", "not_started": "not started"}
    items = [
        element("li", join([name_of(wave["name"]), f": {wave['agencies']:,} agencies, {words[wave['status']]}"]))
        for wave in report["waves"]
    ]
    return element("section", heading("Waves", number), element("ol", *items), id="waves")


def _rows(records: Sequence[AgencyRunRecord], command: str) -> list[Markup]:
    return [_agency(record, command) for record in records]


def _agency(record: AgencyRunRecord, command: str) -> Markup:
    status = wording.status_words(record["status"], command)
    glyph, kind = _MARKS.get(record["status"], ("!", "error"))
    words = ", ".join(part for part in (status, wording.work(record["work"], command)) if part)
    charged = wording.amounts(record["work"]["charges"]) or None
    row = cells(mark(glyph, status, kind), name_of(record["name"]), name_of(words), money=charged)
    return element("li", fold(row, fact_list(_details(record))))


def _details(record: AgencyRunRecord) -> Iterator[tuple[str, Markup]]:
    if record["problem"]:
        yield "What is wrong", prose(record["problem"])
    if record["fix"]:
        yield "Fix", prose(record["fix"])
    yield "File", name_of(record["file"])
    yield "Wave, key", join([name_of(record["wave"]), ", ", name_of(record["key"])])
    if record["work"]["digest"]:
        yield "Digest", element("code", name_of(record["work"]["digest"]))
    if record["document"]:
        yield "Plan document", name_of(record["document"])
    if record["attempts"]:
        yield "Exit code", name_of(f"{record['exit_code']}, after {record['seconds']:.1f} s")


def render_status(status: FleetStatus) -> str:
    """The page of a fleet's status: the latest run of each command for each agency."""
    title = f"{status['fleet']}: {status['total']:,} agencies"
    return whole_page(f"{title} · agencyfile", _status_body(status))


def _status_body(status: FleetStatus) -> Iterator[Markup | None]:
    yield element("header", element("p", element("b", "agencyfile"), " fleet ", element("b", name_of(status["fleet"]))))
    items = [_status_row(agency) for agency in status["agencies"]]
    running = ", ".join(status["running"]) or "none"
    yield element(
        "main",
        element("h1", f"{status['total']:,} agencies"),
        element("dl", element("dt", "Runs under way"), element("dd", name_of(running)), class_="overview"),
        section("agencies", "Agencies", None, items, status["total"]),
    )


def _status_row(agency: AgencyStatus) -> Markup:
    last = sorted(agency["last"].items(), key=lambda item: item[1]["time"], reverse=True)
    words = "; ".join(f"{command} {wording.status_words(run['status'], command)}" for command, run in last)
    paused = f"paused: {agency['paused']}; " if agency["paused"] else ""
    is_grave = any(run["status"] in wording.GRAVE for _, run in last)
    sign = mark("!", "to look at", "error") if is_grave else mark("✓", "well", "create")
    facts = [(command, name_of(f"{run['time'][:16]} {run['run']} {run['problem']}")) for command, run in last]
    return element("li", fold(cells(sign, name_of(agency["name"]), name_of(paused + words)), fact_list(facts)))
