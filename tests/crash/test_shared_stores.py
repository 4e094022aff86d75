"""The crash matrix over ledgers in shared stores: runs that end anywhere, stores whose answers are lost or untrue.

Every request goes over a proxy before a real server, where an append meets a fault: a 5xx, a 409, a 412 or a broken or
silent connection, after or before it was carried out.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from crash.boundaries import Boundaries
from crash.driver import Driver
from crash.scenarios import SCENARIOS, Scenario, Wanted
from crash.stage import APPROVED, WINDOW_OPEN, Stage
from sampling import numbered, sampled
from stores.conftest import NEEDS_NODE, PLACES
from stores.faults import HTTP_FAULTS, PATIENCE, SQL_FAULTS, Wire, http_proxy, sql_proxy

from agencyfile.ledger_stores import append_log, http, object_log, open_ledger_store, postgres
from agencyfile.local_portal import RunningPortal
from plan.ledger import Entry, LedgerStore
from plan.ledger.entry import line_digest
from plan.ledger.lines import Mark, scan

pytest_plugins = ["stores.conftest"]
SCHEMES = ("postgres", "s3", "gs", "http", "az")
ADDRESSES = ("AWS_ENDPOINT_URL", "STORAGE_EMULATOR_HOST", "TF_HTTP_ADDRESS", "AZURE_STORAGE_ENDPOINT")
MOST = 200  # boundaries of one run
STRIDE = 3  # between two of them that are tried; odd, since the resend policy goes by the parity of the number
REAL_STRIDE = 5
SAMPLE = 11
_NUMBERS = count(1)


def _cases(every: int) -> Iterator[ParameterSet]:
    """Every store with every scenario; each begins at another boundary."""
    for place, (scheme, scenario) in enumerate((scheme, scenario) for scheme in SCHEMES for scenario in SCENARIOS):
        yield _marked(
            scheme, numbered(scheme, scenario, place, place=place, every=every, id=f"{scheme}-{scenario.name}")
        )


def _faulty_cases(every: int) -> Iterator[ParameterSet]:
    """Every store with every fault that it knows and every scenario."""
    found = (
        (scheme, fault, scenario)
        for scheme in SCHEMES
        for fault in (SQL_FAULTS if scheme == "postgres" else HTTP_FAULTS)
        for scenario in SCENARIOS
    )
    for place, (scheme, fault, scenario) in enumerate(found):
        name = f"{scheme}-{fault}-{scenario.name}"
        yield _marked(scheme, numbered(scheme, fault, scenario, place, place=place, every=every, id=name))


def _marked(scheme: str, case: ParameterSet) -> ParameterSet:
    marks = (*case.marks, *(NEEDS_NODE if scheme == "az" else ()))
    return pytest.param(*case.values, id=case.id, marks=marks)


class SharedStage(Stage):
    """A stage whose ledger is in a shared store; each history begins with a ledger that nobody has used."""

    def __init__(self, folder: Path, portal: RunningPortal, scheme: str, servers: Mapping[str, str]) -> None:
        super().__init__(folder, portal)
        self.scheme = scheme
        self.environment.update(servers)
        self.place = ""

    def clear(self) -> None:
        super().clear()
        self.place = PLACES[self.scheme].format(f"history-{next(_NUMBERS)}")

    def judge(self, wanted: Wanted | None = None) -> None:
        super().judge(wanted)
        self.tally.stores[self.scheme] += 1

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
        self.store().append(opened_at(self.place, entries), expected=0)


def opened_at(place: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries as if the ledger had been opened at `place`: a copy elsewhere would be refused."""
    made: list[Entry] = []
    for entry in entries:
        body = {**entry.body, "place": place} if "place" in entry.body else entry.body
        made.append(entry._replace(body=body, previous=line_digest(made[-1].line()) if made else entry.previous))
    return made


@pytest.fixture(scope="session")
def wire() -> Wire:
    """What every request to a store goes over."""
    return Wire()


@pytest.fixture(scope="session")
def wired_servers(every_server: dict[str, str], wire: Wire) -> Iterator[dict[str, str]]:
    """The environment of somebody who reaches every server over the wire."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="agencyfile-wire-"))
        yield {
            **every_server,
            **_over(every_server, wire, stack),
            "PGHOST": stack.enter_context(sql_proxy(every_server["PGHOST"], Path(folder), wire)),
        }


@pytest.fixture(scope="session")
def wired_azure(azure_server: dict[str, str], wire: Wire) -> Iterator[dict[str, str]]:
    """The same for Azure, where it is installed."""
    with ExitStack() as stack:
        yield {**azure_server, **_over(azure_server, wire, stack)}


def _over(environment: Mapping[str, str], wire: Wire, stack: ExitStack) -> dict[str, str]:
    return {name: stack.enter_context(http_proxy(environment[name], wire)) for name in ADDRESSES if name in environment}


@pytest.fixture
def make_stage(
    quick_portal: RunningPortal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[partial[SharedStage]]:
    """Make a stage in a store, reached over the wire or not; its counts are added to those of the whole run."""
    for name in [name for name in os.environ if name.startswith(("PG", "AWS_", "AZURE_", "STORAGE_", "TF_", "CI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(append_log, "READ_BACK", (0.0,))
    monkeypatch.setattr(http, "READ_AGAIN", (0.0, 0.1))
    monkeypatch.setattr(object_log, "FOLD", 6)  # so that runs end between the calls that make a segment, too
    folder = tmp_path / "agency"
    folder.mkdir()
    made: list[SharedStage] = []

    def make(scheme: str, *, is_wired: bool = False) -> SharedStage:
        names = ("azure_server", "wired_azure") if scheme == "az" else ("every_server", "wired_servers")
        known = request.getfixturevalue(names[is_wired])
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        made.append(SharedStage(folder, quick_portal, scheme, known))
        made[0].environment["AGENCYFILE_WAIT_FIRST"] = "0.005"
        return made[0]

    yield partial(make)
    for stage in made:
        stage.tally.record()


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "scenario", "place", "start"), [*_cases(every=31)])
def test_apply_killed_at_boundaries_of_a_shared_store_converges_to_one_charge(
    make_stage: partial[SharedStage], scheme: str, scenario: Scenario, place: int, start: int | None
) -> None:
    """One charge, one grant, nothing lost, nothing unexplained."""
    stage = make_stage(scheme)
    stage.prepare(scenario)
    for number in sampled(range(1 + place % STRIDE, MOST, STRIDE), every=SAMPLE, start=start):
        stage.begin("none", resend=number % 2 == 0)
        boundaries = stage.apply_killed(number)
        stage.converge()
        stage.judge()
        if not boundaries.is_dead:
            return


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "scenario", "place", "start"), [*_cases(every=41)])
def test_apply_on_a_shared_store_killed_by_sigkill_converges_to_one_charge(
    make_stage: partial[SharedStage], driver: Driver, scheme: str, scenario: Scenario, place: int, start: int | None
) -> None:
    """A real process that is gone in an instant."""
    stage = make_stage(scheme)
    stage.prepare(scenario)
    for number in sampled(range(1 + place % REAL_STRIDE, MOST, REAL_STRIDE), every=SAMPLE, start=start):
        stage.begin("none", resend=number % 2 == 0)
        was_killed = stage.apply_killed_for_real(driver, number)
        stage.tally.kills += was_killed
        stage.converge()
        stage.judge()
        if not was_killed:
            return


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "fault", "scenario", "place", "start"), [*_faulty_cases(every=149)])
def test_apply_whose_store_answers_wrongly_converges_to_one_charge(
    make_stage: partial[SharedStage],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    fault: str,
    scenario: Scenario,
    place: int,
    start: int | None,
) -> None:
    """At any append its answer is lost after or before the commit, or it is refused though its place is free."""
    if "silence" in fault:
        be_impatient(monkeypatch)
    stage = make_stage(scheme, is_wired=True)
    stage.prepare(scenario)
    for number in sampled(range(1 + place % STRIDE, MOST, STRIDE), every=SAMPLE, start=start):
        stage.begin("none", resend=number % 2 == 0)
        run = Boundaries()
        with wire.breaking({**HTTP_FAULTS, **SQL_FAULTS}[fault], number):
            stage.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN}, boundaries=run)
        assert wire.seen, "no append went over the wire"
        run.lose_lease()  # the process has ended, whether its store took the release or not
        stage.converge()
        stage.judge()
        if wire.seen < number:
            return


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every store give a silent server less time."""
    monkeypatch.setattr(object_log, "TIMEOUTS", {**object_log.TIMEOUTS, "timeout": timedelta(seconds=PATIENCE)})
    monkeypatch.setattr(http, "TIMEOUT", (10.0, PATIENCE))
    monkeypatch.setattr(postgres, "SILENCE", PATIENCE)
