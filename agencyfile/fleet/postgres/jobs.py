"""The jobs of a fleet: one for each agency of a run, a sweep of stalled ones, and the commands that a clock starts."""

import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import procrastinate
import psycopg
import psycopg_pool
from procrastinate import JobContext, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job

from agencyfile.fleet.child import Ended
from agencyfile.fleet.events import Done, LeftOut
from agencyfile.fleet.model import Agency, Fleet, Key, Wave
from agencyfile.fleet.orders import LocalRunner, Task
from agencyfile.fleet.postgres.database import Database
from agencyfile.fleet.records import AgencyRunRecord
from agencyfile.fleet.report import done, is_failed, left_out

RUN_AGENCY: Final = "agencyfile.fleet.run_agency"
QUEUE: Final = "agencyfile-fleet"
AWAY: Final = (ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, OSError)  # the database is away
_LEASE: Final = 6
_TRIES: Final = 8  # of an agency whose ledger somebody else writes to; a worker that was killed holds it for a while
_KEY_SECONDS: Final = 60.0  # a machine that is gone keeps its keys no longer
_KEY_WAIT: Final = 5


class LeaseHeld(Exception):
    """Somebody else writes to the ledger of the agency. The only end of a child that is tried again."""


class KeyElsewhere(Exception):
    """Another machine uses the key of the agency."""


class Again(procrastinate.BaseRetryStrategy):
    """Try again what nothing was sent for: no other end of a job is."""

    def __init__(self, lease_wait: float) -> None:
        self._lease_wait = lease_wait

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None."""
        if isinstance(exception, LeaseHeld):
            return RetryDecision(retry_in={"seconds": max(1, round(self._lease_wait))})
        if isinstance(exception, KeyElsewhere):
            return RetryDecision(retry_in={"seconds": _KEY_WAIT + job.attempts % 3})
        return None


@dataclass(frozen=True, slots=True)
class Bench:
    """The things that a worker needs for its jobs.

    Attributes:
        fleet: loads the fleet file as it is now.
        database: the fleet's tables.
        machine: names this machine: the children of one key run on one.
        make_runner: makes the runner of a task.
        lease_wait: seconds before an agency is tried again whose ledger somebody else writes to.
        seen: numbers of ends by result, for the metrics.
    """

    fleet: Callable[[], Fleet]
    database: Database
    machine: str
    make_runner: Callable[[Task], LocalRunner]
    lease_wait: float = 5.0
    seen: dict[str, int] = field(default_factory=dict)


def digest_of(path: Path) -> str:
    """Digest of an agency file: a worker with another one refuses the job."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arguments_of(agency: Agency, wave: str, run: str, task: Task) -> dict[str, Any]:
    """The arguments of an agency's job. A plan goes with it: workers share no folder."""
    plan = None if task.plans is None else task.plans[agency.name].read_text(encoding="utf-8")
    return {
        "run": run,
        "agency": agency.name,
        "wave": wave,
        "command": task.command,
        "options": list(task.options),
        "plan": plan,
        "digest": digest_of(agency.path),
    }


def carry_out(bench: Bench, attempt: int, given: Mapping[str, Any]) -> None:
    """Run the child of an agency, and write down what has come of it.

    Raises:
        LeaseHeld: somebody else writes to its ledger.
        KeyElsewhere: another machine uses its key.
    """
    database, run = bench.database, given["run"]
    if database.is_through(run, given["agency"]):
        return
    agency = next((one for one in bench.fleet().agencies if one.name == given["agency"]), None)
    if agency is None:
        missing = Agency(given["agency"], Path(given["agency"]), "", Key(""), {})
        _keep(bench, run, _refused(missing, given["wave"], "this worker's fleet file has no such agency"))
        return
    event = _left_out(bench, agency, given) or _ended(bench, agency, attempt, given)
    _keep(bench, run, left_out(event) if isinstance(event, LeftOut) else done(event))


def _left_out(bench: Bench, agency: Agency, given: Mapping[str, Any]) -> LeftOut | None:
    """Return why an apply of an agency is not started, where it is not."""
    if given["command"] != "apply":
        return None
    paused = bench.database.paused()
    reason = paused.get(agency.name, paused.get("*"))
    if reason is not None:
        return LeftOut(agency, given["wave"], reason, is_paused=True)
    stopped = bench.database.reason_to_stop(given["run"])
    return LeftOut(agency, given["wave"], stopped) if stopped else None


def _ended(bench: Bench, agency: Agency, attempt: int, given: Mapping[str, Any]) -> Done:
    if not agency.path.exists() or digest_of(agency.path) != given["digest"]:
        return _done(agency, given["wave"], "this worker has another version of the agency file", "check out the same")
    if not bench.database.take_key(agency.key.name, bench.machine, _KEY_SECONDS):
        raise KeyElsewhere(agency.key.name)
    with tempfile.TemporaryDirectory(prefix="agencyfile-") as scratch:
        plans = None
        if given["plan"] is not None:
            plans = {agency.name: Path(scratch) / "plan.json"}
            plans[agency.name].write_text(given["plan"], encoding="utf-8")
        runner = bench.make_runner(Task(given["command"], given["options"], plans))
        bench.database.start(given["run"], agency.name, attempt)
        with _renewed(bench, agency):
            ended = runner.run(agency, lambda _: None)
    if ended.code == _LEASE and attempt < _TRIES:
        bench.database.start(given["run"], agency.name, attempt, wait=bench.lease_wait)
        raise LeaseHeld(agency.name)
    return Done(agency, given["wave"], attempt, ended)


@contextmanager
def _renewed(bench: Bench, agency: Agency) -> Iterator[None]:
    """Keep the key for this machine while a child runs."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(_KEY_SECONDS / 3):
            bench.database.take_key(agency.key.name, bench.machine, _KEY_SECONDS)

    thread = threading.Thread(target=renew, name=f"key of {agency.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()


def _refused(agency: Agency, wave: str, problem: str) -> AgencyRunRecord:
    return done(_done(agency, wave, problem, "check out the same revision on every machine"))


def _done(agency: Agency, wave: str, problem: str, fix: str) -> Done:
    return Done(agency, wave, 1, Ended(1, 0.0, (), f"error: {problem}\n  fix: {fix}\n"))


def _keep(bench: Bench, run: str, record: AgencyRunRecord) -> None:
    bench.database.add(run, record, is_failed=is_failed(record))
    bench.seen[record["status"]] = bench.seen.get(record["status"], 0) + 1


def make_app(place: str, bench: Bench | None, stalled: float = 30.0) -> procrastinate.App:
    """Make the application: of a worker with its bench, or of whoever only adds jobs."""
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=place, min_size=1, max_size=6, timeout=15)
    )

    @app.task(name=RUN_AGENCY, queue=QUEUE, retry=Again(bench.lease_wait if bench else 0), pass_context=True)
    def run_agency(context: JobContext, /, **given: Any) -> None:
        assert bench  # noqa: S101 - only workers run it
        carry_out(bench, context.job.attempts + 1, given)

    if bench is not None:
        _add_sweep(app, bench, stalled)
        _add_schedules(app, bench)
    return app


def _add_sweep(app: procrastinate.App, bench: Bench, stalled: float) -> None:
    @app.periodic(cron=_every(stalled))
    @app.task(name="agencyfile.fleet.sweep", queue=QUEUE, queueing_lock="agencyfile-fleet-sweep")
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic task is called with
        """Start the jobs of workers that are gone again, and end scheduled runs that are complete."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled):
            try:
                await app.job_manager.retry_job(job)
            except procrastinate.exceptions.ConnectorException:  # another worker was quicker
                continue
        bench.database.end_complete()


def _every(seconds: float) -> str:
    """A cron of six fields: twice in the time after which a worker counts as gone, and at least once a minute."""
    return f"* * * * * */{max(1, min(30, round(seconds / 2)))}"


def _add_schedules(app: procrastinate.App, bench: Bench) -> None:
    for command, cron in bench.fleet().schedules.items():
        task = Task("drift" if command == "drift" else "plan")

        @app.periodic(cron=cron)
        @app.task(
            name=f"agencyfile.fleet.scheduled.{command}", queue=QUEUE, queueing_lock=f"agencyfile-fleet-{command}"
        )
        async def scheduled(timestamp: int, task: Task = task) -> None:  # noqa: ARG001 - as above
            """Begin a run of every agency."""
            waves = bench.fleet().waves
            names = [agency.name for wave in waves for agency in wave.agencies]
            run = bench.database.begin(task, [wave.name for wave in waves], names)
            for wave in waves:
                await add_jobs(app, wave, run.name, task)


async def add_jobs(app: procrastinate.App, wave: Wave, run: str, task: Task) -> None:
    """Add a job for each agency of a wave."""
    deferrer = app.configure_task(RUN_AGENCY, queue=QUEUE)
    await deferrer.batch_defer_async(*jobs_of(wave.agencies, wave.name, run, task))


def jobs_of(agencies: Sequence[Agency], wave: str, run: str, task: Task) -> list[dict[str, Any]]:
    """The arguments of each job of a wave."""
    return [arguments_of(agency, wave, run, task) for agency in agencies]
