"""The list of a fleet's agencies, and what they did last."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fleet.running import WHOLE_FLEET
from agencyfile.cli.fleet.selection import selected
from agencyfile.cli.render.safe import shortened
from agencyfile.fleet.model import Fleet, Wave
from agencyfile.fleet.records import FORMAT_VERSION, AgencyStatus, FleetListing, FleetReport, FleetStatus, ListedAgency

if TYPE_CHECKING:
    from agencyfile.fleet.journal import Journal
    from agencyfile.fleet.postgres.database import Database


def listing_of(fleet: Fleet, waves: Sequence[Wave], batch: int | None, journal: "Journal | Database") -> FleetListing:
    """Return the agencies of these waves, and batches of them."""
    agencies = list(_listed(waves, journal))
    batches = list(_batches(waves, batch)) if batch else []
    return {"format_version": FORMAT_VERSION, "fleet": fleet.name, "agencies": agencies, "batches": batches}


def _listed(waves: Sequence[Wave], journal: "Journal | Database") -> Iterator[ListedAgency]:
    paused = journal.paused()
    for wave in waves:
        for agency in wave.agencies:
            yield {
                "name": agency.name,
                "file": agency.path.as_posix(),
                "group": agency.group,
                "key": agency.key.name,
                "wave": wave.name,
                "paused": paused.get(agency.name, paused.get(WHOLE_FLEET)),
            }


def _batches(waves: Sequence[Wave], size: int) -> Iterator[list[str]]:
    for wave in waves:
        names = [agency.name for agency in wave.agencies]
        for start in range(0, len(names), size):
            yield names[start : start + size]


def status_of(fleet: Fleet, waves: Sequence[Wave], journal: "Journal | Database") -> FleetStatus:
    """Return the agencies of these waves, each with its latest runs."""
    listed = list(_listed(waves, journal))
    last = journal.last_runs([agency["name"] for agency in listed])
    agencies: list[AgencyStatus] = [{**agency, "last": last[agency["name"]]} for agency in listed]
    return {
        "format_version": FORMAT_VERSION,
        "fleet": fleet.name,
        "running": journal.unfinished(),
        "total": len(agencies),
        "agencies": agencies,
    }


def report_of(journal: "Journal | Database", name: str) -> FleetReport:
    """Return the report of a run; `latest` is the newest one.

    Raises:
        CommandExit: there is no such run.
    """
    names = journal.names()
    if name == "latest" and names:
        return journal.report(names[0])
    if name not in names:
        fix = f"the newest is {names[0]}" if names else "no run has been written down yet"
        raise CommandExit(ExitCode.ERROR, f"there is no run '{shortened(name, 80)}'", fix=fix)
    return journal.report(name)


def pause_names(fleet: Fleet, patterns: Sequence[str]) -> list[str]:
    """Return what a pause is written for: the agencies that the patterns name, or the whole fleet.

    Raises:
        CommandExit: a pattern names nothing.
    """
    if not patterns:
        return [WHOLE_FLEET]
    return [agency.name for wave in selected(fleet, patterns) for agency in wave.agencies]
