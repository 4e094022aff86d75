"""Run one command for many agencies, and report on it."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import click

from agencyfile.cli.console import json_text
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fleet.opening import database_place, open_database, open_journal
from agencyfile.cli.fleet.variables import check_variables
from agencyfile.cli.fleet.view import View, make_view, watched
from agencyfile.cli.output import write_whole
from agencyfile.cli.render.safe import one_line
from agencyfile.files import make_folder
from agencyfile.fleet.environment import SameKey, check_keys
from agencyfile.fleet.events import Done, LeftOut, Started
from agencyfile.fleet.model import Agency, Fleet, Wave
from agencyfile.fleet.orders import LocalRunner, Task
from agencyfile.fleet.pool import Bounds, Pool
from agencyfile.fleet.records import AgencyRunRecord, FleetReport
from agencyfile.fleet.report import done, left_out, make_report, place_of
from plan.records.document import PlanDocument

WHOLE_FLEET: Final = "*"
_DOCUMENTS: Final = frozenset({0, 2, 3, 5, 8})  # exit codes of a plan that has a document


@dataclass(frozen=True, slots=True)
class Running:
    """Choices of the command line that every run shares."""

    concurrency: int | None = None
    out: Path | None = None
    lease_wait: float = 5.0
    engine: str = "local"


def run_fleet(fleet: Fleet, waves: Sequence[Wave], task: Task, running: Running) -> FleetReport:
    """Run a task for the agencies of these waves; show it, write it down, and return the report.

    Raises:
        CommandExit: two keys are the same, or nothing can be written.
    """
    agencies = [agency for wave in waves for agency in wave.agencies]
    try:
        check_keys(agencies, os.environ)
    except SameKey as error:
        raise CommandExit(ExitCode.ERROR, str(error), fix="write the key once under keys, and name it there") from None
    if running.engine != "local":
        return _on_workers(fleet, waves, task, running.out)
    if task.command == "apply":
        check_variables(fleet, agencies)
    journal = open_journal(fleet)
    runner = LocalRunner(task, fleet.folder, dict(os.environ), journal.rate_files)
    bounds = Bounds(running.concurrency or fleet.concurrency, task.command == "apply", lease_wait=running.lease_wait)
    view = make_view(len(agencies), task.command)
    pool = Pool(waves, runner, bounds, lambda agency: pause_of(agency, journal.paused(), task), _stop_teller(view))
    places = [place_of(agency, wave.name) for wave in waves for agency in wave.agencies]
    run = journal.begin(fleet.name, task, [wave.name for wave in waves], places)
    records: list[AgencyRunRecord] = []
    for event in watched(pool.events(), view):
        if isinstance(event, Started):
            journal.start(run, event.agency.name)
        record = _record(event, task, running.out)
        if record is not None:
            records.append(record)
            journal.add(run, record)
    report = make_report(journal.end(run), records)
    return {**report, "exit_code": int(ExitCode.INTERRUPTED)} if _is_cut_off(pool, report) else report


def _on_workers(fleet: Fleet, waves: Sequence[Wave], task: Task, out: Path | None) -> FleetReport:
    """Let workers run a task. Ctrl-C stops what is not started; children that run come to their end."""
    from agencyfile.fleet.postgres.roll_out import roll_out  # noqa: PLC0415 - for this engine alone

    if out is not None and task.command == "plan":
        fix = "plan with the local engine, or leave --out out"
        raise CommandExit(ExitCode.USAGE, "workers keep no plan documents", fix=fix)
    database = open_database(fleet)
    names = [agency.name for wave in waves for agency in wave.agencies]
    run = database.begin(task, [wave.name for wave in waves], names)
    view = make_view(len(names), task.command)
    try:
        for _ in watched(roll_out(database_place(), database, run, waves, task, _alone_teller(view)), view):
            pass
    except KeyboardInterrupt:
        database.stop(run)
        view.tell(f"{run.name} is stopped: children that run come to their end, none is started")
        view.close()
        return {**database.report(run.name), "exit_code": int(ExitCode.INTERRUPTED)}
    return make_report(database.end(run), database.records(run.name))


def _alone_teller(view: View) -> Callable[[], None]:
    return lambda: view.tell("no worker is running; the run goes on once one is: agencyfile fleet worker")


def _stop_teller(view: View) -> Callable[[int], None]:
    def tell(times: int) -> None:
        words = (
            "stopping: no agency is started any more, calls under way are answered and recorded (again: do not wait)"
        )
        view.tell(words if times == 1 else "stopping now: calls under way are recorded as unknown")

    return tell


def _is_cut_off(pool: Pool, report: FleetReport) -> bool:
    """An interrupted run says so, unless something graver has happened."""
    return pool.is_interrupted and report["exit_code"] not in (ExitCode.UNKNOWN, ExitCode.INTERRUPTED)


def pause_of(agency: Agency, paused: Mapping[str, str], task: Task) -> str | None:
    """Return why an agency is paused. A plan and a look for drift change nothing, so nothing holds them up."""
    if task.command != "apply":
        return None
    return paused.get(agency.name, paused.get(WHOLE_FLEET))


def _record(event: object, task: Task, out: Path | None) -> AgencyRunRecord | None:
    if isinstance(event, LeftOut):
        return left_out(event)
    if not isinstance(event, Done):
        return None
    return done(event, _document(event, out) if task.command == "plan" and out else None)


def _document(event: Done, out: Path) -> str | None:
    """Write the plan document of an agency beside the report; return its name there."""
    if event.ended.code not in _DOCUMENTS or not event.ended.output:
        return None
    document = cast("PlanDocument", event.ended.output[0])  # a plan that ends with such a code has printed one
    if not document["applicable"]:
        return None
    name = f"{event.agency.name}.plan.json"
    make_folder((out / name).parent)
    write_whole(out / name, json_text(document) + "\n")
    return name


def left_alone(report: FleetReport, names: Collection[str]) -> None:
    """Name the agencies that are not started again because a call has no known outcome."""
    for record in report["agencies"]:
        if record["name"] in names:
            fix = f"\n  fix: {one_line(record['fix'])}" if record["fix"] else ""
            click.echo(f"{one_line(record['name'])}: left alone, {one_line(record['problem'])}{fix}", err=True)
