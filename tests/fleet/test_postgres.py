"""The other engine: workers in processes of their own, over a real PostgreSQL."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import LiteralString

import forks
import psycopg
import pytest
import requests
from fleet import workers
from fleets import Fleet, statuses
from stores.servers import PostgresServer, postgres
from terminals import Terminal

APPROVE = ("apply", "--auto-approve", "--allow", "billed,guard", "--engine", "postgres")


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A server for all of these tests."""
    with postgres() as running:
        yield running


@pytest.fixture
def database(server: PostgresServer) -> Iterator[str]:
    """An empty database."""
    with workers.new_database(server, f"fleet_{os.getpid()}") as place:
        yield place


@contextmanager
def working(fleet: Fleet, database: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that runs for as long as the block does."""
    worker = workers.start_worker(fleet, database, *options)
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=120) == 0


def test_worker_applies_a_fleet_once_and_leaves_the_queue_empty(fleet: Fleet, database: str) -> None:
    """One report, as from the local pool; each call is announced once, and no job is left."""
    fleet.write(keys=["north"], waves="waves: [{name: first, agencies: [north/a]}, {name: rest, agencies: ['**']}]\n")
    fleet.agency("north/a", ["alpha"])
    fleet.agency("north/b")

    with working(fleet, database, "--heartbeat", "1s"):
        applied = fleet.report(*APPROVE, environment={"AGENCYFILE_FLEET_DATABASE": database})

    assert (applied["code"], applied["engine"]) == (0, "postgres")
    assert re.search(r"^north/a: applied \(\d+\.\d s\)$", applied["err"], re.MULTILINE), applied["err"]
    assert statuses(applied) == {"north/a": "done", "north/b": "done"}
    assert fleet.accounts("north") == {"alpha"}
    assert workers.queue(database) == {}
    assert [entry["type"] for entry in workers.ledger_entries(fleet, "north/a")].count("intent") == 1


@pytest.mark.rest
def test_workers_apply_a_fleet_by_waves_and_stop_it_at_a_failure(fleet: Fleet, database: str) -> None:
    """One report, as from the local pool: a failure leaves the next wave out. Pauses and the status are shared."""
    fleet.write(waves="waves: [{name: first, agencies: ['north/*']}, {name: rest, agencies: ['**']}]\n")
    fleet.agency("north/a", ["alpha"])
    broken = fleet.agency("north/b", ["beta"])
    fleet.agency("south/c", ["gamma"])
    good = broken.read_text("utf-8")
    broken.write_text(good.replace("tier: trial", "tier: trail"), encoding="utf-8")
    place = {"AGENCYFILE_FLEET_DATABASE": database}

    with working(fleet, database, "--port", "0", "--heartbeat", "1s"):
        stopped = fleet.report(*APPROVE, environment=place)
        assert stopped["code"] == 1
        assert stopped["engine"] == "postgres"
        found = statuses(stopped)
        assert (found["north/b"], found["south/c"]) == ("failed", "not_started")
        assert fleet.accounts("south") == set()

        broken.write_text(good, encoding="utf-8")
        fleet.run("pause", "south/c", "--reason", "audit", "--engine", "postgres", environment=place)
        applied = fleet.report(*APPROVE, environment=place)
        assert statuses(applied) == {"north/a": "done", "north/b": "done", "south/c": "paused"}
        fleet.run("resume", "--engine", "postgres", environment=place)
        assert fleet.report(*APPROVE, environment=place)["code"] == 0
        assert fleet.accounts("south") == {"gamma"}
        assert set(statuses(fleet.report("plan", "--engine", "postgres", environment=place)).values()) == {"done"}
        status = fleet.run("status", "--engine", "postgres", environment=place)
        assert status.out.count("applied") == 3

    assert workers.queue(database) == {}
    rows = [entry for name in ("north/a", "north/b", "south/c") for entry in workers.ledger_entries(fleet, name)]
    assert sum(entry["type"] == "intent" for entry in rows) == 3


@pytest.mark.rest
def test_worker_shows_health_metrics_and_a_page(fleet: Fleet, database: str) -> None:
    """A probe, Prometheus and a person each get their answer; no key is in any of them."""
    fleet.write(keys=["north"])
    fleet.agency("north/a")
    place = {"AGENCYFILE_FLEET_DATABASE": database}
    port = _free_port()

    with working(fleet, database, "--port", str(port), "--heartbeat", "1s"):
        url = f"http://127.0.0.1:{port}"
        forks.wait_until(lambda: _is_up(url), "the worker is healthy", 0.1)
        fleet.report("plan", "--engine", "postgres", environment=place)
        metrics = requests.get(f"{url}/metrics", timeout=60).text
        page = requests.get(url, timeout=60)

    assert 'agencyfile_fleet_worker_ends{status="done"} 1.0' in metrics
    assert 'agencyfile_fleet_jobs{state="todo"}' in metrics
    assert "north/a" in page.text
    assert "sentinel" not in metrics + page.text


@pytest.mark.rest
def test_job_of_a_worker_that_was_killed_starts_again_elsewhere_and_charges_once(fleet: Fleet, database: str) -> None:
    """The sweep finds the job; the ledger knows what was sent; the queue is empty in the end."""
    fleet.write(keys=["north"])
    fleet.agency("north/a", ["alpha"])
    fleet.faults("north", {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 1, "seconds": None})
    killed = workers.start_worker(fleet, database, "--heartbeat", "500ms", "--lease-wait", "1s")
    state = {"XDG_STATE_HOME": str(fleet.folder / ".state"), "AGENCYFILE_FLEET_DATABASE": database}
    line = ("fleet", *APPROVE, "--json", "-f", fleet.file)
    rolling = forks.start(*line, folder=fleet.folder, environment={**fleet.environment, **state})
    forks.wait_until(lambda: fleet.accounts("north"), "the account")

    killed.kill()
    killed.wait()
    fleet.faults("north")
    with working(fleet, database, "--heartbeat", "500ms", "--lease-wait", "1s"):
        ended = rolling.wait()

    assert ended.code == 0, ended
    assert "north/a: started\n" in ended.err
    assert fleet.accounts("north") == {"alpha"}
    assert workers.queue(database) == {}
    creations = [row for row in fleet.requests("north") if row["action"] == "account_add"]
    assert len(creations) == 1


@pytest.mark.rest
def test_terminal_shows_agencies_that_run_on_workers_and_those_that_wait_for_a_ledger(
    fleet: Fleet, database: str
) -> None:
    """A line for each of them, below totals, as from the local pool."""
    fleet.write(keys=["north"])
    agency = fleet.agency("north/a", ["alpha"])
    fleet.faults("north", {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 1, "seconds": None})
    environment = workers.environment_of(fleet, database)
    alone = ("apply", "--auto-approve", "--allow", "billed,guard", "--file", agency.relative_to(fleet.folder))
    other = forks.start(*alone, folder=fleet.folder, environment=_as_child(environment))
    forks.wait_until(lambda: fleet.accounts("north"), "the account of a run that has the lease")

    with working(fleet, database, "--heartbeat", "1s", "--lease-wait", "1s"), Terminal(80) as terminal:
        rolling = terminal.start("fleet", *APPROVE, "-f", fleet.file, folder=fleet.folder, environment=environment)
        terminal.wait_for("somebody else is writing; again in 1 s")
        fleet.faults("north")
        assert terminal.wait(rolling) == 0
        drawn, report = terminal.frames, terminal.text.rpartition("\x1b[J")[2]

    assert other.wait().code == 0
    assert {re.sub(r" +\d+ s", " N s", line, count=1) for lines in drawn for line in lines} >= {
        "1 running, 0 waiting",
        "  north/a N s  somebody else is writing; again in 1 s",
    }
    assert not drawn[-1]
    assert "1 agency: 1 applied." in report


@pytest.mark.rest
def test_terminal_keeps_a_line_of_an_agency_that_failed_on_a_worker(fleet: Fleet, database: str) -> None:
    """It stands above the totals and the report."""
    fleet.write(keys=["north"])
    fleet.agency("north/a").write_text("version: 1\n", encoding="utf-8")
    fleet.agency("north/b")

    with working(fleet, database, "--heartbeat", "1s"), Terminal(80) as terminal:
        line = ("fleet", "plan", "--engine", "postgres", "-f", fleet.file)
        planning = terminal.start(*line, folder=fleet.folder, environment=workers.environment_of(fleet, database))
        assert terminal.wait(planning) == 1
        drawn = terminal.frames

    assert drawn[-1] == ["north/a: failed"]
    assert "1 done, 1 failed, 0 running, 0 waiting" in {lines[-1] for lines in drawn if lines}


@pytest.mark.rest
def test_interrupt_starts_nothing_more_and_lets_workers_end_what_they_do(fleet: Fleet, database: str) -> None:
    """The view leaves, the person is told what goes on, and a retry does the rest: each account is made once."""
    fleet.write(keys=["north"])
    fleet.agency("north/a", ["alpha"])
    fleet.agency("north/b", ["beta"])
    fleet.faults("north", {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 1, "seconds": None})
    environment = workers.environment_of(fleet, database)

    with working(fleet, database, "--heartbeat", "1s", "--concurrency", "1"):
        with Terminal(80) as terminal:
            rolling = terminal.start("fleet", *APPROVE, "-f", fleet.file, folder=fleet.folder, environment=environment)
            forks.wait_until(lambda: fleet.accounts("north"), "the first account")
            terminal.wait_for("1 running, 1 waiting")
            terminal.press_interrupt()
            code = terminal.wait(rolling)
            left = " ".join(terminal.lines)
        fleet.faults("north")
        forks.wait_until(lambda: workers.queue(database) == {}, "the end of what was begun")
        assert fleet.accounts("north") == {"alpha"}
        place = {"AGENCYFILE_FLEET_DATABASE": database}
        again = ("retry", "--rest", "--engine", "postgres")
        retried = fleet.report(*again, environment=place)

    assert code == 130
    assert "is stopped: children that run come to their end, none is started" in re.sub(" +", " ", left)
    assert "running, " not in left
    assert retried["code"] == 0
    assert fleet.accounts("north") == {"alpha", "beta"}
    assert [row["action"] for row in fleet.requests("north")].count("account_add") == 2


def _as_child(environment: Mapping[str, str]) -> dict[str, str]:
    """Give a single command the keys and addresses that the fleet file gives to a child."""
    words = {"AGENCY_KEY": "KEY", "HUB_KEY": "HUB_KEY", "AGENCY_API": "API", "HUB_API": "HUB_API"}
    return {**environment, **{f"AGENCYFILE_{own}": environment[f"AGENCY_NORTH_{word}"] for own, word in words.items()}}


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("host=/nonexistent password={}", 'socket "/nonexistent/.s.PGSQL.5432" failed: No such file or directory'),
        ("postgresql://fleet:{}@127.0.0.1:1/fleet", "Connection refused"),
        ("postgres//fleet:{}@127.0.0.1:1/fleet", "is no connection string of PostgreSQL"),
        ("hots=db.example password={}", "is no connection string of PostgreSQL"),
    ],
    ids=["socket", "port", "address", "word"],
)
def test_database_that_is_not_there_is_said_with_a_reason_and_a_way_out(fleet: Fleet, place: str, words: str) -> None:
    """No traceback, and no password of the connection string."""
    fleet.write(keys=["north"])
    fleet.agency("north/a")
    place = place.format("sentinel-database-password-5521")

    ran = fleet.run("plan", "--engine", "postgres", environment={"AGENCYFILE_FLEET_DATABASE": place})

    assert ran.code == 1
    assert words in ran.err
    assert "fix: " in ran.err
    assert "sentinel" not in ran.err + ran.out


@pytest.mark.rest
def test_run_without_a_worker_says_so_and_a_worker_says_which_variables_it_lacks(fleet: Fleet, database: str) -> None:
    """Nobody waits for a worker without knowing it; the run goes on once there is one, for better or worse."""
    fleet.write(keys=["north"])
    fleet.agency("north/a")
    line = ("fleet", "plan", "--engine", "postgres", "-f", fleet.file)
    running = forks.start(*line, folder=fleet.folder, environment=workers.environment_of(fleet, database))
    forks.wait_until(lambda: "no worker is running" in running.err, "it is said that nobody is there")

    fleet.environment["AGENCY_NORTH_KEY"] = ""
    with working(fleet, database, "--heartbeat", "1s"):
        ended = running.wait()

    assert ended.code == 1, ended.err
    assert "north/a: the environment variable AGENCY_NORTH_KEY is not set" in ended.out
    assert "AGENCY_NORTH_KEY for 1 agency (north/a)" in (fleet.folder / "workers.log").read_text("utf-8")
    assert ended.err.count("no worker is running") == 1


@pytest.mark.rest
def test_workers_that_start_at_once_make_the_tables_once(fleet: Fleet, database: str) -> None:
    """None of them fails because another one makes the same tables."""
    fleet.write(keys=["north"])
    fleet.agency("north/a")
    several = [workers.start_worker(fleet, database) for _ in range(3)]
    query = "SELECT count(*) FROM procrastinate_workers"
    with psycopg.connect(database, autocommit=True) as connection:
        forks.wait_until(
            lambda: any(worker.poll() is not None for worker in several) or _count(connection, query) == 3,
            "three workers",
            0.1,
        )

    for worker in several:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=120) for worker in several] == [0, 0, 0], (fleet.folder / "workers.log").read_text()


def _count(connection: "psycopg.Connection[tuple[int]]", query: LiteralString) -> int:
    try:
        found = connection.execute(query).fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return found[0] if found else 0
