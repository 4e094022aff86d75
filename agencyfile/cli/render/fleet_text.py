"""A fleet on the terminal: the report of a run, the list of agencies, and what they did last.

Nothing wraps on a terminal: names are cut in tables, sentences are folded between words. A file gets all of them whole.
"""

from collections.abc import Iterable, Iterator

from agencyfile.cli.render import fleet_wording as wording
from agencyfile.cli.render.excerpt import fits
from agencyfile.cli.render.folding import Line, cut, painted, span
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table
from agencyfile.fleet.problems import SharedProblem, shared_problems
from agencyfile.fleet.records import AgencyRunRecord, FleetListing, FleetReport, FleetStatus, ListedAgency

COMMANDS = ("plan", "apply", "drift")


def render_report(report: FleetReport, *, width: int | None) -> str:
    """Return the report: one row for each agency with anything to tell, the problems, and the totals."""
    return "".join(f"{part}\n" for part in _parts(report, width) if part)


def _parts(report: FleetReport, width: int | None) -> Iterator[str]:
    shown = [record for record in report["agencies"] if record["status"] != "done" or record["work"]["changes"]]
    if shown:
        yield _table(shown, report["command"], width)
    started = [record for record in wording.problems(report) if record["exit_code"] is not None]
    for shared in shared_problems(started):
        for line in _problem(shared):
            yield from painted(line, width)
    verdict = f"{report['command'].capitalize()} of {one_line(report['fleet'])}. {wording.verdict(report)}."
    yield from painted(Line([span(verdict)]), width)
    totals = report["totals"]
    if totals["changes"]:
        yield f"{wording.changes_title(report)}: {wording.changes(totals['changes'])}."
    if charged := wording.charged(report):
        yield f"Card: {charged} (list prices)."
    if totals["per_month"]:
        yield f"Per month: {wording.amounts(totals['per_month'], signed=True)}."
    if command := wording.next_command(report):
        yield f"\nNext: {command}"


def _table(records: list[AgencyRunRecord], command: str, width: int | None) -> str:
    columns = [
        Column("AGENCY", _names(records, width)),
        Column("RESULT", [wording.status_words(record["status"], command) for record in records]),
        Column("CHANGES", [wording.work(record["work"], command) for record in records], weight=4),
        Column("CARD", [wording.amounts(record["work"]["charges"]) for record in records], weight=3, is_number=True),
        Column("WAVE", [one_line(record["wave"]) for record in records], weight=1),
        Column("SECONDS", [_seconds(record) for record in records], weight=2, is_number=True),
    ]
    return render_table(columns, width=width)


def _seconds(record: AgencyRunRecord) -> str:
    return f"{record['seconds']:.1f}" if record["attempts"] else ""


def _problem(shared: SharedProblem) -> Iterator[Line]:
    """Agencies with the same problem, which is told once."""
    first, is_one = shared.first, fits(shared.agencies, 1)
    if not first["problem"]:
        return
    who = one_line(first["name"]) if is_one else wording.count_agencies(shared.number)
    yield Line([span(f"{who}: {one_line(first['problem'])}")], hanging=2)
    if not is_one:
        yield Line([span(f"  agencies: {wording.names(shared.names, one_line)}")], hanging=12)
    if first["fix"]:
        yield Line([span(f"  fix: {one_line(first['fix'])}")], hanging=7)


def _names(agencies: Iterable[AgencyRunRecord | ListedAgency], width: int | None) -> list[str]:
    """Names of agencies, for a table: at most half of a terminal is theirs."""
    return [_fitted(agency["name"], width and width // 2) for agency in agencies]


def _fitted(text: str, most: int | None) -> str:
    return one_line(text) if most is None else cut(one_line(text), most)


def render_listing(listing: FleetListing, *, width: int | None) -> str:
    """Return the agencies, one row each."""
    agencies = listing["agencies"]
    columns = [
        Column("AGENCY", _names(agencies, width)),
        Column("FILE", [one_line(agency["file"]) for agency in agencies], weight=1),
        Column("KEY", [one_line(agency["key"]) for agency in agencies], weight=2),
        Column("WAVE", [one_line(agency["wave"]) for agency in agencies], weight=3),
        Column("PAUSED", [_fitted(agency["paused"] or "", width and width // 3) for agency in agencies]),
    ]
    return render_table(columns, width=width)


def render_status(status: FleetStatus, *, width: int | None) -> str:
    """Return the agencies with the result of the latest run of each command."""
    agencies = status["agencies"]
    columns = [Column("AGENCY", _names(agencies, width))]
    for weight, command in enumerate(COMMANDS, start=2):
        cells = [_last(agency["last"].get(command), command) for agency in agencies]
        columns.append(Column(command.upper(), cells, weight=weight))
    columns.append(Column("PAUSED", [one_line(agency["paused"] or "") for agency in agencies], weight=1))
    return render_table(columns, width=width)


def _last(run: object, command: str) -> str:
    if not isinstance(run, dict):
        return ""
    return f"{wording.status_words(run['status'], command)} {run['time'][:16]}"
