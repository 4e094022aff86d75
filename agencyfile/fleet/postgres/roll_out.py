"""A run over workers: jobs are added wave by wave, and what has come of them is read until all are through."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agencyfile.fleet.events import Event, Quiet, Started, Waits, Written
from agencyfile.fleet.model import Agency, Wave
from agencyfile.fleet.orders import Task
from agencyfile.fleet.postgres.database import Database, Start
from agencyfile.fleet.postgres.jobs import AWAY, add_jobs, make_app
from agencyfile.fleet.report import Run

_POLL: Final = 0.5  # seconds
_ALONE: Final = 2.0  # seconds after which it is said that there is no worker


def roll_out(
    place: str, database: Database, run: Run, waves: Sequence[Wave], task: Task, alone: Callable[[], None]
) -> Iterator[Event]:
    """Add the jobs of one wave after the other; yield what comes of each agency once it is there.

    A wave whose first job finds a failure before it is left out by the workers, agency by agency. `alone` is called
    once where no worker is there to take a job. An agency that begins and ends between two looks is only seen to end.
    """
    due = time.monotonic() + _ALONE
    for wave in waves:
        _added(place, database, run, wave, task)
        watch = Watch(database, run.name, wave)
        while not watch.is_over:
            time.sleep(_POLL)
            if time.monotonic() > due:
                due = math.inf
                if not database.has_worker():
                    alone()
            yield from watch.look()
            yield Quiet()


class Watch:
    """Looks at one wave of a run again and again, and tells what is new."""

    def __init__(self, database: Database, run: str, wave: Wave) -> None:
        self._database = database
        self._run = run
        self._wave = wave
        self._waiting = {agency.name: agency for agency in wave.agencies}
        self._through: set[str] = set()
        self._starts: dict[str, Start] = {}

    @property
    def is_over(self) -> bool:
        """Whether every agency of the wave is through."""
        return not self._waiting

    def look(self) -> Iterator[Event]:
        """Yield what has changed since the last look."""
        # Starts before ends: what begins in between is seen by the next look, and what is through never begins again.
        starts = self._database.starts(self._run)
        for record in self._database.records(self._run, self._through):
            self._through.add(record["name"])
            if agency := self._waiting.pop(record["name"], None):
                yield Written(agency, record)
        for name, start in starts.items():
            agency = self._waiting.get(name)
            if agency and self._starts.get(name) != start:
                self._starts[name] = start
                yield self._began(agency, start)

    def _began(self, agency: Agency, start: Start) -> Event:
        if start.wait is None:
            return Started(agency, self._wave.name, start.attempt)
        return Waits(agency, start.wait, start.attempt)


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
