"""Two applies on one ledger that is a branch of one remote: one works, the other says who does, no entry is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from contract.repositories import git, isolate, make_clone, make_remote
from crash.driver import Driver
from crash.scenarios import with_policy
from crash.stage import APPROVED, Stage
from sampling import numbered, sampled
from stories import agency

from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.workspace import Workspace
from agencyfile.local_portal import RunningPortal
from plan import Address, FileStore, Ledger
from plan.ledger import EntryType, LedgerStore
from plan.ledger.anchor import Anchor
from plan.ledger.git_store import GitStore

BRANCH = "agencyfile-ledger"
STEP = 10  # credits that each race is about
SHARDS = 4
SAMPLE = 13  # no divisor of the eleven boundaries: each of them is met, most of them in the rest


class Race(Stage):
    """Two clones of one remote, with one agency file in each."""

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        super().__init__(folder, portal)
        self.remote = make_remote(folder.parent / "remote.git")
        folder.rmdir()
        make_clone(folder, self.remote)
        self.file_beside = make_clone(folder.parent / "beside", self.remote) / "agency.yaml"
        self._post("reset", {})
        self._total = 0
        self._known: list[str] = []

    def store(self) -> LedgerStore:
        return GitStore(self.folder, BRANCH, None)

    def want_more(self) -> None:
        """Both files ask for the same new total of credits."""
        self._total += STEP
        text = with_policy(agency(self.recipient, acme=f"credits: {{email: {self._total}}}"), resend=False)
        text = text.replace("  name: northwind\n", f"  name: northwind\n  ledger: git+branch:{BRANCH}\n", 1)
        for file in (self.file, self.file_beside):
            assert file
            file.write_text(text, encoding="utf-8")

    def check_race(self, codes: set[int]) -> None:
        """One worked; every entry is kept that was there before or that a run was told of; the total was granted."""
        assert ExitCode.DONE in codes <= {ExitCode.DONE, ExitCode.LEASE}, self.texts
        lines = [entry.line() for entry in self.entries()]
        assert lines[: len(self._known)] == self._known
        assert set(self.acknowledged) <= set(lines)
        assert sum(row["credits"] for row in self.grants()) == self._total
        assert len(self.book("charges")) == 1
        self._known = lines
        self.tally.races += 1

    def check_killed(self) -> None:
        """What was granted is the total, and no entry is lost."""
        assert sum(row["credits"] for row in self.grants()) == self._total, self.texts
        lines = [entry.line() for entry in self.entries()]
        assert lines[: len(self._known)] == self._known
        assert set(self.acknowledged) <= set(lines)
        self._known = lines
        self.tally.histories += 1

    def check_end(self) -> None:
        """Both clones read the same whole ledger, nothing is open, nothing is left to do."""
        for file in (self.file, self.file_beside):
            assert self.run("ledger", "verify", file=file).code == 0
            assert self.run("ledger", "show", file=file).code == 0
            assert self.run("apply", file=file).code == 0
        assert git(self.remote, "rev-list", "--count", BRANCH) == git(self.folder, "rev-list", "--count", self._head())
        self._check_secrets()

    def _head(self) -> str:
        return git(self.remote, "rev-parse", BRANCH)


@pytest.mark.parametrize("is_open", [False, True], ids=["nothing-open", "an-intent-open"])
def test_apply_met_by_another_run_whenever_it_reads_the_ledger_exits_6(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, is_open: bool
) -> None:
    """An intent of a run that goes on is that run's: it is not unknown, and not ours to settle."""
    open_ledger = Workspace.ledger
    intent = (EntryType.INTENT, Address("account", "acme"), {"operation": "account_add"})
    opened = 0
    met_at = 1

    def open_and_meet(workspace: Workspace, noted: Anchor | None = None) -> Ledger:
        nonlocal opened
        opened += 1
        if opened == met_at:
            other = open_ledger(workspace)
            other.acquire(holder="ann", run=None, duration=timedelta(hours=1))
            other.append(intent)
        return open_ledger(workspace, noted)

    while True:
        stage.clear()
        stage.write(agency(stage.recipient, acme=""))
        if is_open:
            Ledger(FileStore(stage.ledger), agency="northwind").append(intent)
        opened = 0
        with monkeypatch.context() as patch:
            patch.setattr(Workspace, "ledger", open_and_meet)
            ran = stage.run("apply", *APPROVED)
        if opened < met_at:
            break  # every read of the ledger was met once
        assert ran.code == ExitCode.LEASE, ran
        assert "held by ann" in ran.err
        assert stage.writes() == []
        met_at += 1

    assert met_at - 1 == (3 if is_open else 1)


@pytest.fixture
def race(quick_portal: RunningPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Race]:
    """Two clones, an account, and its first credits."""
    isolate(monkeypatch)
    folder = tmp_path / "agency"
    folder.mkdir()
    made = Race(folder, quick_portal)
    made.want_more()
    assert made.run("apply", *APPROVED).code == 0
    yield made
    made.tally.record()


@pytest.mark.long
@pytest.mark.parametrize(
    ("shard", "start"), [numbered(shard, place=shard, every=4, id=str(shard)) for shard in range(SHARDS)]
)
def test_two_applies_on_one_branch_let_one_work_at_every_boundary(race: Race, shard: int, start: int | None) -> None:
    """At each boundary of one apply another one runs whole: one works, the other leaves no trace."""
    for number in sampled(range(1 + shard, 1 + shard + 20 * SHARDS, SHARDS), every=SAMPLE, start=start):
        race.want_more()
        begin = len(race.texts)
        boundaries = race.apply_met(1 + number % 11)
        codes = {int(text.splitlines()[1]) for text in race.texts[begin:]}
        assert boundaries.names
        race.check_race(codes)
    race.check_end()


@pytest.mark.long
@pytest.mark.parametrize("patience", ["0s", "60s"])
def test_two_real_processes_on_one_branch_let_one_work_or_wait(race: Race, driver: Driver, patience: str) -> None:
    """Without patience one exits 6; with patience it waits for its turn and finds nothing left to do."""
    for _ in sampled(range(10), every=10):
        race.want_more()
        codes = race.apply_pair(driver, patience=patience)
        assert patience == "0s" or set(codes) == {ExitCode.DONE}, race.texts[-2:]
        race.tally.real_races += 1
        race.check_race(set(codes))
    race.check_end()


@pytest.mark.long
def test_apply_on_one_branch_killed_at_every_boundary_grants_its_total(race: Race) -> None:
    """Before, between and after the commands of git as well: the total is granted once, no entry is lost."""
    for number in sampled(range(1, 100), every=31):
        race.want_more()
        boundaries = race.apply_killed(number)
        race.converge()
        race.check_killed()
        if not boundaries.is_dead:
            race.check_end()
            return
    raise AssertionError("a run has no end")
