"""A fleet on the terminal: the report of a run, the list of agencies, and what they did last."""

from collections.abc import Iterator

from agencyfile.cli.render import fleet_wording as wording
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table
from agencyfile.fleet.records import AgencyRunRecord, FleetListing, FleetReport, FleetStatus

COMMANDS = ("plan", "apply", "drift")


def render_report(report: FleetReport, *, width: int | None) -> str:
    """Return the report: one row for each agency with anything to tell, the problems, and the totals."""
    return "".join(f"{part}\n" for part in _parts(report, width) if part)


def _parts(report: FleetReport, width: int | None) -> Iterator[str]:
    shown = [record for record in report["agencies"] if record["status"] != "done" or record["work"]["changes"]]
    if shown:
        yield _table(shown, report["command"], width)
    for record in wording.problems(report):
        yield from _problem(record)
    yield f"{report['command'].capitalize()} of {one_line(report['fleet'])}. {wording.verdict(report)}."
    totals = report["totals"]
    if totals["changes"]:
        yield f"Changes: {wording.changes(totals['changes'])}."
    if charged := wording.charged(report):
        yield f"Card: {charged} (list prices)."
    if totals["per_month"]:
        yield f"Per month: {wording.amounts(totals['per_month'], signed=True)}."
    if command := wording.next_command(report):
        yield f"\nNext: {command}"


def _table(records: list[AgencyRunRecord], command: str, width: int | None) -> str:
    columns = [
        Column("AGENCY", [one_line(record["name"]) for record in records]),
        Column("RESULT", [wording.status_words(record["status"], command) for record in records]),
        Column("CHANGES", [wording.work(record["work"], command) for record in records], weight=4),
        Column("CARD", [wording.amounts(record["work"]["charges"]) for record in records], weight=3, is_number=True),
        Column("WAVE", [one_line(record["wave"]) for record in records], weight=1),
        Column("SECONDS", [_seconds(record) for record in records], weight=2, is_number=True),
    ]
    return render_table(columns, width=width)


def _seconds(record: AgencyRunRecord) -> str:
    return f"{record['seconds']:.1f}" if record["attempts"] else ""


def _problem(record: AgencyRunRecord) -> Iterator[str]:
    if record["exit_code"] is None or not record["problem"]:
        return
    yield f"{one_line(record['name'])}: {one_line(record['problem'])}"
    if record["fix"]:
        yield f"  fix: {one_line(record['fix'])}"


def render_listing(listing: FleetListing, *, width: int | None) -> str:
    """Return the agencies, one row each."""
    agencies = listing["agencies"]
    columns = [
        Column("AGENCY", [one_line(agency["name"]) for agency in agencies]),
        Column("FILE", [one_line(agency["file"]) for agency in agencies], weight=1),
        Column("KEY", [one_line(agency["key"]) for agency in agencies], weight=2),
        Column("WAVE", [one_line(agency["wave"]) for agency in agencies], weight=3),
        Column("PAUSED", [one_line(agency["paused"] or "") for agency in agencies]),
    ]
    return render_table(columns, width=width)


def render_status(status: FleetStatus, *, width: int | None) -> str:
    """Return the agencies with the result of the latest run of each command."""
    agencies = status["agencies"]
    columns = [Column("AGENCY", [one_line(agency["name"]) for agency in agencies])]
    for weight, command in enumerate(COMMANDS, start=2):
        cells = [_last(agency["last"].get(command), command) for agency in agencies]
        columns.append(Column(command.upper(), cells, weight=weight))
    columns.append(Column("PAUSED", [one_line(agency["paused"] or "") for agency in agencies], weight=1))
    return render_table(columns, width=width)


def _last(run: object, command: str) -> str:
    if not isinstance(run, dict):
        return ""
    return f"{wording.status_words(run['status'], command)} {run['time'][:16]}"
