"""Plans of a part of a file: targets, what changed since a revision, and what they do not look at."""

import json
import subprocess

import pytest
from rehearsal import Rehearsal
from stories import LAB, agency


def _git(rehearsal: Rehearsal, *arguments: str) -> None:
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@northwind.example"]
    subprocess.run(["git", *identity, *arguments], cwd=rehearsal.folder, check=True, capture_output=True)


@pytest.fixture
def two_clients(rehearsal: Rehearsal) -> Rehearsal:
    """A repository whose file declares two clients, one of them made from a snapshot."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base", globex="credits: {email: 5}"))
    _git(rehearsal, "init", "-q", "-b", "main")
    _git(rehearsal, "add", "agency.yaml")
    _git(rehearsal, "commit", "-qm", "two clients")
    return rehearsal


def _planned(rehearsal: Rehearsal, *arguments: str) -> tuple[list[str], int, list[str]]:
    before = len(rehearsal.reads())
    ran = rehearsal.run("plan", "-json", *arguments)
    assert ran.code == 0, ran
    document = json.loads(ran.out)
    addresses = [change["address"] for change in document["resource_changes"]]
    return addresses, document["left_out"], rehearsal.reads()[before:]


def test_target_plans_its_block_with_its_credits_and_reads_no_list_that_it_does_not_need(
    two_clients: Rehearsal,
) -> None:
    """No snapshot is asked for where none is in the part, and the plan says what it left out."""
    addresses, left_out, reads = _planned(two_clients, "-target", "account.globex")

    assert addresses == ["agency.northwind", "account.globex", "credit.globex.email"]
    assert left_out == 3
    assert not [read for read in reads if "snapshot" in read]


def test_target_brings_what_it_is_made_from(two_clients: Rehearsal) -> None:
    """An account from a snapshot needs the snapshot and its sandbox."""
    addresses, left_out, _ = _planned(two_clients, "-target=account.acme")

    assert (addresses, left_out) == (["agency.northwind", "sandbox.lab", "snapshot.base", "account.acme"], 2)


def test_target_that_is_not_declared_is_an_error_with_the_nearest_names(two_clients: Rehearsal) -> None:
    """A typo is no empty plan, and nothing is asked of the portal."""
    ran = two_clients.run("plan", "-target", "account.globx")

    assert (ran.code, "account.globex" in ran.err) == (1, True)
    assert two_clients.reads() == []


def test_apply_of_a_target_touches_that_part_alone(two_clients: Rehearsal) -> None:
    """The rest stays to be planned, with the same file."""
    ran = two_clients.run("apply", "-target", "account.globex", "-auto-approve", "--allow", "billed,permanent,guard")
    assert ran.code == 0, ran
    assert {row["account"] for row in two_clients.book("accounts")} == {"globex"}

    addresses, left_out, _ = _planned(two_clients)
    assert (addresses, left_out) == (["sandbox.lab", "snapshot.base", "account.acme"], 0)


def test_changed_since_looks_at_what_differs_from_a_revision_alone(two_clients: Rehearsal) -> None:
    """What the work tree says differently than the commit is the part; the others are counted."""
    text = two_clients.file.read_text("utf-8")
    two_clients.write(text.replace("email: 5}", "email: 7}"))
    addresses, left_out, _ = _planned(two_clients, "--changed-since", "HEAD")
    assert (addresses, left_out) == (["agency.northwind", "account.globex", "credit.globex.email"], 3)

    two_clients.write(text)
    addresses, left_out, reads = _planned(two_clients, "--changed-since", "HEAD")
    assert (addresses, left_out, reads) == ([], 5, [])


@pytest.mark.parametrize(
    ("revision", "words"), [("nowhere", "nowhere"), ("--output=x", "not a revision"), ("HEAD:agency.yaml", "HEAD")]
)
def test_changed_since_a_revision_that_is_none_is_a_clear_error(
    two_clients: Rehearsal, revision: str, words: str
) -> None:
    """Whatever stands there, git is not led astray and nothing is asked of the portal."""
    ran = two_clients.run("plan", f"--changed-since={revision}")

    assert (ran.code in (1, 64), words in ran.err, two_clients.reads()) == (True, True, []), ran


def test_plan_of_a_part_is_approved_as_a_part(two_clients: Rehearsal) -> None:
    """A plan file of a target applies that target and leaves the rest out."""
    plan_file = two_clients.folder / "plan.json"
    assert two_clients.run("plan", "-target", "account.globex", "-out", str(plan_file)).code == 0
    ran = two_clients.run("apply", str(plan_file))

    assert ran.code == 0, ran
    assert {row["account"] for row in two_clients.book("accounts")} == {"globex"}
