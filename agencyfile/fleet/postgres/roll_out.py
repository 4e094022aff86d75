"""A run over workers: jobs are added wave by wave, and what has come of them is read until all are through."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agencyfile.fleet.model import Wave
from agencyfile.fleet.orders import Task
from agencyfile.fleet.postgres.database import Database
from agencyfile.fleet.postgres.jobs import AWAY, add_jobs, make_app
from agencyfile.fleet.records import AgencyRunRecord
from agencyfile.fleet.report import Run

_POLL: Final = 0.5  # seconds
_ALONE: Final = 2.0  # seconds after which it is said that there is no worker


def roll_out(
    place: str, database: Database, run: Run, waves: Sequence[Wave], task: Task, alone: Callable[[], None]
) -> Iterator[AgencyRunRecord]:
    """Add the jobs of one wave after the other; yield the record of each agency once it is there.

    A wave whose first job finds a failure before it is left out by the workers, agency by agency. `alone` is called
    once where no worker is there to take a job.
    """
    seen: set[str] = set()
    due = time.monotonic() + _ALONE
    for wave in waves:
        _added(place, database, run, wave, task)
        waiting = {agency.name for agency in wave.agencies}
        while waiting - seen:
            time.sleep(_POLL)
            if time.monotonic() > due:
                due = math.inf
                if not database.has_worker():
                    alone()
            for record in database.records(run.name, seen & waiting):
                if record["name"] not in seen:
                    seen.add(record["name"])
                    yield record


def _added(place: str, database: Database, run: Run, wave: Wave, task: Task) -> None:
    """Add the jobs of a wave; again while the database is away. A job that is added twice finds nothing left to do."""
    deadline = time.monotonic() + database.patience
    while True:
        try:
            asyncio.run(_add(place, wave, run, task))
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL)
        else:
            return


async def _add(place: str, wave: Wave, run: Run, task: Task) -> None:
    app = make_app(place, None)
    async with app.open_async():
        await add_jobs(app, wave, run.name, task)
