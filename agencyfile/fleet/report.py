"""The report of a run, made of the records of its agencies."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from agencyfile.fleet.events import Done, LeftOut
from agencyfile.fleet.judging import (
    HARMLESS,
    INTERRUPTED,
    WELL,
    added,
    exit_code_of,
    no_work,
    problem_of,
    status_of,
    sums,
    work_of,
    worst,
)
from agencyfile.fleet.model import Agency
from agencyfile.fleet.records import (
    FORMAT_VERSION,
    AgencyRunRecord,
    Command,
    FleetReport,
    FleetTotalsRecord,
    LastRun,
    Status,
    WaveRecord,
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as it is known before it begins."""

    fleet: str
    command: Command
    name: str
    started: str
    waves: tuple[str, ...]
    engine: str = "local"
    ended: str | None = None

    def end(self, time: str) -> "Run":
        """Return the run with its end."""
        return replace(self, ended=time)


def new_run(fleet: str, command: Command, waves: Sequence[str], *, engine: str = "local") -> Run:
    """Return a run that begins now, with a name of its own.

    Its end tells microseconds, so that runs of one second stand in order, and then a random digit.
    """
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{command}-{now.microsecond:05x}{secrets.randbelow(16):x}"
    return Run(fleet, command, name, now.isoformat(timespec="milliseconds"), tuple(waves), engine)


def moment_of(name: str) -> tuple[str, str]:
    """Return when the run of this name began; runs are sorted by it."""
    time, _, rest = name.partition("-")
    return time, rest.rpartition("-")[2]


def last_of(run: str, started: str, record: AgencyRunRecord) -> LastRun:
    """Return what the status shows of an agency's run."""
    return {
        "run": run,
        "time": started,
        "status": record["status"],
        "exit_code": record["exit_code"],
        "problem": record["problem"],
    }


def left_out(event: LeftOut) -> AgencyRunRecord:
    """Return the record of an agency that is not started."""
    record = _blank(event.agency, event.wave, "paused" if event.is_paused else "not_started")
    return {**record, "problem": event.reason}


def done(event: Done, document: str | None = None) -> AgencyRunRecord:
    """Return the record of an agency whose child has ended; `document` is the file of its plan."""
    ended = event.ended
    problem, fix = problem_of(ended)
    return {
        **_blank(event.agency, event.wave, status_of(ended.code)),
        "exit_code": exit_code_of(ended.code),
        "attempts": event.attempts,
        "seconds": round(ended.seconds, 3),
        "problem": problem,
        "fix": fix,
        "work": work_of(ended.output),
        "document": document,
    }


def place_of(agency: Agency, wave: str) -> dict[str, str]:
    """Return what is known of an agency before it is started."""
    return {
        "name": agency.name,
        "file": agency.path.as_posix(),
        "group": agency.group,
        "key": agency.key.name,
        "wave": wave,
    }


def cut_off(place: Mapping[str, str], *, is_begun: bool) -> AgencyRunRecord:
    """Return the record of an agency in a run that was cut off before it was through."""
    record = _at(place, "interrupted" if is_begun else "not_started")
    if not is_begun:
        return {**record, "problem": "the run was cut off"}
    fix = "agencyfile fleet retry: an apply goes on from what the ledger knows"
    problem = "the run was cut off before its child had ended"
    return {**record, "exit_code": INTERRUPTED, "attempts": 1, "problem": problem, "fix": fix}


def _blank(agency: Agency, wave: str, status: Status) -> AgencyRunRecord:
    return _at(place_of(agency, wave), status)


def _at(place: Mapping[str, str], status: Status) -> AgencyRunRecord:
    return {
        "name": place["name"],
        "file": place["file"],
        "group": place["group"],
        "key": place["key"],
        "wave": place["wave"],
        "status": status,
        "exit_code": None,
        "attempts": 0,
        "seconds": 0.0,
        "problem": "",
        "fix": "",
        "work": no_work(),
        "document": None,
    }


def make_report(run: Run, records: Iterable[AgencyRunRecord]) -> FleetReport:
    """Return the report, with every number that a renderer shows. Agencies stand by waves and name."""
    order = {name: index for index, name in enumerate(run.waves)}
    agencies = sorted(records, key=lambda record: (order.get(record["wave"], len(order)), record["name"]))
    waves = _waves(run.waves, agencies)
    return {
        "format_version": FORMAT_VERSION,
        "fleet": run.fleet,
        "command": run.command,
        "run": run.name,
        "engine": run.engine,
        "started": run.started,
        "ended": run.ended,
        "exit_code": worst(record["exit_code"] for record in agencies if record["exit_code"] is not None),
        "totals": _totals(agencies, len(waves)),
        "waves": waves,
        "agencies": agencies,
    }


def _totals(agencies: Sequence[AgencyRunRecord], waves: int) -> FleetTotalsRecord:
    well = sum(record["status"] in WELL for record in agencies)
    works = [record["work"] for record in agencies]
    statuses = Counter(record["status"] for record in agencies)
    return {
        "agencies": len(agencies),
        "statuses": dict(sorted(statuses.items())),
        "failed": sum(is_failed(record) for record in agencies),
        "well": well,
        "problems": len(agencies) - well,
        "waves": waves,
        "changes": added(work["changes"] for work in works),
        "manual_steps": sum(work["manual_steps"] for work in works),
        "drift": sum(work["drift"] for work in works),
        "charges": sums(text for work in works for text in work["charges"]),
        "per_month": sums(text for work in works for text in work["per_month"]),
        "calls": sum(work["calls"] for work in works),
    }


def is_failed(record: AgencyRunRecord) -> bool:
    """Return whether the agency has failed, in whatever way."""
    return record["status"] not in HARMLESS


def _waves(names: Sequence[str], agencies: Sequence[AgencyRunRecord]) -> list[WaveRecord]:
    found: dict[str, list[AgencyRunRecord]] = {name: [] for name in names}
    for record in agencies:
        found.setdefault(record["wave"], []).append(record)
    waves: list[WaveRecord] = []
    for name, records in found.items():
        waves.append({"name": name, "status": _wave_status(records), "agencies": len(records)})
    return waves


def _wave_status(records: Sequence[AgencyRunRecord]) -> Literal["done", "failed", "not_started"]:
    if any(is_failed(record) for record in records):
        return "failed"
    is_idle = bool(records) and all(record["status"] == "not_started" for record in records)
    return "not_started" if is_idle else "done"
