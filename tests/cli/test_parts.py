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


def test_exclude_leaves_a_block_out_with_what_belongs_to_it(two_clients: Rehearsal) -> None:
    """The credits of the account go with it; the plan names what it left out, and still tells the rest."""
    ran = two_clients.run("plan", "-json", "--exclude", "account.globex")
    document = json.loads(ran.out)

    addresses = [change["address"] for change in document["resource_changes"]]
    assert addresses == ["agency.northwind", "sandbox.lab", "snapshot.base", "account.acme"]
    assert document["left_out"] == 2
    assert "Excluded by account.globex: account.globex." in ran.err
    assert "2 declared resources not looked at" in two_clients.run("plan", "--exclude", "account.globex").out


def test_exclude_of_what_something_needs_is_refused(two_clients: Rehearsal) -> None:
    """An account is not created without its snapshot; with both excluded there is nothing left to refuse."""
    refused = two_clients.run("plan", "--exclude", "snapshot.base")
    applied = two_clients.run("apply", "-auto-approve", "--allow", "billed,guard", "--exclude", "snapshot.base")
    both = two_clients.run("plan", "--exclude", "snapshot.base", "--exclude=account.acme")

    assert (refused.code, applied.code, both.code) == (3, 3, 0), refused
    assert "these cannot be created: account.acme without snapshot.base" in refused.err
    assert "fix: exclude them as well" in applied.err
    assert two_clients.writes() == []


def test_exclude_that_names_nothing_or_the_settings_is_an_error(two_clients: Rehearsal) -> None:
    """A typo must not let an account through, and settings are in every plan."""
    typo = two_clients.run("plan", "--exclude", "account.globx")
    bare = two_clients.run("plan", "--exclude", "acme")
    settings = two_clients.run("plan", "--exclude", "agency.northwind")

    assert (typo.code, "account.globex" in typo.err) == (1, True)
    assert "did you mean account.acme?" in bare.err
    assert (settings.code, "the settings of the agency are in every plan" in settings.err) == (64, True)


def test_apply_without_a_block_is_approved_as_such(two_clients: Rehearsal) -> None:
    """Its digest is another one than that of the whole plan, and the same flag leads to it."""
    whole = json.loads(two_clients.run("plan", "-json").out)["digest"]
    part = json.loads(two_clients.run("plan", "-json", "--exclude", "account.acme").out)["digest"]
    other = two_clients.run("apply", "--approved", part)
    done = two_clients.run("apply", "--approved", part, "--exclude", "account.acme")

    assert whole != part
    assert (other.code, "--exclude" in other.err) == (4, True)
    assert done.code == 0, done
    assert {row["account"] for row in two_clients.book("accounts")} == {"globex", "lab"}


def test_target_and_exclude_go_together(two_clients: Rehearsal) -> None:
    """The targets first, and of them everything but what is excluded."""
    addresses, left_out, _ = _planned(two_clients, "-target", "account.*", "--exclude", "account.acme")

    assert (addresses, left_out) == (
        ["agency.northwind", "sandbox.lab", "snapshot.base", "account.globex", "credit.globex.email"],
        1,
    )


def test_target_of_the_settings_plans_them_alone(two_clients: Rehearsal) -> None:
    """So that a larger budget holds before it is used."""
    addresses, left_out, _ = _planned(two_clients, "-target", "agency.northwind")

    assert (addresses, left_out) == ([], 5)  # recorded with the first change


def test_plan_that_is_not_the_approved_one_ends_with_4(two_clients: Rehearsal) -> None:
    """The same as an apply would say, without an apply."""
    digest = json.loads(two_clients.run("plan", "-json").out)["digest"]
    same = two_clients.run("plan", "--approved", digest)
    other = two_clients.run("plan", "--approved", "pln2_0")

    assert (same.code, other.code) == (0, 4), same
    assert f"pln2_0 was approved, and this plan is {digest}" in other.err
