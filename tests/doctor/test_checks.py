"""Each line of the table, also where others fail."""

import json
from pathlib import Path

import pytest
from contract.repositories import git, isolate
from doctor.scene import codes, examine, line_of, set_up
from hostile.scene import APPROVED, CREATION, prepare
from hostile_proxy import Rule, drop, hostile
from rehearsal import Rehearsal

from agencyfile.cli.doctor.portal import check_readings, reading_records
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS
from agencyfile.kinds.readings import STATUS_WORDS
from agencyfile.portal.observations import Observations
from agencyfile.vault import make_identity
from plan.ledger.observed import Observed


def test_everything_well_exits_with_0(rehearsal: Rehearsal) -> None:
    """A note is no problem."""
    ran, document = examine(rehearsal, environment=set_up(rehearsal))

    assert (ran.code, document["summary"]["problem"]) == (0, 0)
    assert document["agency"] == "northwind"
    assert document["summary"]["questions"] == 22


def test_open_call_exits_with_5_and_names_it(rehearsal: Rehearsal) -> None:
    """As every command that reads the portal."""
    prepare(rehearsal, CREATION)
    with hostile(rehearsal.portal.url, Rule(CREATION, drop)) as proxy:
        through = {
            name: value.replace(rehearsal.portal.url, proxy.url) for name, value in rehearsal.environment.items()
        }
        assert rehearsal.run("apply", *APPROVED, environment=through).code == 5
    ran, document = examine(rehearsal)

    assert ran.code == ExitCode.UNKNOWN
    assert line_of(document, "ledger-open-calls")["state"] == "problem"
    assert "account.acme (account_add)" in line_of(document, "ledger-open-calls")["words"]
    assert "agencyfile ledger reconcile --explain account.acme" in ran.err


def test_without_an_agency_file_the_keys_are_enough(rehearsal: Rehearsal) -> None:
    """Before `init`, or in another folder."""
    ran, document = examine(rehearsal)

    found = codes(document)
    assert ran.code == 0
    assert document["agency"] is None
    assert (found["agency-file"], found["ledger"], found["recipients"]) == ("missing", "not-looked-at", "not-looked-at")
    assert (found["agency-api"], found["hub-api"]) == ("works", "works")


def test_file_with_mistakes_is_one_line(rehearsal: Rehearsal) -> None:
    """`validate` has the rest."""
    rehearsal.write("version: 1\nagency: {name: northwind, colour: red}\n")
    ran, document = examine(rehearsal)

    assert ran.code == 1
    assert codes(document)["agency-file"] == "invalid"
    assert line_of(document, "agency-file")["fix"] == "agencyfile validate shows each"
    assert codes(document)["agency-api"] == "works"


def test_file_without_its_variables_is_used_without_its_keys(rehearsal: Rehearsal) -> None:
    """The ledger and the recipients are looked at; no key that is none is sent."""
    set_up(rehearsal)
    ran, document = examine(rehearsal, environment={"AGENCY_ACME_KEY": ""})

    found = codes(document)
    assert ran.code == 1
    assert (found["agency-file"], found["ledger"], found["recipients"]) == ("no-variable", "empty", "well")
    assert "account-api" not in found
    assert {row["action"] for row in rehearsal.book("requests")}.isdisjoint({"user_me", "account_view"})


@pytest.mark.parametrize("value", ["fast", "0", "-1", "inf"])
def test_variable_that_is_no_number_is_a_line(rehearsal: Rehearsal, value: str) -> None:
    """The rest is looked at all the same."""
    ran, document = examine(rehearsal, environment={"AGENCYFILE_RATE_LIMIT": value})

    assert ran.code == 1
    assert any(check["code"] == "bad-variable" for check in document["checks"])
    assert codes(document)["agency-api"] == "works"


def test_ledger_that_is_none_or_an_older_copy_is_a_line(rehearsal: Rehearsal) -> None:
    """The portal is asked all the same."""
    keys = set_up(rehearsal, gamma="")
    assert rehearsal.run("apply", *APPROVED, environment=keys).code == 0
    text = rehearsal.ledger.read_text("utf-8")
    rehearsal.ledger.write_text("".join(text.splitlines(keepends=True)[:3]), "utf-8")
    ran, document = examine(rehearsal, environment=keys)
    assert (ran.code, codes(document)["ledger"]) == (1, "older-copy")
    assert "agencyfile ledger accept" in line_of(document, "ledger")["fix"]

    rehearsal.ledger.write_text("no ledger\n", "utf-8")
    ran, document = examine(rehearsal, environment=keys)
    assert (ran.code, codes(document)["ledger"], codes(document)["agency-api"]) == (1, "unreadable", "works")


def test_ledger_says_its_entries_marks_keys_and_logins(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """After an apply that created an account."""
    keys = set_up(rehearsal, gamma="")
    assert rehearsal.run("apply", *APPROVED, environment=keys).code == 0
    ran, document = examine(rehearsal, environment=keys)
    found = codes(document)
    assert ran.code == 0
    assert [found[name] for name in ("ledger", "ledger-marks", "ledger-portal", "lease", "sealed-logins")] == [
        "well",
        "well",
        "well",
        "free",
        "well",
    ]
    assert "opens 1 of the 1 newest logins" in line_of(document, "sealed-logins")["words"]

    make_identity(tmp_path / "other.key")
    other = {**keys, "AGENCYFILE_IDENTITY": str(tmp_path / "other.key")}
    _, document = examine(rehearsal, environment=other)
    assert (codes(document)["identity"], codes(document)["sealed-logins"]) == ("opens-none", "opens-none")
    (tmp_path / "no.key").write_text("nothing", "utf-8")
    ran, document = examine(rehearsal, environment={**keys, "AGENCYFILE_IDENTITY": str(tmp_path / "no.key")})
    assert (ran.code, codes(document)["identity"]) == (1, "unreadable")
    _, document = examine(rehearsal, environment={**keys, "AGENCYFILE_IDENTITY": "", "CI": "true"})
    assert line_of(document, "identity")["state"] == "ok"
    assert codes(document)["ledger"] == "lost-in-ci"


def test_key_that_the_ledger_does_not_know_is_a_problem(rehearsal: Rehearsal) -> None:
    """It may be the key of another agency."""
    keys = set_up(rehearsal, gamma="")
    assert rehearsal.run("apply", *APPROVED, environment=keys).code == 0
    ran, document = examine(rehearsal, environment={**keys, "AGENCYFILE_HUB_KEY": "another-key-0123456789"})

    assert (ran.code, codes(document)["ledger-portal"]) == (1, "another-portal")
    assert "Partners Hub" in line_of(document, "ledger-portal")["words"]


def test_recipients_of_the_examples_are_a_problem_at_a_real_portal_alone(rehearsal: Rehearsal) -> None:
    """In a rehearsal the examples run as they are."""
    set_up(rehearsal)
    rehearsal.write(rehearsal.file.read_text("utf-8").replace(rehearsal.recipient, min(PUBLISHED_RECIPIENTS)))
    _, here = examine(rehearsal)
    _, there = examine(rehearsal, "--timeout", "100ms", environment={"AGENCYFILE_AGENCY_API": "https://portal.invalid"})

    assert (codes(here)["recipients"], line_of(here, "recipients")["state"]) == ("published", "note")
    assert line_of(there, "recipients")["state"] == "problem"


def test_git_says_what_is_not_committed_and_what_must_not_be(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No repository, an uncommitted file, a key that git would take, one that it has taken."""
    isolate(monkeypatch)
    set_up(rehearsal)
    folder, identity = rehearsal.folder, rehearsal.folder / ".agencyfile" / "identity.txt"
    assert codes(examine(rehearsal)[1])["git-repository"] == "no-repository"

    git(folder, "init", "--quiet", "--initial-branch=main")
    assert codes(examine(rehearsal)[1])["git-committed"] == "uncommitted"
    git(folder, "add", "agency.yaml")
    git(folder, "commit", "--quiet", "--message=Begin")
    ran, document = examine(rehearsal)
    assert (ran.code, codes(document)["git-committed"], codes(document)["git-secrets"]) == (0, "well", "well")
    assert "on branch main" in line_of(document, "git-repository")["words"]

    make_identity(identity)
    ran, document = examine(rehearsal)
    assert (ran.code, codes(document)["git-secrets"]) == (1, "not-ignored")
    git(folder, "add", "--force", str(identity))
    assert codes(examine(rehearsal)[1])["git-secrets"] == "committed-secret"
    git(folder, "rm", "--cached", "--quiet", str(identity))
    (folder / ".gitignore").write_text(".agencyfile/\n", "utf-8")
    assert codes(examine(rehearsal)[1])["git-secrets"] == "well"

    git(folder, "checkout", "--quiet", "--detach")
    assert codes(examine(rehearsal)[1])["git-repository"] == "no-branch"


def test_doctor_works_without_git(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """As in the container image."""
    ran, document = examine(rehearsal, environment={"PATH": str(tmp_path)})

    assert (ran.code, codes(document)["git-repository"]) == (0, "no-git")


def test_pipelines_are_compared_with_what_is_written_now(rehearsal: Rehearsal) -> None:
    """As written, changed by hand, of another version, with another lock, without a variable of the file."""
    set_up(rehearsal)
    assert codes(examine(rehearsal)[1])["pipelines"] == "none"
    choices = ("--from-index", "0" * 64, "--branch", "trunk", "--name", "northwind", "--out", str(rehearsal.folder))
    for forge in ("github", "gitlab"):
        ran = rehearsal.run("ci", forge, *choices, "-f", str(rehearsal.file))
        assert ran.code == 0, ran
    _, document = examine(rehearsal)
    found = [check for check in document["checks"] if check["id"] == "pipelines"]
    assert [check["code"] for check in found] == ["well"] * 5, found

    plan = rehearsal.folder / ".github" / "workflows" / "northwind-plan.yml"
    text = plan.read_text("utf-8")
    for before, after, code in (
        ("runs-on: ubuntu-24.04", "runs-on: my-runner", "edited"),
        ("(0.1.0)", "(0.0.9)", "stale"),
        ("secrets.AGENCY_ACME_KEY", "secrets.AGENCY_OTHER_KEY", "stale"),
    ):
        assert before in text, before
        plan.write_text(text.replace(before, after), "utf-8")
        _, document = examine(rehearsal)
        found = [check for check in document["checks"] if check["id"] == "pipelines"]
        assert sorted(check["code"] for check in found) == sorted([code, "well", "well", "well", "well"]), found
    plan.write_text(text, "utf-8")

    lock = rehearsal.folder / ".github" / "northwind-requirements.txt"
    lock.write_text(lock.read_text("utf-8") + "# more\n", "utf-8")
    ran, document = examine(rehearsal)
    assert ran.code == 1
    assert "refuse to install" in line_of(document, "pipelines")["words"]


def test_doctor_writes_nothing_beside_what_it_is_asked_for(rehearsal: Rehearsal) -> None:
    """Neither to the portal nor to the folder, but for the marks that every reader of a ledger sets."""
    keys = set_up(rehearsal, gamma="")
    assert rehearsal.run("apply", *APPROVED, environment=keys).code == 0
    before = {path: path.read_bytes() for path in rehearsal.folder.rglob("*") if path.is_file()}
    writes = rehearsal.writes()
    examine(rehearsal, environment=keys)

    assert {path: path.read_bytes() for path in rehearsal.folder.rglob("*") if path.is_file()} == before
    assert rehearsal.writes() == writes


def test_doctor_is_read_by_a_program_also_where_it_finds_problems(rehearsal: Rehearsal) -> None:
    """Standard output is one JSON document."""
    ran = rehearsal.run("doctor", "--json", environment={"AGENCYFILE_AGENCY_KEY": ""})

    assert ran.code == 1
    assert json.loads(ran.out)["exit_code"] == 1


def test_key_file_that_cannot_be_read_hides_no_other_line(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """It is said at the API and at the ledger; the lease and the hub are looked at."""
    set_up(rehearsal)
    missing = {"AGENCYFILE_AGENCY_KEY_FILE": str(tmp_path / "missing.key")}
    ran, document = examine(rehearsal, environment=missing)

    found = codes(document)
    assert ran.code == 1
    assert (found["agency-api"], found["ledger-portal"], found["lease"]) == ("no-key", "unreadable", "free")
    assert (found["hub-api"], found["account-api"]) == ("works", "works")


def test_anchor_that_is_none_is_a_line_of_the_ledger(rehearsal: Rehearsal) -> None:
    """And of the environment."""
    keys = set_up(rehearsal)
    ran, document = examine(rehearsal, environment={**keys, "AGENCYFILE_LEDGER_ANCHOR": "nowhere"})

    assert ran.code == 1
    assert (codes(document)["ledger"], codes(document)["agency-api"]) == ("unreadable", "works")
    assert line_of(document, "environment")["code"] == "bad-variable"


def test_portal_that_contradicts_itself_is_a_problem() -> None:
    """Neither reading counts, whatever the ledger knows."""
    seen = Observations()
    for reading in ("words", "numbers"):
        seen.saw(STATUS_WORDS, reading)
    found = reading_records(seen, Observed({"status-words": "words"}))

    assert found[0]["state"] == "mixed"
    assert (check_readings(found)["state"], check_readings(found)["code"]) == ("problem", "mixed")
    assert "status-words" in check_readings(found)["words"]
