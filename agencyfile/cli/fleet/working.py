"""A worker of the fleet, with what it shows over HTTP."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fleet.listing import status_of
from agencyfile.cli.fleet.opening import DatabaseAway, database_place, open_database, open_fleet
from agencyfile.cli.fleet.variables import missing_words
from agencyfile.cli.render.safe import one_line
from agencyfile.fleet.model import Fleet

if TYPE_CHECKING:
    from agencyfile.fleet.postgres.database import Database

_PATIENCE: Final = 60.0  # seconds that a worker waits for the database when it starts
_PAUSE: Final = 1.0


def work(
    path: Path,
    concurrency: int,
    heartbeat: float,
    lease_wait: float,
    address: tuple[str, int] | None,
    *,
    color: bool,
) -> None:
    """Work until somebody asks to stop.

    Raises:
        CommandExit: the fleet file has errors, or the database or the address cannot be used.
    """
    opened = open_fleet(path, color=color)
    if missing := missing_words(opened, opened.agencies):
        _tell(f"{missing}. Jobs of these agencies fail here.")
    database = _patiently_opened(opened)
    from agencyfile.fleet.postgres.watching import Window, shown  # noqa: PLC0415 - the extra is there by now
    from agencyfile.fleet.postgres.worker import Worker  # noqa: PLC0415 - same

    def fleet() -> Fleet:
        return open_fleet(path, color=color)

    worker = Worker(database_place(), fleet, concurrency, heartbeat, lease_wait, _tell)
    bench = worker.bench()

    def page() -> str:
        from agencyfile.cli.render.html.fleet import render_status  # noqa: PLC0415 - only who looks pays for it

        now = fleet()
        return render_status(status_of(now, now.waves, database))

    try:
        with shown(Window(worker, bench, page), *address) if address else nullcontext() as port:
            if port is not None:
                _tell(f"serving /health, /metrics and the status page on port {port}")
            worker.run(bench)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"the port cannot be served: {error.strerror}") from None


def _patiently_opened(fleet: Fleet) -> "Database":
    """Open the database; wait for one that is being started again, as it is after a power cut."""
    deadline = time.monotonic() + _PATIENCE
    said = ""
    while True:
        try:
            return open_database(fleet)
        except DatabaseAway as error:
            if time.monotonic() > deadline:
                raise
            if said != str(error):
                said = str(error)
                _tell(f"{said}; trying again for {_PATIENCE:g} s")
            time.sleep(_PAUSE)


def _tell(line: str) -> None:
    click.echo(one_line(line), err=True)
