"""Commands as a person or a pipeline uses them: exit codes, words, files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import evidence
import pytest
from rehearsal import Rehearsal, writes_of
from stories import LAB, agency, live_account

from agencyfile.vault import make_identity

APPROVED = ("-auto-approve", "--allow", "billed,guard")


def test_plan_with_changes_and_detailed_exitcode_exits_2(rehearsal: Rehearsal) -> None:
    """2 only when asked for; 0 when there is nothing to do."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    assert rehearsal.run("plan").code == 0
    assert rehearsal.run("plan", "-detailed-exitcode").code == 2
    rehearsal.apply()
    assert rehearsal.run("plan", "-detailed-exitcode").code == 0


def test_plan_shows_the_money_the_reason_and_the_place(rehearsal: Rehearsal) -> None:
    """A reviewer sees what is charged, why, and where it is declared."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    text = rehearsal.run("plan").out

    assert "+ account.acme charges 50.00 USD" in text
    assert "new block, from snapshot `base`" in text
    assert "agency.yaml:" in text
    assert "50.00 USD now (list prices" in text
    assert "+50.00 USD (nothing → 50.00 USD)" in text
    assert "(known after apply)" in text


def test_plan_never_writes(rehearsal: Rehearsal) -> None:
    """Law: planning makes no write, and does not touch the ledger."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    rehearsal.run("plan")

    assert rehearsal.writes() == []
    assert not rehearsal.ledger.exists()


def test_plan_file_applied_does_what_was_reviewed(rehearsal: Rehearsal) -> None:
    """`apply plan.json` needs no other approval and makes the calls of the document."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-out", str(plan_file)).code == 0

    assert rehearsal.run("apply", str(plan_file)).code == 0

    assert rehearsal.writes() == writes_of(json.loads(plan_file.read_text()))
    rehearsal.check_converged()


def test_plan_file_after_the_file_changed_is_refused(rehearsal: Rehearsal) -> None:
    """An approval is for the file that was reviewed: exit 4, nothing sent."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    plan_file = rehearsal.folder / "plan.json"
    rehearsal.run("plan", "-out", str(plan_file))
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))

    ran = rehearsal.run("apply", str(plan_file))

    assert ran.code == 4
    assert "the agency file has changed" in ran.err
    assert rehearsal.writes() == []


def test_plan_file_after_a_planned_object_changed_is_refused_by_name(rehearsal: Rehearsal) -> None:
    """A planned object that changed behind our back voids the approval, and is named with what changed."""
    rehearsal.seed(accounts=[live_account("acme", notification="old@northwind.example")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    plan_file = rehearsal.folder / "plan.json"
    rehearsal.run("plan", "-out", str(plan_file))
    rehearsal.act_by_hand("account_edit", account="acme", notification="older@northwind.example")

    ran = rehearsal.run("apply", str(plan_file))

    assert ran.code == 4
    assert "account.acme has changed since the plan was made" in ran.err
    assert "older@northwind.example" in ran.err
    assert rehearsal.writes() == [("account_edit", "acme")]


def test_plan_file_after_an_unrelated_change_still_holds(rehearsal: Rehearsal) -> None:
    """A change to what the plan does not name voids nothing, and is not applied with it."""
    rehearsal.seed(accounts=[live_account("beta")])
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    plan_file = rehearsal.folder / "plan.json"
    rehearsal.run("plan", "-out", str(plan_file))
    rehearsal.act_by_hand("account_edit", account="beta", notification="drifted@northwind.example")

    ran = rehearsal.run("apply", str(plan_file))

    assert ran.code == 0
    assert rehearsal.writes() == [("account_edit", "beta"), ("account_add", "acme")]
    assert "left out, not part of the approved plan: account.beta" in ran.err


def test_plan_file_half_applied_resumes_with_the_same_approval(rehearsal: Rehearsal) -> None:
    """What is done is not done again; the rest is, with the approval that was given."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base, status: disabled", beta=""))
    plan_file = rehearsal.folder / "plan.json"
    rehearsal.run("plan", "-out", str(plan_file))
    rehearsal.faults(
        {"action": "account_status_set", "nth": 1, "times": None, "kind": "rate_limited", "retry_after": 0}
    )
    first = rehearsal.run("apply", str(plan_file))
    rehearsal.faults()

    second = rehearsal.run("apply", str(plan_file))

    assert (first.code, second.code) == (7, 0), (first, second)
    assert sorted(charge["account"] for charge in rehearsal.book("charges")) == ["acme", "beta"]
    rehearsal.check_converged()


def test_show_reads_a_plan_back(rehearsal: Rehearsal) -> None:
    """`show` prints what `plan` printed."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    plan_file = rehearsal.folder / "plan.json"
    printed = rehearsal.run("plan", "-out", str(plan_file)).out

    assert rehearsal.run("show", str(plan_file)).out == printed
    assert json.loads(rehearsal.run("show", "-json", str(plan_file)).out)["digest"] in printed


@pytest.mark.parametrize("content", ["", "{}", "[", '{"format_version": "9"}', "\x00", "[" * 100_000])
def test_show_of_something_else_is_a_clear_error(rehearsal: Rehearsal, content: str) -> None:
    """Garbage is not a plan, and is not a traceback."""
    path = rehearsal.folder / "plan.json"
    path.write_text(content)

    ran = rehearsal.run("show", str(path))

    assert ran.code == 1
    assert "bug" not in ran.err
    assert "fix:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 4),
        (["-input=false"], 4),
        (["-auto-approve"], 4),
        (["-auto-approve", "--allow", "permanent"], 4),
        (["-auto-approve", "--allow", "charges"], 64),
        (["-no-such-flag"], 64),
    ],
)
def test_apply_not_approved_changes_nothing(rehearsal: Rehearsal, arguments: list[str], code: int) -> None:
    """Without a yes that covers charges nothing is sent."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    assert rehearsal.run("apply", *arguments).code == code
    assert rehearsal.writes() == []


def test_apply_without_recipients_is_refused_before_anything_is_sent(rehearsal: Rehearsal) -> None:
    """Nobody could read the password: exit 3, nothing sent, nothing in the ledger."""
    rehearsal.write(agency(None, acme=""))

    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 3
    assert "agency.credentials.recipients" in ran.err
    assert rehearsal.writes() == []
    assert not rehearsal.ledger.exists()


def test_apply_without_recipients_still_edits(rehearsal: Rehearsal) -> None:
    """What shows no password needs no recipient."""
    rehearsal.seed(accounts=[live_account("acme", notification="old@northwind.example")])
    rehearsal.write(agency(None, acme=""))

    rehearsal.apply()

    assert rehearsal.book("accounts")[0]["notification"] == "ops@northwind.example"


def test_apply_unmanaged_accounts_are_never_touched(rehearsal: Rehearsal) -> None:
    """Law 6: a block that is taken out leaves its account as it is, and the plan says so."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("plan")

    assert "Plan: nothing to change, 1 by hand." in ran.out
    assert "1 live object that no block names" in ran.out
    rehearsal.check_converged()


def test_credentials_are_listed_without_and_revealed_with_the_identity(rehearsal: Rehearsal) -> None:
    """A login is listed by anyone, opened by a recipient alone, and works at the portal."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()

    listed = rehearsal.run("credentials", "list")
    login = rehearsal.reveal("acme")

    assert "account.acme  https://acme.activehosted.com  admin" in listed.out
    assert rehearsal.can_log_in("acme", login["username"], login["password"])
    assert login["password"] not in listed.out + rehearsal.ledger.read_text()


def test_credentials_with_another_identity_stay_closed(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Only a recipient's identity opens a password; the error says so."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    make_identity(tmp_path / "other.key")
    (tmp_path / "none.key").write_text("hello\n")

    for name, words in [
        ("other.key", "no identity"),
        ("none.key", "holds no age identity"),
        ("gone", "cannot be read"),
    ]:
        ran = rehearsal.run("credentials", "reveal", "acme", "--identity", str(tmp_path / name))
        assert ran.code == 1
        assert words in ran.err
    assert rehearsal.run("credentials", "reveal", "nobody").code == 1


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ({"AGENCYFILE_AGENCY_KEY": "wrong-key-000111222"}, "key"),
        ({"AGENCYFILE_HUB_KEY": "wrong-key-000111222"}, "key"),
        ({"AGENCYFILE_AGENCY_KEY": ""}, "AGENCYFILE_AGENCY_KEY"),
        ({"AGENCYFILE_HUB_KEY": ""}, "AGENCYFILE_HUB_KEY"),
        ({"AGENCYFILE_AGENCY_API": "http://127.0.0.1:9/api.php"}, "127.0.0.1:9"),
        ({"AGENCYFILE_AGENCY_KEY_FILE": "/nowhere/key"}, "AGENCYFILE_AGENCY_KEY_FILE"),
        ({"AGENCYFILE_RATE_LIMIT": "fast"}, "AGENCYFILE_RATE_LIMIT"),
    ],
)
def test_plan_with_a_bad_environment_says_what_is_wrong(rehearsal: Rehearsal, key: dict[str, str], words: str) -> None:
    """A bad key or URL is one clear error, and the key is not in it."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme=""))

    ran = rehearsal.run("plan", environment=key)

    assert ran.code in {1, 64}
    assert words in ran.err
    assert "wrong-key" not in ran.err
    assert "bug" not in ran.err


def test_plan_key_from_a_file(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """`*_FILE` names a file that holds the key."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    (tmp_path / "key").write_text(rehearsal.portal.agency_key + "\n")

    ran = rehearsal.run(
        "plan", environment={"AGENCYFILE_AGENCY_KEY": "", "AGENCYFILE_AGENCY_KEY_FILE": str(tmp_path / "key")}
    )

    assert ran.code == 0


def test_plan_key_from_the_variable_that_the_file_names(rehearsal: Rehearsal) -> None:
    """`${env:NAME}` in the file names the variable; the value is nowhere."""
    rehearsal.write(
        agency(rehearsal.recipient, acme="").replace(
            "  name: northwind\n", "  name: northwind\n  portal: {agency_key: '${env:AGENCY_NORTHWIND_KEY}'}\n"
        )
    )
    good = {"AGENCYFILE_AGENCY_KEY": "", "AGENCY_NORTHWIND_KEY": rehearsal.portal.agency_key}

    assert rehearsal.run("plan", environment=good).code == 0
    wrong = rehearsal.run("plan", environment={**good, "AGENCY_NORTHWIND_KEY": evidence.PLANTED})
    assert wrong.code == 1


def test_plan_never_sends_keys_to_a_host_that_nobody_allowed(rehearsal: Rehearsal) -> None:
    """Who edits the file in a pull request does not choose where the pipeline's keys go."""
    rehearsal.write(
        agency(rehearsal.recipient, acme="").replace(
            "  name: northwind\n", "  name: northwind\n  portal: {agency_api: 'https://evil.example/api.php'}\n"
        )
    )

    ran = rehearsal.run("plan", environment={"AGENCYFILE_AGENCY_API": ""})

    assert ran.code == 3
    assert "evil.example" in ran.err


def test_validate_asks_the_portal_nothing(rehearsal: Rehearsal) -> None:
    """A mistake in the file never reaches the portal, in any command."""
    rehearsal.write(agency(rehearsal.recipient, acme="languag: french"))

    assert rehearsal.run("validate").code == 1
    assert rehearsal.run("plan").code == 1
    assert rehearsal.run("apply", *APPROVED).code == 1
    assert rehearsal.book("requests") == []


def test_validate_twenty_mistakes_gives_twenty_diagnostics_and_no_request(rehearsal: Rehearsal) -> None:
    """All at once, exit 1, and the portal is not asked by any command."""
    case = Path(__file__).parent.parent / "language" / "cases" / "twenty-mistakes"
    shutil.copytree(case, rehearsal.folder, dirs_exist_ok=True)

    ran = rehearsal.run("validate")

    assert ran.code == 1
    assert ran.err.count("error[") == 20
    assert ran.err.endswith("20 errors\n")
    assert [rehearsal.run(command).code for command in ("plan", "apply")] == [1, 1]
    assert rehearsal.book("requests") == []


def test_validate_json_and_github_forms(rehearsal: Rehearsal) -> None:
    """Machines get the same diagnostics."""
    rehearsal.write(agency(rehearsal.recipient, acme="languag: french"))
    document = json.loads(rehearsal.run("validate", "--json").out)

    assert document["valid"] is False
    (found,) = document["diagnostics"]
    assert found["rule"] == "unknown-key"
    assert rehearsal.run("validate", "--format", "github").out.startswith("::error file=")


def test_init_makes_a_file_that_is_valid_and_overwrites_nothing(tmp_path: Path) -> None:
    """A newcomer's first file validates at once; a second init changes nothing."""
    agencyfile = shutil.which("agencyfile", path=str(Path(sys.executable).parent))
    assert agencyfile

    def run(*arguments: str) -> int:
        return subprocess.run([agencyfile, *arguments], cwd=tmp_path, check=False).returncode

    first = run("init", "northwind")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert (first, run("init", "northwind"), run("validate")) == (0, 1, 0)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert (tmp_path / ".gitignore").read_text() == ".agencyfile/identity.txt\n"
    assert (tmp_path / ".agencyfile" / "identity.txt").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("shell", ["zsh", "fish", "bash"])
def test_completion_is_a_script(rehearsal: Rehearsal, shell: str) -> None:
    """Each shell gets a script that asks agencyfile."""
    assert "_AGENCYFILE_COMPLETE" in rehearsal.run("completion", shell).out


def test_schema_is_the_checked_in_one(rehearsal: Rehearsal) -> None:
    """`schema` prints the schema that editors use."""
    assert json.loads(rehearsal.run("schema").out)["additionalProperties"] is False


def test_plan_ledger_of_another_agency_is_refused(rehearsal: Rehearsal) -> None:
    """A ledger knows whose it is."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme="").replace("name: northwind", "name: southwind"))

    ran = rehearsal.run("plan")

    assert ran.code == 1
    assert "belongs to agency northwind" in ran.err


def test_plan_damaged_ledger_is_refused_and_left_alone(rehearsal: Rehearsal) -> None:
    """A ledger that is not whole stops everything, and is not overwritten."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    damaged = rehearsal.ledger.read_text().replace("account_add", "account_odd", 1)
    rehearsal.ledger.write_text(damaged)

    for command in ("plan", "apply"):
        ran = rehearsal.run(command)
        assert ran.code == 1
        assert "chain of digests is broken" in ran.err
    assert rehearsal.ledger.read_text() == damaged
