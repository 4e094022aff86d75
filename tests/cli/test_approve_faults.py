"""Approvals under attack: at once, during an apply, killed, damaged, of parts, of nothing, of another agency."""

import json
import random
import signal
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import forks
import pytest
import requests
from contract.repositories import isolate, make_clone, make_remote
from forks import Process
from rehearsal import Rehearsal
from sampling import Part, part
from stories import LAB, agency, live_account

from plan import FileStore, Ledger
from plan.ledger import EntryType

BRANCH = "agencyfile-ledger"
KILLS = 3 if part() is Part.SAMPLE else 10  # of each kind and each ledger


def with_setting(text: str, *settings: str) -> str:
    """An agency file with more settings of the agency."""
    lines = "".join(f"  {setting}\n" for setting in settings)
    return text.replace("  name: northwind\n", f"  name: northwind\n{lines}")


@pytest.fixture
def two_new(rehearsal: Rehearsal) -> tuple[Rehearsal, str]:
    """A file that creates two accounts, and the digest of its plan."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    return rehearsal, digest_of(rehearsal)


def digest_of(rehearsal: Rehearsal, *arguments: str) -> str:
    """The digest that a reviewer reads."""
    ran = rehearsal.run("plan", "-json", *arguments)
    assert ran.code in {0, 5}, ran
    return str(json.loads(ran.out)["digest"])


def begun(rehearsal: Rehearsal, *arguments: str) -> Process:
    """A real process of a command on the rehearsal's file."""
    return forks.start(*arguments, "-f", rehearsal.file, folder=Path.cwd(), environment=rehearsal.environment)


def charged(rehearsal: Rehearsal) -> list[str]:
    """Whose creation the card paid."""
    return sorted(row["account"] for row in rehearsal.book("charges"))


def approvals(rehearsal: Rehearsal) -> list[Mapping[str, object]]:
    """Every approval that the ledger's chain, checked, holds."""
    assert rehearsal.run("ledger", "verify").code == 0
    lines = [json.loads(line) for line in rehearsal.run("ledger", "export").out.splitlines()]
    return [line["body"] for line in lines if line["type"] == "approved"]


# -- at the same time ------------------------------------------------------------------------------------------------


def test_approve_by_several_at_once_records_each_whole_and_the_last_one_holds(two_new: tuple[Rehearsal, str]) -> None:
    """Real processes: nobody is lost, nobody leaves a lease, and the ledger tells who was last."""
    rehearsal, digest = two_new
    people = ["ann", "bob", "cas", "dee"]
    running = [begun(rehearsal, "approve", digest, "--by", name, "--lock-timeout", "60s") for name in people]
    results = [process.wait() for process in running]

    assert [ran.code for ran in results] == [0] * 4, results
    found = approvals(rehearsal)
    assert sorted(str(body["by"]) for body in found) == people
    assert rehearsal.run("lock", "show").out == "nobody holds the lease\n"
    last = Ledger(FileStore(rehearsal.ledger), agency="northwind").history.approval
    assert last is not None
    assert last.by == found[-1]["by"]


def test_approve_while_an_apply_runs_waits_and_then_approves_no_plan_of_the_past(
    two_new: tuple[Rehearsal, str],
) -> None:
    """Exit 6 with the holder at once; after a wait the plan is another one, and the digest is refused with it."""
    rehearsal, digest = two_new
    rehearsal.faults({"action": "account_add", "nth": 1, "times": None, "kind": "late_answer", "seconds": None})
    applying = begun(rehearsal, "apply", "--approved", digest)
    forks.wait_until(lambda: charged(rehearsal), "the first charge, whose answer is held back")
    refused = rehearsal.run("approve", digest, "--by", "ann")
    waiting = begun(rehearsal, "approve", digest, "--by", "ann", "--lock-timeout", "600s")
    forks.wait_until(lambda: "waiting: the ledger is held by" in waiting.err, "the second approval waits")
    rehearsal.faults()
    waited, applied = waiting.wait(), applying.wait()

    assert (refused.code, "held by" in refused.err) == (6, True), refused
    assert (waited.code, "waiting: the ledger is held by" in waited.err) == (4, True), waited
    assert "is not what would be done now" in waited.err
    assert (applied.code, charged(rehearsal)) == (0, ["acme", "beta"]), applied
    assert [body["by"] for body in approvals(rehearsal)] != ["ann"]


# -- killed ------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["file", "branch"])
def stage(request: pytest.FixtureRequest, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> "Stage":
    """Rehearsals made anew for each history, their ledger in a file or on a branch of a remote repository."""
    isolate(monkeypatch)
    return Stage(rehearsal, is_branch=request.param == "branch")


class Stage:
    """Makes one rehearsal after another on an empty portal."""

    def __init__(self, first: Rehearsal, *, is_branch: bool) -> None:
        self._first = first
        self._is_branch = is_branch

    def begin(self, number: int) -> Rehearsal:
        """An empty portal, an empty ledger, a file that creates two accounts."""
        requests.post(f"{self._first.portal.url}/_portal/reset", timeout=600).raise_for_status()
        folder = self._first.folder.parent / f"history-{number}" / "agency"
        settings = ["reconcile: {resend: after-window}"]
        if self._is_branch:
            make_clone(folder, make_remote(folder.parent / "remote.git"))
            settings.append(f"ledger: git+branch:{BRANCH}")
        folder.mkdir(parents=True, exist_ok=True)
        rehearsal = Rehearsal(folder, self._first.portal)
        rehearsal.environment["AGENCYFILE_SETTLE"] = "2"
        rehearsal.write(with_setting(agency(rehearsal.recipient, acme="status: disabled", beta=""), *settings))
        return rehearsal


class Killer:
    """Kills processes at random moments of their run, until `KILLS` of them were hit."""

    def __init__(self, seed: int, begin: Callable[[], Process]) -> None:
        self._moments = random.Random(seed)
        self._hits = 0
        began = time.monotonic()
        assert begin().wait().code == 0
        self._whole = time.monotonic() - began

    def is_done(self) -> bool:
        """Return whether enough were hit."""
        return self._hits == KILLS

    def kill(self, process: Process) -> None:
        """Let it run for a while, and kill it. One that had ended before was faster than was thought."""
        time.sleep(self._moments.uniform(0.0, 1.0) * self._whole)
        process.send_signal(signal.SIGKILL)
        if process.wait().code == -signal.SIGKILL:
            self._hits += 1
        else:
            self._whole *= 0.9


@pytest.mark.long
def test_approve_killed_at_any_moment_is_there_or_not_and_blocks_nobody(stage: Stage) -> None:
    """SIGKILL: the chain is whole, nobody holds a lease, and the next approval is recorded."""
    rehearsal = stage.begin(0)
    digest = digest_of(rehearsal)
    killer = Killer(4, lambda: begun(rehearsal, "approve", digest, "--by", "first"))
    for number in count():
        if killer.is_done():
            break
        before = approvals(rehearsal)
        killer.kill(begun(rehearsal, "approve", digest, "--by", "killed"))
        after = approvals(rehearsal)
        assert [body["by"] for body in after[len(before) :]] in ([], ["killed"])
        assert rehearsal.run("approve", digest, "--by", f"next-{number}").code == 0
        assert rehearsal.run("lock", "show").out == "nobody holds the lease\n"

    assert [body["by"] for body in approvals(rehearsal)].count("first") == 1


@pytest.mark.long
def test_apply_of_an_approval_killed_at_any_moment_is_finished_by_it_with_one_charge_each(stage: Stage) -> None:
    """SIGKILL before, between and after the charges: the same approval goes on, and nothing is paid twice."""
    rehearsal = stage.begin(0)
    digest = digest_of(rehearsal)
    assert rehearsal.run("approve", digest, "--by", "ann").code == 0
    first = rehearsal
    approved = digest
    killer = Killer(5, lambda: begun(first, "apply", "--approved", approved))
    for number in count(1):
        if killer.is_done():
            break
        rehearsal = stage.begin(number)
        digest = digest_of(rehearsal)  # the recipient of each stage is another one
        if number % 2:
            assert rehearsal.run("approve", digest, "--by", "ann").code == 0
        killer.kill(begun(rehearsal, "apply", "--approved", digest))
        _finish(rehearsal, digest)
        assert charged(rehearsal) == ["acme", "beta"]
        assert {row["account"]: row["status"] for row in rehearsal.book("accounts")} == {
            "acme": "disabled",
            "beta": "active",
        }
        assert rehearsal.run("ledger", "verify").code == 0


def _finish(rehearsal: Rehearsal, digest: str) -> None:
    """Apply under the same approval until nothing is left; only what is not settled or made yet takes several runs."""

    def is_finished() -> bool:
        is_made = all(row["status"] != "creating" for row in rehearsal.book("accounts"))
        ran = rehearsal.run("apply", "--approved", digest, "--lock-timeout", "600s")
        assert ran.code in (0, 5), ran
        return ran.code == 0 and is_made

    forks.wait_until(is_finished, "everything that was approved is done", every=0.3)


def test_approval_goes_on_after_a_creation_whose_second_call_failed(rehearsal: Rehearsal) -> None:
    """The account was made and is still to be disabled: that rest, of an object that we made, is approved."""
    rehearsal.write(agency(rehearsal.recipient, acme="status: disabled"))
    digest = digest_of(rehearsal)
    rehearsal.faults(
        {"action": "account_status_set", "nth": 1, "times": None, "kind": "rate_limited", "retry_after": 0}
    )
    first = rehearsal.run("apply", "--approved", digest)
    rehearsal.faults()
    second = rehearsal.run("apply", "--approved", digest)

    assert (first.code, second.code) == (7, 0), (first, second)
    assert [row["status"] for row in rehearsal.book("accounts")] == ["disabled"]
    assert charged(rehearsal) == ["acme"]


# -- what an approval does not cover -----------------------------------------------------------------------------------


def test_plan_file_of_another_agency_charges_nothing(rehearsal: Rehearsal) -> None:
    """The same blocks under another name are another agency's money."""
    text = agency(rehearsal.recipient, acme="")
    rehearsal.write(text)
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-out", str(plan_file)).code == 0
    rehearsal.write(text.replace("name: northwind\n", "name: southwind\n"))
    ran = rehearsal.run("apply", str(plan_file))

    assert (ran.code, charged(rehearsal), rehearsal.ledger.exists()) == (4, [], False)
    assert "a plan of northwind" in ran.err
    assert "southwind" in ran.err


@pytest.mark.parametrize("by_file", [True, False], ids=["plan-file", "digest"])
def test_account_that_somebody_made_meanwhile_is_not_the_one_that_was_approved(
    rehearsal: Rehearsal,
    by_file: bool,  # noqa: FBT001
) -> None:
    """What would be left to do for it is a part of what was approved, of an object that nobody reviewed: refused."""
    rehearsal.write(agency(rehearsal.recipient, acme="status: disabled", beta=""))
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-out", str(plan_file)).code == 0
    digest = json.loads(plan_file.read_text("utf-8"))["digest"]
    assert rehearsal.run("approve", digest).code == 0
    rehearsal.seed(accounts=[live_account("acme")])
    ran = rehearsal.run("apply", *([str(plan_file)] if by_file else ["--approved", digest]))

    assert (ran.code, rehearsal.writes()) == (4, [])
    assert "account.acme has changed since the plan was made" in ran.err
    assert "account.beta" not in ran.err


def test_approved_creation_that_waits_for_an_unapproved_one_is_refused_by_name(rehearsal: Rehearsal) -> None:
    """Its snapshot is gone and would be taken anew, which nobody reviewed: not half of it, and not in silence."""
    rehearsal.write(agency(rehearsal.recipient, LAB))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    digest = digest_of(rehearsal)
    assert rehearsal.run("approve", digest).code == 0
    (snapshot,) = rehearsal.book("snapshots")
    rehearsal.delete_snapshot(snapshot["id"])
    assert rehearsal.run("ledger", "forget", "snapshot.base").code == 0
    before = rehearsal.writes()
    ran = rehearsal.run("apply", "--approved", digest)

    assert (ran.code, rehearsal.writes(), charged(rehearsal)) == (4, before, [])
    assert "account.acme has to wait for snapshot.base now" in ran.err


def test_approved_with_an_empty_digest_is_no_yes(two_new: tuple[Rehearsal, str]) -> None:
    """A pipeline whose variable is not set applies nothing, whatever else it allows."""
    rehearsal, _ = two_new
    ran = rehearsal.run("apply", "--approved", "", "-auto-approve", "--allow", "billed")

    assert (ran.code, rehearsal.writes()) == (4, [])


# -- parts -------------------------------------------------------------------------------------------------------------


def test_part_is_approved_as_a_part_and_applied_by_who_looks_at_all(two_new: tuple[Rehearsal, str]) -> None:
    """`approve -target`: an apply without a target makes that part alone, says what it leaves out, and is repeated."""
    rehearsal, whole = two_new
    part = digest_of(rehearsal, "-target", "account.acme")
    assert part != whole
    refused = rehearsal.run("approve", part)
    assert (refused.code, "-target" in refused.err) == (4, True)
    early = rehearsal.run("apply", "--approved", part)
    assert (early.code, "-target" in early.err, charged(rehearsal)) == (4, True, [])
    assert rehearsal.run("approve", part, "-target", "account.acme").code == 0
    first = rehearsal.run("apply", "--approved", part)
    again = rehearsal.run("apply", "--approved", part)

    assert (first.code, again.code, charged(rehearsal)) == (0, 0, ["acme"])
    assert "left out, not part of the approved plan: account.beta" in first.err


def test_whole_is_approved_and_a_part_of_it_applied_first(two_new: tuple[Rehearsal, str]) -> None:
    """What was approved may be done in pieces; the rest stays approved."""
    rehearsal, digest = two_new
    assert rehearsal.run("approve", digest).code == 0
    assert rehearsal.run("apply", "--approved", digest, "-target", "account.beta").code == 0
    assert charged(rehearsal) == ["beta"]

    assert rehearsal.run("apply", "--approved", digest).code == 0
    assert charged(rehearsal) == ["acme", "beta"]


def test_plan_file_of_a_part_is_void_when_the_rest_of_the_file_changes(two_new: tuple[Rehearsal, str]) -> None:
    """A review is of a file; the part of it that was planned does not make the rest of no account."""
    rehearsal, _ = two_new
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-target", "account.acme", "-out", str(plan_file)).code == 0
    rehearsal.write(agency(rehearsal.recipient, acme="", beta="status: disabled"))
    ran = rehearsal.run("apply", str(plan_file))

    assert (ran.code, "the agency file has changed" in ran.err, charged(rehearsal)) == (4, True, [])


# -- nothing to approve, nowhere to keep it ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", [{}, {"client_name": "Other"}], ids=["empty", "manual-steps-only"])
def test_approve_of_a_plan_without_changes_records_nothing(rehearsal: Rehearsal, words: dict[str, str]) -> None:
    """There is no yes to nothing: what appears later is not covered, and the one before stays."""
    rehearsal.seed(accounts=[live_account("acme", **words)])
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    digest = digest_of(rehearsal)
    ran = rehearsal.run("approve", digest)

    assert (ran.code, ran.out) == (0, "nothing to approve: an apply would change nothing\n")
    assert not rehearsal.ledger.exists()
    assert rehearsal.run("apply", "--approved", digest).code == 0
    rehearsal.act_by_hand("account_edit", account="acme", notification="else@northwind.example")
    assert rehearsal.run("apply", "--approved", digest).code == 4


def test_approve_of_what_is_not_settled_exits_5_and_names_it(rehearsal: Rehearsal) -> None:
    """An answer was lost and nothing else is planned: there is nothing to say yes to before somebody has looked."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "drop_before_commit"})
    assert rehearsal.run("apply", "--approved", digest_of(rehearsal)).code == 5
    ran = rehearsal.run("approve", digest_of(rehearsal))

    assert (ran.code, "account.acme" in ran.err, "ledger reconcile" in ran.err) == (5, True, True)


def test_approve_in_ci_into_a_file_is_refused_with_the_fix(two_new: tuple[Rehearsal, str]) -> None:
    """It would be gone with the machine, and who approved would think that it holds."""
    rehearsal, digest = two_new
    ran = rehearsal.run("approve", digest, environment={"CI": "true"})

    assert (ran.code, "git+branch:" in ran.err, rehearsal.ledger.exists()) == (3, True, False)


def test_approve_on_a_branch_is_applied_from_another_clone(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann approves on her machine, the pipeline applies on its own, and both read the same ledger."""
    isolate(monkeypatch)
    place = rehearsal.folder.parent
    remote = make_remote(place / "remote.git")
    make_clone(place / "hers" / "agency", remote)
    hers = Rehearsal(place / "hers" / "agency", rehearsal.portal)
    hers.write(with_setting(agency(hers.recipient, acme=""), f"ledger: git+branch:{BRANCH}"))
    digest = digest_of(hers)
    assert hers.run("approve", digest, "--by", "ann").code == 0
    make_clone(place / "its" / "agency", remote)
    its = Rehearsal(place / "its" / "agency", rehearsal.portal)
    its.write(hers.file.read_text("utf-8"))
    ran = its.run("apply", "--approved", digest, environment={"CI": "true", "GITHUB_ACTOR": "octavia"})

    assert (ran.code, charged(its)) == (0, ["acme"]), ran
    assert [body["by"] for body in approvals(hers)] == ["ann"]


# -- damage, slips and malice ------------------------------------------------------------------------------------------

BODY: Mapping[str, object] = {
    "digest": "pln2_0",
    "by": "ann",
    "until": None,
    "agency": "northwind",
    "desired_digest": "d",
    "ledger": None,
    "steps": {},
    "rest": "r",
}
STEP: Mapping[str, object] = {"basis": "b", "calls": [], "shown": "s"}


@pytest.mark.parametrize(
    "body",
    [
        {"digest": "pln_0"},
        {**BODY, "digest": 5},
        {**BODY, "by": None},
        {**BODY, "until": "soon"},
        {**BODY, "until": "2026-11-22T00:00:00"},
        {**BODY, "until": "9999-12-31T23:59:59-23:00"},
        {**BODY, "steps": ["account.acme"]},
        {**BODY, "ledger": 7},
        {**BODY, "rest": None},
        {**BODY, "steps": {"acme": STEP}},
        {**BODY, "steps": {"account.acme": None}},
        {**BODY, "steps": {"account.acme": {**STEP, "calls": "abc"}}},
        {**BODY, "steps": {"account.acme": {**STEP, "calls": [1]}}},
        {**BODY, "steps": {"account.acme": {**STEP, "shown": 1}}},
    ],
)
def test_approval_that_is_damaged_stops_everything_before_anything_is_sent(
    two_new: tuple[Rehearsal, str], body: dict[str, object]
) -> None:
    """A ledger whose chain is whole and whose approval is none is a damaged ledger: no traceback, no charge."""
    rehearsal, digest = two_new
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    ledger.append((EntryType.APPROVED, None, body))
    before = rehearsal.ledger.read_bytes()
    for command in (["apply", "--approved", digest], ["approve", digest], ["approve", "--clear"], ["plan"]):
        ran = rehearsal.run(*command)
        assert (ran.code, "misses what its type promises" in ran.err) == (1, True), ran
        assert "bug" not in ran.err

    assert (rehearsal.writes(), rehearsal.ledger.read_bytes()) == ([], before)


@pytest.mark.parametrize(("old", "new"), [(b"ann", b"eve"), (b'"basis":"absent"', b'"basis":"x"'), (b"{", b"\0")])
def test_approval_that_was_changed_in_the_ledger_is_found_out(
    two_new: tuple[Rehearsal, str], old: bytes, new: bytes
) -> None:
    """The chain tells, as soon as one more entry stands on it."""
    rehearsal, digest = two_new
    for name in ("ann", "bob"):
        assert rehearsal.run("approve", digest, "--by", name).code == 0
    *first, approved, last = rehearsal.ledger.read_bytes().splitlines(keepends=True)
    rehearsal.ledger.write_bytes(b"".join([*first, approved.replace(old, new), last]))
    ran = rehearsal.run("approve", "--clear")

    assert (ran.code, "bug" in ran.err, "ledger.jsonl:" in ran.err) == (1, False, True), ran
    assert approved != approved.replace(old, new)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--expires", "0s"], "ends at once"),
        (["--expires", "99999999999999h"], "9999"),
        (["--expires", "9" * 400 + "h"], "9999"),
        (["--expires", "-5m"], "not a duration"),
        (["--by", " \t"], "blank"),
        (["--by", "\udcff"], "UTF-8"),
    ],
)
def test_approve_with_a_slip_is_a_usage_error_and_records_nothing(
    two_new: tuple[Rehearsal, str], arguments: list[str], words: str
) -> None:
    """Nobody is left with an approval that was not meant."""
    rehearsal, digest = two_new
    ran = rehearsal.run("approve", digest, *arguments)

    assert (ran.code, words in ran.err, rehearsal.ledger.exists()) == (64, True, False), ran


def test_approve_clear_of_a_part_is_a_usage_error(two_new: tuple[Rehearsal, str]) -> None:
    """An approval is taken back as a whole."""
    rehearsal, digest = two_new
    assert rehearsal.run("approve", digest).code == 0

    assert rehearsal.run("approve", "--clear", "-target", "account.acme").code == 64
    assert rehearsal.run("approve", "--clear", "--changed-since", "HEAD").code == 64
    assert rehearsal.run("apply", "--approved", digest).code == 0


def test_approve_by_a_hostile_name_steers_no_terminal(two_new: tuple[Rehearsal, str]) -> None:
    """Names are shown as text, wherever they come back."""
    rehearsal, digest = two_new
    approved = rehearsal.run("approve", digest, "--by", "\x1b[31mann\u202e\n::error::x", "--expires", "1ms")
    time.sleep(0.01)
    ended_at = rehearsal.run("apply", "--approved", digest)
    hostile = rehearsal.run("approve", "\x1b[31m\n::error::pln")
    shown = approved.out + approved.err + ended_at.err + hostile.err

    assert (approved.code, ended_at.code, hostile.code) == (0, 4, 4)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\n::error" not in shown
