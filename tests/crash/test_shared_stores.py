"""The crash matrix over ledgers in shared stores: runs that end anywhere, stores whose answers are lost or untrue."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from crash.boundaries import Boundaries
from crash.driver import Driver
from crash.scenarios import SCENARIOS, Scenario
from crash.stage import APPROVED, WINDOW_OPEN, Stage
from sampling import numbered, sampled
from stores.wiping import wipe

from agencyfile.ledger_stores import append_log, open_ledger_store
from agencyfile.ledger_stores.append_log import NoCleanAnswer, PlaceTaken
from agencyfile.ledger_stores.http import StateLog
from agencyfile.ledger_stores.object_log import ObjectLog
from agencyfile.ledger_stores.postgres import PostgresLog
from agencyfile.local_portal import RunningPortal
from plan.ledger import LedgerStore
from plan.ledger.lines import Mark, scan

pytest_plugins = ["stores.conftest"]
LOGS = {"postgres": PostgresLog, "s3": ObjectLog, "http": StateLog}
PLACES = {"postgres": "postgres:northwind", "s3": "s3:agency-ledgers/northwind", "http": "http:northwind"}
FAULTS = (
    "after",
    "before",
    "taken",
)  # lost answer of an append that happened, of one that did not, an untrue 409 or 412
MOST = 200  # boundaries of one run
SAMPLE = 10
_PAIRS = [(scheme, scenario) for scheme in LOGS for scenario in SCENARIOS]
CASES = [
    numbered(scheme, scenario, place=place, every=4, id=f"{scheme}-{scenario.name}")
    for place, (scheme, scenario) in enumerate(_PAIRS)
]


class SharedStage(Stage):
    """A stage whose ledger is in a shared store; each history begins with an empty one."""

    def __init__(self, folder: Path, portal: RunningPortal, place: str, servers: dict[str, str]) -> None:
        super().__init__(folder, portal)
        self.place = place
        self.servers = servers
        self.environment.update(servers)
        self.runs = 0

    def clear(self) -> None:
        super().clear()
        wipe(self.place, self.servers)
        self.runs += 1  # marks of another history
        self.environment["XDG_STATE_HOME"] = str(self.folder.with_name(f"state-{self.runs}"))

    def write(self, text: str, name: str = "agency.yaml") -> None:
        if name == "agency.yaml":
            text = text.replace("  name: northwind\n", f"  name: northwind\n  ledger: {self.place}\n", 1)
        super().write(text, name)

    def store(self) -> LedgerStore:
        return open_ledger_store(self.place)

    def ledger_content(self) -> bytes:
        return "".join(f"{entry.line()}\n" for entry in self.entries()).encode()

    def put_ledger(self, content: bytes) -> None:
        entries, _ = scan(content, Mark(), str)
        self.store().append(entries, expected=0)


@pytest.fixture
def make_stage(
    quick_portal: RunningPortal, tmp_path: Path, every_server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[partial[SharedStage]]:
    """Make a stage in a store; what it counted is added to the whole run's counts."""
    for name in [name for name in os.environ if name.startswith(("PG", "AWS_", "TF_", "CI_"))]:
        monkeypatch.delenv(name)
    for name, value in every_server.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(append_log, "READ_BACK", (0.0,))
    folder = tmp_path / "agency"
    folder.mkdir()
    made: list[SharedStage] = []

    def make(place: str) -> SharedStage:
        made.append(SharedStage(folder, quick_portal, place, every_server))
        made[0].environment["AGENCYFILE_WAIT_FIRST"] = "0.005"
        return made[0]

    yield partial(make)
    for stage in made:
        stage.tally.record()


@contextmanager
def faulty(log: type, fault: str, number: int) -> Iterator[list[int]]:
    """Let the append of this number meet a fault of its store; yield how many there were."""
    real, seen = log.add, [0]  # type: ignore[attr-defined]

    def add(self: object, *arguments: object, **named: object) -> None:
        seen[0] += 1
        if seen[0] == number and fault == "taken":
            raise PlaceTaken
        if not (seen[0] == number and fault == "before"):
            real(self, *arguments, **named)
        if seen[0] == number:
            raise NoCleanAnswer("the server answered 503")

    with mock.patch.object(log, "add", add):
        yield seen


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "scenario", "start"), CASES)
def test_apply_killed_at_every_boundary_of_a_shared_store_converges_to_one_charge(
    make_stage: partial[SharedStage], scheme: str, scenario: Scenario, start: int | None
) -> None:
    """One charge, one grant, nothing lost, nothing unexplained."""
    stage = make_stage(PLACES[scheme])
    stage.prepare(scenario)
    for number in sampled(range(1, MOST), every=SAMPLE, start=start):
        stage.begin("none", resend=number % 2 == 0)
        boundaries = stage.apply_killed(number)
        stage.converge()
        stage.judge()
        if not boundaries.is_dead:
            return


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("scheme", "scenario", "start"), CASES)
def test_apply_whose_store_answers_wrongly_converges_to_one_charge(
    make_stage: partial[SharedStage], scheme: str, scenario: Scenario, start: int | None, fault: str
) -> None:
    """At any append: its answer is lost after or before the commit, or it is refused though its place is free."""
    stage = make_stage(PLACES[scheme])
    stage.prepare(scenario)
    for number in sampled(range(1, MOST), every=SAMPLE // 2, start=start):
        stage.begin("none", resend=number % 2 == 0)
        run = Boundaries()
        with faulty(LOGS[scheme], fault, number) as seen:
            stage.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN}, boundaries=run)
        run.lose_lease()  # the process has ended, whether its store took the release or not
        stage.converge()
        stage.judge()
        if seen[0] < number:
            return


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "scenario", "start"), CASES)
def test_apply_on_a_shared_store_killed_by_sigkill_converges_to_one_charge(
    make_stage: partial[SharedStage], driver: Driver, scheme: str, scenario: Scenario, start: int | None
) -> None:
    """A real process that is gone in an instant."""
    stage = make_stage(PLACES[scheme])
    stage.prepare(scenario)
    for number in sampled(range(1, MOST), every=SAMPLE, start=start):
        stage.begin("none", resend=number % 2 == 0)
        was_killed = stage.apply_killed_for_real(driver, number)
        stage.tally.kills += was_killed
        stage.converge()
        stage.judge()
        if not was_killed:
            return
