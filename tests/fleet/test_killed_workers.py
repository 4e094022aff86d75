"""Workers that are killed at random, a database that restarts, a network that is cut: nothing is charged twice.

`AGENCYFILE_FLEET_KILLS=100 AGENCYFILE_FLEET_AGENCIES=200 AGENCYFILE_FLEET_ACCOUNTS=20` chooses another size.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import forks
import psycopg
import pytest
import requests
import sampling
from fleet import workers
from fleets import Fleet, statuses
from stores.servers import PostgresServer, postgres

WORKERS = 4
ROUNDS = 40
PAID = "plan: {tier: plus, billing: monthly, contacts: 1000}"
OPTIONS = ("--heartbeat", "500ms", "--lease-wait", "1s", "--concurrency", "2")
APPLY = ("fleet", "apply", "--auto-approve", "--allow", "billed,guard", "--engine", "postgres", "--json")


def number(name: str, default: int) -> int:
    """A size from the environment."""
    return int(os.environ.get(f"AGENCYFILE_FLEET_{name}", default))


@dataclass
class Crew:
    """Workers that are started again whenever they are gone."""

    fleet: Fleet
    database: str
    kills: int = 0
    taken_along: int = 0
    running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def fill(self) -> None:
        """Start what is missing."""
        self.running = [worker for worker in self.running if worker.poll() is None]
        while len(self.running) < WORKERS:
            self.running.append(workers.start_worker(self.fleet, self.database, *OPTIONS, forks=False))

    def kill(self, chance: random.Random) -> None:
        """Kill a worker that runs; half of the time its children with it."""
        worker = chance.choice(self.running)
        children = children_of(worker.pid) if chance.random() < 0.5 else []
        worker.kill()
        assert worker.wait() == -signal.SIGKILL, (self.fleet.folder / "workers.log").read_text("utf-8")[-3000:]
        self.kills += 1
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                self.taken_along += 1
        self.fill()

    def close(self) -> None:
        """Stop all of them, gracefully."""
        for worker in self.running:
            worker.send_signal(signal.SIGTERM)
        for worker in self.running:
            worker.wait(timeout=300)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    with suppress(OSError):  # it may have ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(each) for each in (task / "children").read_text("ascii").split()]
    return found


def busy(database: str) -> int:
    """How many children run; 0 while the database is away."""
    try:
        return workers.queue(database).get("doing", 0)
    except psycopg.Error:
        return 0


@dataclass
class Plan:
    """What is still to happen."""

    kills: int
    restarts: int
    cuts: int
    chance: random.Random

    def next_of(self, done: int) -> Iterator[str]:
        """The events that are due after so many kills, spread over all of them."""
        for name, count in (("restart", self.restarts), ("cut", self.cuts)):
            at = [round((number + 1) * self.kills / (count + 1)) for number in range(count)]
            if done in at:
                yield name


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that this test may break."""
    with postgres() as running:
        yield running


def declare(fleet: Fleet, agencies: int, accounts: int) -> dict[str, list[str]]:
    """Write so many agencies with so many accounts each; return the accounts by key."""
    wanted: dict[str, list[str]] = {key: [] for key in fleet.portals}
    for each in range(agencies):
        key = list(fleet.portals)[each % len(fleet.portals)]
        names = [f"a{each}c{account}" for account in range(accounts)]
        wanted[key] += names
        path = fleet.agency(f"{key}/a{each}", names)
        path.write_text(path.read_text("utf-8").replace("plan: {tier: trial}", PAID), encoding="utf-8")
    return wanted


@pytest.mark.rest
@pytest.mark.timeout(7200)
def test_workers_killed_at_random_converge_without_a_second_charge(fleet: Fleet, own_server: PostgresServer) -> None:
    """Kills, two restarts of the database and a cut network: all agencies converge, every history is explained."""
    agencies, most = number("AGENCIES", 12), number("ACCOUNTS", 2)
    plan = Plan(number("KILLS", 20), 2, 1, random.Random(sampling.header()))
    fleet.write(concurrency=2)
    with workers.new_database(own_server, "fleet_kills") as direct:
        proxy = workers.Proxy(own_server)
        crew = Crew(fleet, f"host=127.0.0.1 port={proxy.port} user=agencyfile_tests dbname=fleet_kills")
        try:
            wanted = live(fleet, crew, plan, direct, own_server, proxy, agencies, most)
            settle(fleet, direct)
        finally:
            crew.close()
            proxy.close()
        assert workers.queue(direct) == {}
    assert crew.kills >= plan.kills
    judge(fleet, wanted)
    print(f"{crew.kills} kills, {crew.taken_along} children with them, {agencies} agencies: 0 double charges")


def live(
    fleet: Fleet,
    crew: Crew,
    plan: Plan,
    direct: str,
    server: PostgresServer,
    proxy: workers.Proxy,
    agencies: int,
    most: int,
) -> dict[str, list[str]]:
    """Apply again and again, each time with accounts more, until all kills have happened."""
    wanted: dict[str, list[str]] = {}
    state = {"XDG_STATE_HOME": str(fleet.folder / ".state"), "AGENCYFILE_FLEET_DATABASE": direct}
    environment = {**fleet.environment, **state}
    for accounts in range(most, most + ROUNDS):
        wanted = declare(fleet, agencies, accounts)
        rolling = forks.start(*APPLY, "-f", fleet.file, folder=fleet.folder, environment=environment)
        time.sleep(1)
        crew.fill()
        while rolling.is_running() and crew.kills < plan.kills:
            wait_for_a_child(direct, rolling)
            time.sleep(plan.chance.uniform(0, 1.5))
            crew.kill(plan.chance)
            for event in plan.next_of(crew.kills):
                happen(event, server, proxy)
        rolling.wait()
        if crew.kills >= plan.kills:
            break
    return wanted


def wait_for_a_child(direct: str, rolling: forks.Process) -> None:
    """Wait until a child runs, or the roll-out is over."""
    forks.wait_until(lambda: busy(direct) or not rolling.is_running(), "a child runs", 0.05)


def happen(event: str, server: PostgresServer, proxy: workers.Proxy) -> None:
    """Let the database crash and come back, or cut the network between it and the workers for a while."""
    if event == "restart":
        server.stop("immediate")
        time.sleep(1)
        server.start()
    else:
        proxy.cut()
        time.sleep(3)
        proxy.join()


def settle(fleet: Fleet, direct: str) -> None:
    """Apply until nothing is left: an apply reconciles what an earlier one left open."""
    place = {"AGENCYFILE_FLEET_DATABASE": direct}
    for _ in range(8):
        report = fleet.report(*APPLY[1:-1], environment=place)
        if report["code"] == 0 and set(statuses(report).values()) == {"done"}:
            return
    raise AssertionError(report["agencies"])


def judge(fleet: Fleet, wanted: dict[str, list[str]]) -> None:
    """Ask the portals' own books: each account once, charged once; each creation announced by a ledger."""
    after = fleet.report("plan")
    assert set(statuses(after).values()) == {"done"}, after
    for key, names in wanted.items():
        assert fleet.accounts(key) == set(names)
        charges = Counter(row["account"] for row in book(fleet, key, "charges"))
        assert charges == Counter(dict.fromkeys(names, 1))
        sent = [row for row in fleet.requests(key) if row["action"] == "account_add" and row["write"]]
        announced = 0
        for folder in (fleet.folder / key).iterdir():
            entries = workers.ledger_entries(fleet, f"{key}/{folder.name}")
            intents = [entry for entry in entries if entry["type"] == "intent"]
            ended = [entry for entry in entries if entry["type"] in ("outcome", "reconciled")]
            assert {entry["address"] for entry in intents} == {entry["address"] for entry in ended}
            announced += len(intents)
        assert len(sent) <= announced


def book(fleet: Fleet, key: str, name: str) -> list[dict[str, Any]]:
    """One of a portal's books."""
    found: list[dict[str, Any]] = requests.get(f"{fleet.portals[key].url}/_portal/{name}", timeout=600).json()[name]
    return found
