"""Approvals through the command line: what they hold for, by digest, across crashes and changes."""

import json
import re
import signal
import time
from typing import Any

import forks
import pytest
from rehearsal import Ran, Rehearsal
from stories import agency, live_account


@pytest.fixture
def reviewed(rehearsal: Rehearsal) -> tuple[Rehearsal, str]:
    """A portal with `beta` and `other`, a file that edits `beta` and creates two accounts, and the plan's digest."""
    rehearsal.seed(accounts=[live_account("beta", notification="old@northwind.example"), live_account("other")])
    text = agency(rehearsal.recipient, acme="", beta="", gamma="")
    rehearsal.write(text.replace("  name: northwind\n", "  name: northwind\n  reconcile: {resend: after-window}\n"))
    rehearsal.environment["AGENCYFILE_SETTLE"] = "2"
    return rehearsal, str(rehearsal.plan()["digest"])


def _charged(rehearsal: Rehearsal) -> list[str]:
    return sorted(row["account"] for row in rehearsal.book("charges"))


def _apply(rehearsal: Rehearsal, digest: str) -> Ran:
    return rehearsal.run("apply", "--approved", digest)


def test_approved_digest_of_the_fresh_plan_applies_it(reviewed: tuple[Rehearsal, str]) -> None:
    """The digest that a reviewer read in a pull request is the approval; doing it again does nothing."""
    rehearsal, digest = reviewed
    assert _apply(rehearsal, digest).code == 0
    writes = rehearsal.writes()

    assert _apply(rehearsal, digest).code == 0
    assert (_charged(rehearsal), rehearsal.writes()) == (["acme", "gamma"], writes)


def test_approval_is_retained_when_an_unrelated_object_changes(reviewed: tuple[Rehearsal, str]) -> None:
    """Somebody edits an account that the plan does not name: the review still holds."""
    rehearsal, digest = reviewed
    assert rehearsal.run("approve", digest, "--by", "ann").code == 0
    rehearsal.act_by_hand("account_edit", account="other", notification="new@elsewhere.example")

    assert _apply(rehearsal, digest).code == 0
    assert _charged(rehearsal) == ["acme", "gamma"]


def test_approval_is_refused_by_name_when_a_planned_object_has_changed(reviewed: tuple[Rehearsal, str]) -> None:
    """The object is named, nothing is sent, and the exit code is 4."""
    rehearsal, digest = reviewed
    assert rehearsal.run("approve", digest, "--by", "ann").code == 0
    rehearsal.act_by_hand("account_edit", account="beta", notification="else@northwind.example")
    before = rehearsal.writes()
    ran = _apply(rehearsal, digest)

    assert (ran.code, rehearsal.writes()) == (4, before)
    assert "account.beta has changed" in ran.err
    assert "account.acme" not in ran.err


def test_approval_is_refused_when_the_file_has_changed(reviewed: tuple[Rehearsal, str]) -> None:
    """Another file is another plan, whoever approved the first."""
    rehearsal, digest = reviewed
    assert rehearsal.run("approve", digest).code == 0
    rehearsal.write(
        rehearsal.file.read_text("utf-8").replace("    notification:", "    status: active\n    notification:", 1)
    )
    ran = _apply(rehearsal, digest)

    assert (ran.code, "the agency file has changed" in ran.err, _charged(rehearsal)) == (4, True, [])


def test_approval_that_has_ended_or_was_taken_back_is_refused(reviewed: tuple[Rehearsal, str]) -> None:
    """Time and people can end an approval; then the digest of the plan itself is still as good as ever."""
    rehearsal, digest = reviewed
    assert rehearsal.run("approve", digest, "--by", "ann", "--expires", "1ms").code == 0
    time.sleep(0.01)
    ended = _apply(rehearsal, digest)
    assert (ended.code, "the approval of ann ended" in ended.err) == (4, True)

    assert rehearsal.run("approve", "--clear").code == 0
    assert rehearsal.run("approve", "--clear").code == 1
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    assert _apply(rehearsal, digest).code == 4


@pytest.mark.parametrize("arguments", [[], ["pln_0", "--clear"], ["pln_0", "--expires", "soon"]])
def test_approve_without_sense_is_a_usage_error(reviewed: tuple[Rehearsal, str], arguments: list[str]) -> None:
    """Nothing is recorded by a command that says nothing clear."""
    rehearsal, _ = reviewed

    assert (rehearsal.run("approve", *arguments).code, rehearsal.ledger.exists()) == (64, False)


def test_approve_of_another_plan_is_refused_with_the_digest_of_this_one(reviewed: tuple[Rehearsal, str]) -> None:
    """Nobody approves what is not what would be done."""
    rehearsal, digest = reviewed
    ran = rehearsal.run("approve", "pln_" + "0" * 40)

    assert (ran.code, digest in ran.err, rehearsal.ledger.exists()) == (4, True, False)


@pytest.mark.parametrize("by_command", [True, False], ids=["approve", "digest-alone"])
def test_approved_apply_that_was_killed_is_finished_by_the_same_approval(
    reviewed: tuple[Rehearsal, str],
    by_command: bool,  # noqa: FBT001
) -> None:
    """SIGKILL in the middle of the charges; the next runs finish what was approved, and nothing is charged twice."""
    rehearsal, digest = reviewed
    if by_command:
        assert rehearsal.run("approve", digest, "--by", "ann").code == 0
    rehearsal.faults(
        {"action": "account_add", "nth": 2, "times": 1, "kind": "late_commit", "seconds": 1, "answer": "timeout"}
    )
    line = ("apply", "--approved", digest, "-f", rehearsal.file)
    process = forks.start(*line, folder=rehearsal.folder, environment=rehearsal.environment)
    forks.wait_until(lambda: len(_creations(rehearsal)) == 2, "the second creation, which is never answered")
    process.send_signal(signal.SIGKILL)
    assert process.wait().code == -signal.SIGKILL
    rehearsal.faults()
    assert len(_charged(rehearsal)) >= 1

    def is_finished() -> bool:
        code = _apply(rehearsal, digest).code
        assert code in (0, 5)
        return code == 0

    forks.wait_until(is_finished, "the approved plan is done", every=0.1)
    assert _charged(rehearsal) == ["acme", "gamma"]
    rehearsal.check_converged()


def _creations(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The creations that the portal was asked for, done or not."""
    return [row for row in rehearsal.book("requests") if row["action"] == "account_add"]


def test_approval_is_in_the_ledger_with_name_end_and_digest(reviewed: tuple[Rehearsal, str]) -> None:
    """Who approved what, until when, can be read by anybody who reads the ledger."""
    rehearsal, digest = reviewed
    rehearsal.run("approve", digest, "--by", "ann", "--expires", "48h")
    bodies = [json.loads(line) for line in rehearsal.run("ledger", "export").out.splitlines()]
    (approved,) = [line["body"] for line in bodies if line["type"] == "approved"]

    assert (approved["by"], approved["digest"], sorted(approved["steps"])) == (
        "ann",
        digest,
        ["account.acme", "account.beta", "account.gamma", "agency.northwind"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", approved["until"])


def test_share_of_changes_is_refused_unless_somebody_says_that_it_is_meant(rehearsal: Rehearsal) -> None:
    """A default that edits every account of twelve needs more than a yes."""
    names = [f"client-{number}" for number in range(12)]
    rehearsal.seed(accounts=[live_account(name, notification="old@northwind.example") for name in names])
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    plan = rehearsal.plan()
    assert [refusal["rule"] for refusal in plan["refusals"]] == ["share-of-changes"]
    refused = rehearsal.run("apply", "-auto-approve")
    assert (refused.code, "--max-changed-share 100%" in refused.err, rehearsal.writes()) == (3, True, [])

    assert rehearsal.run("apply", "-auto-approve", "--allow", "guard", "--max-changed-share", "100%").code == 0
    assert len(rehearsal.writes()) == 12
