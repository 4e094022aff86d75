"""The fleet's own tables: runs, the agencies that run or are through, which machine uses a key, and pauses.

Each statement takes a connection of its own and is tried again while the server is away: a restart of the database
holds up a fleet, and loses nothing of it. Every statement may be repeated.
"""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

import procrastinate
import psycopg

from agencyfile.fleet.orders import Task
from agencyfile.fleet.records import AgencyRunRecord, FleetReport, LastRun
from agencyfile.fleet.report import Run, last_of, make_report, new_run

TABLES: Final = """
CREATE TABLE IF NOT EXISTS agencyfile_fleet_runs (
    name text PRIMARY KEY, fleet text NOT NULL, command text NOT NULL, head jsonb NOT NULL,
    started timestamptz NOT NULL, ended timestamptz, is_stopped boolean NOT NULL DEFAULT false);
CREATE TABLE IF NOT EXISTS agencyfile_fleet_ends (
    run text REFERENCES agencyfile_fleet_runs ON DELETE CASCADE, agency text NOT NULL, is_failed boolean NOT NULL,
    record jsonb NOT NULL, serial bigserial, PRIMARY KEY (run, agency));
CREATE TABLE IF NOT EXISTS agencyfile_fleet_starts (
    run text REFERENCES agencyfile_fleet_runs ON DELETE CASCADE, agency text NOT NULL, attempt integer NOT NULL,
    wait double precision, PRIMARY KEY (run, agency));
CREATE TABLE IF NOT EXISTS agencyfile_fleet_keys (
    key text PRIMARY KEY, machine text NOT NULL, until timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS agencyfile_fleet_pauses (
    fleet text NOT NULL, agency text NOT NULL, reason text NOT NULL, PRIMARY KEY (fleet, agency));
"""
_KEPT: Final = 200  # runs
_PREPARING: Final = 4_771_163_902  # a lock of the transaction that makes the tables; any number that is ours
_CONNECT: Final = 5  # seconds
_FIRST_WAIT: Final = 0.2  # seconds before the second try; each further wait is twice as long
_LONGEST_WAIT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Start:
    """The latest start of an agency's child.

    Attributes:
        attempt: how often it was started, at least 1.
        wait: seconds until it is started again, since somebody else writes to the ledger; None while it runs.
    """

    attempt: int
    wait: float | None


@dataclass(frozen=True, slots=True)
class Database:
    """The fleet's tables.

    Attributes:
        place: a connection string of libpq; empty for what its environment says (PGHOST and so on).
        fleet: the fleet whose runs and pauses these are.
        patience: seconds for which a statement is tried again while the server is away.
    """

    place: str
    fleet: str
    patience: float = 600.0

    def prepare(self) -> None:
        """Make the tables of the jobs and of the fleet where there are none; one process at a time does it.

        Raises:
            psycopg.Error: the database cannot be reached, or refuses.
        """
        jobs = procrastinate.App(connector=procrastinate.PsycopgConnector()).schema_manager.get_schema()
        with psycopg.connect(self.place, connect_timeout=_CONNECT) as connection:  # one transaction
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_PREPARING,))
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found == (None,):
                connection.execute(jobs.encode())
            connection.execute(TABLES)

    def begin(self, task: Task, waves: Sequence[str], agencies: Collection[str]) -> Run:
        """Write down a new run."""
        run = new_run(self.fleet, task.command, waves, engine="postgres")
        head = {"waves": list(waves), "options": list(task.options), "agencies": sorted(agencies)}
        self._do(
            "INSERT INTO agencyfile_fleet_runs (name, fleet, command, head, started) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (run.name, run.fleet, run.command, json.dumps(head), run.started),
        )
        self._do(
            "DELETE FROM agencyfile_fleet_runs WHERE fleet = %s AND ended IS NOT NULL AND name NOT IN"
            " (SELECT name FROM agencyfile_fleet_runs WHERE fleet = %s ORDER BY started DESC, name LIMIT %s)",
            (self.fleet, self.fleet, _KEPT),
        )
        return run

    def add(self, run: str, record: AgencyRunRecord, *, is_failed: bool) -> None:
        """Write what has come of an agency. Of two workers that ran it, the first one counts."""
        self._do(
            "INSERT INTO agencyfile_fleet_ends (run, agency, is_failed, record) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (run, record["name"], is_failed, json.dumps(record)),
        )

    def start(self, run: str, agency: str, attempt: int, wait: float | None = None) -> None:
        """Write that the child of an agency runs.

        With `wait` it does not: somebody else writes to the ledger, and it is tried again after so many seconds.
        """
        self._do(
            "INSERT INTO agencyfile_fleet_starts VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (run, agency) DO UPDATE SET attempt = excluded.attempt, wait = excluded.wait",
            (run, agency, attempt, wait),
        )

    def starts(self, run: str) -> dict[str, Start]:
        """Return the latest start of each agency of a run that is not through."""
        rows = self._do(
            "SELECT s.agency, s.attempt, s.wait FROM agencyfile_fleet_starts s WHERE s.run = %s AND NOT EXISTS"
            " (SELECT 1 FROM agencyfile_fleet_ends e WHERE e.run = s.run AND e.agency = s.agency) ORDER BY s.agency",
            (run,),
        )
        return {agency: Start(attempt, wait) for agency, attempt, wait in rows}

    def is_through(self, run: str, agency: str) -> bool:
        """Return whether it is written what has come of an agency."""
        return bool(self._do("SELECT 1 FROM agencyfile_fleet_ends WHERE run = %s AND agency = %s", (run, agency)))

    def reason_to_stop(self, run: str) -> str:
        """Return why nothing more of a run is started; empty where it goes on."""
        failed = self._do(
            "SELECT agency FROM agencyfile_fleet_ends WHERE run = %s AND is_failed ORDER BY agency LIMIT 1", (run,)
        )
        if failed:
            return f"{failed[0][0]} failed before"
        stopped = self._do("SELECT 1 FROM agencyfile_fleet_runs WHERE name = %s AND is_stopped", (run,))
        return "the run was interrupted" if stopped else ""

    def stop(self, run: Run) -> None:
        """Let nothing more of a run be started."""
        self._do("UPDATE agencyfile_fleet_runs SET is_stopped = true WHERE name = %s", (run.name,))

    def end(self, run: Run) -> Run:
        """Write that a run has ended."""
        ended = run.end(datetime.now(UTC).isoformat(timespec="milliseconds"))
        self._do("UPDATE agencyfile_fleet_runs SET ended = %s WHERE name = %s", (ended.ended, run.name))
        return ended

    def end_complete(self) -> None:
        """End scheduled runs whose agencies are all through: nobody waits for them."""
        self._do(
            "UPDATE agencyfile_fleet_runs SET ended = now() WHERE fleet = %s AND ended IS NULL AND"
            " jsonb_array_length(head->'agencies') = (SELECT count(*) FROM agencyfile_fleet_ends WHERE run = name)",
            (self.fleet,),
        )

    def records(self, run: str, seen: Collection[str] = ()) -> list[AgencyRunRecord]:
        """Return what is written of the agencies of a run, but for those that were seen before."""
        query = "SELECT record FROM agencyfile_fleet_ends WHERE run = %s AND agency <> ALL(%s) ORDER BY serial"
        return [row[0] for row in self._do(query, (run, list(seen)))]

    def report(self, name: str) -> FleetReport:
        """Return the report of a run, as far as it has come.

        Raises:
            LookupError: there is no such run.
        """
        rows = self._do("SELECT command, head, started, ended FROM agencyfile_fleet_runs WHERE name = %s", (name,))
        if not rows:
            raise LookupError(name)
        command, head, started, ended = rows[0]
        run = Run(
            self.fleet,
            command,
            name,
            started.isoformat(timespec="milliseconds"),
            tuple(head["waves"]),
            "postgres",
            ended and ended.isoformat(timespec="milliseconds"),
        )
        return make_report(run, self.records(name))

    def task(self, name: str) -> Task:
        """Return what the children of a run were told to do."""
        command, head = self._do("SELECT command, head FROM agencyfile_fleet_runs WHERE name = %s", (name,))[0]
        return Task(command, head["options"])

    def names(self) -> list[str]:
        """Return the names of all runs, the newest first."""
        query = "SELECT name FROM agencyfile_fleet_runs WHERE fleet = %s ORDER BY started DESC, name LIMIT %s"
        return [row[0] for row in self._do(query, (self.fleet, _KEPT))]

    def unfinished(self) -> list[str]:
        """Return the names of the runs without an end, the newest first."""
        query = "SELECT name FROM agencyfile_fleet_runs WHERE fleet = %s AND ended IS NULL ORDER BY started DESC, name"
        return [row[0] for row in self._do(query, (self.fleet,))]

    def last_runs(self, agencies: Collection[str]) -> Mapping[str, Mapping[str, LastRun]]:
        """Return the latest run of each command, by agency and command."""
        rows = self._do(
            "SELECT DISTINCT ON (e.agency, r.command) e.agency, r.command, r.name, r.started, e.record"
            " FROM agencyfile_fleet_ends e JOIN agencyfile_fleet_runs r ON r.name = e.run"
            " WHERE r.fleet = %s AND e.record->>'exit_code' IS NOT NULL ORDER BY e.agency, r.command, r.started DESC",
            (self.fleet,),
        )
        found: dict[str, dict[str, LastRun]] = {name: {} for name in agencies}
        for agency, command, name, started, record in rows:
            if agency in found:
                found[agency][command] = last_of(name, started.isoformat(timespec="milliseconds"), record)
        return found

    def paused(self) -> dict[str, str]:
        """Return why agencies are paused, by name; `*` is the whole fleet."""
        return dict(self._do("SELECT agency, reason FROM agencyfile_fleet_pauses WHERE fleet = %s", (self.fleet,)))

    def pause(self, reasons: Mapping[str, str]) -> None:
        """Write why agencies are paused."""
        self._do("DELETE FROM agencyfile_fleet_pauses WHERE fleet = %s", (self.fleet,))
        for agency, reason in reasons.items():
            self._do(
                "INSERT INTO agencyfile_fleet_pauses VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (self.fleet, agency, reason),
            )

    def take_key(self, key: str, machine: str, seconds: float) -> bool:
        """Let one machine use a key for so long, and return whether it is this one: its children share the rate."""
        rows = self._do(
            "INSERT INTO agencyfile_fleet_keys AS k VALUES (%s, %s, now() + make_interval(secs => %s))"
            " ON CONFLICT (key) DO UPDATE SET machine = excluded.machine, until = excluded.until"
            " WHERE k.machine = excluded.machine OR k.until < now() RETURNING 1",
            (f"{self.fleet}/{key}", machine, seconds),
        )
        return bool(rows)

    def has_worker(self) -> bool:
        """Return whether a worker has given a sign of life within the last minute."""
        query = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute' LIMIT 1"
        return bool(self._do(query))

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state, and how many runs go on."""
        rows = self._do("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        return {**{str(status): count for status, count in rows}, "runs": len(self.unfinished())}

    def _do(self, query: LiteralString, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement, again and again while the server is away.

        Raises:
            psycopg.OperationalError: it was away for too long.
        """
        deadline, wait = time.monotonic() + self.patience, _FIRST_WAIT
        while True:
            try:
                with psycopg.connect(self.place, autocommit=True, connect_timeout=_CONNECT) as connection:
                    cursor = connection.execute(query, values or None)
                    return cursor.fetchall() if cursor.description else []
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
