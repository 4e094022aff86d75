"""A worker: it takes jobs, survives a database that is away, and stops when asked to, not in the midst of a call."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agencyfile.fleet.child import Children
from agencyfile.fleet.journal import Journal
from agencyfile.fleet.model import Fleet
from agencyfile.fleet.orders import LocalRunner, Task
from agencyfile.fleet.postgres.database import Database
from agencyfile.fleet.postgres.jobs import AWAY, QUEUE, Bench, make_app

_PAUSE: Final = 1.0  # seconds before the next try
_POLL: Final = 2.0


@dataclass(slots=True)
class Worker:
    """One worker process.

    Attributes:
        place: a connection string of libpq; empty for what its environment says.
        fleet: loads the fleet file as it is now.
        concurrency: children at a time.
        heartbeat: seconds between two signs of life; after six of them without one, the jobs of a worker start again.
        lease_wait: seconds before an agency is tried again whose ledger somebody else writes to.
        tell: prints a line.
    """

    place: str
    fleet: Callable[[], Fleet]
    concurrency: int
    heartbeat: float
    lease_wait: float
    tell: Callable[[str], None]
    children: Children = field(default_factory=Children)
    is_stopping: bool = False
    is_connected: bool = False
    _task: "asyncio.Task[None] | None" = None

    @property
    def stalled(self) -> float:
        """Seconds without a sign of life after which a worker counts as gone."""
        return 6 * self.heartbeat

    def bench(self) -> Bench:
        """Return what its jobs need."""
        fleet = self.fleet()
        outside = dict(os.environ)
        journal = Journal(fleet.folder)
        journal.prepare()

        def make_runner(task: Task) -> LocalRunner:
            return LocalRunner(task, fleet.folder, outside, journal.rate_files, self.children)

        database, machine = Database(self.place, fleet.name), machine_name(fleet.folder)
        return Bench(self.fleet, database, machine, make_runner, self.lease_wait)

    def run(self, bench: Bench) -> None:
        """Work until somebody asks to stop; children that run come to their end."""
        asyncio.run(self._run(bench))

    async def _run(self, bench: Bench) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.concurrency + 4))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked)
        while not self.is_stopping:
            try:
                self._task = asyncio.create_task(self._work(bench))
                await self._task
            except asyncio.CancelledError:
                continue  # somebody asked to stop
            except AWAY as error:
                self.is_connected = False
                self.tell(f"the database is away ({type(error).__name__}); again in {_PAUSE:g} s")
                await asyncio.sleep(_PAUSE)

    async def _work(self, bench: Bench) -> None:
        app = make_app(self.place, bench, self.stalled)
        async with app.open_async():
            self.is_connected = True
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=self.concurrency,
                name=f"{socket.gethostname()}-{os.getpid()}",
                fetch_job_polling_interval=_POLL,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=self.heartbeat,
                stalled_worker_timeout=self.stalled,
            )
        self.is_connected = False

    def _asked(self) -> None:
        """Take no further job; asked again, let children end what they do and no more."""
        if self.is_stopping:
            self.tell("stopping now: children are asked to stop")
            self.children.interrupt()
            return
        self.is_stopping = True
        self.tell("stopping: children that run come to their end (again: ask them to stop)")
        if self._task:
            self._task.cancel()


def machine_name(folder: Path) -> str:
    """Name the place that workers share a rate file in: this machine since its start, and the fleet's folder."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        boot = "-"
    return f"{socket.gethostname()} {boot} {folder.resolve()}"
