"""Which agencies a retry starts again, and which it leaves alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fleet.selection import selected, with_names
from agencyfile.fleet.model import Fleet, Wave
from agencyfile.fleet.orders import Task
from agencyfile.fleet.records import FleetReport
from agencyfile.fleet.report import is_failed

if TYPE_CHECKING:
    from agencyfile.fleet.journal import Journal
    from agencyfile.fleet.postgres.database import Database


@dataclass(frozen=True, slots=True)
class Retry:
    """A run to repeat in part.

    Attributes:
        before: the report of the run before.
        task: what it did.
        waves: the agencies to start again.
        unknown: names of those with a call of unknown outcome, which a retry never starts.
    """

    before: FleetReport
    task: Task
    waves: tuple[Wave, ...]
    unknown: frozenset[str]


def retry_of(fleet: Fleet, journal: "Journal | Database", patterns: Sequence[str], *, with_rest: bool) -> Retry:
    """Return what to start again of the latest run.

    Raises:
        CommandExit: there is no run yet, or a pattern names nothing.
    """
    names = journal.names()
    if not names:
        fix = "agencyfile fleet plan; runs of workers stand in the database: add --engine postgres"
        raise CommandExit(ExitCode.ERROR, "no run has been written down here yet", fix=fix)
    before = journal.report(names[0])
    chosen = {agency.name for wave in selected(fleet, patterns) for agency in wave.agencies}
    failed = {record["name"] for record in before["agencies"] if is_failed(record)}
    unknown = {record["name"] for record in before["agencies"] if record["status"] == "unknown"}
    again = failed - unknown
    if with_rest:
        again |= {record["name"] for record in before["agencies"] if record["status"] == "not_started"}
    waves = with_names(fleet, again & chosen)
    return Retry(before, journal.task(names[0]), waves, frozenset(unknown & chosen))
