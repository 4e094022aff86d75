"""The composite action of this repository, in a workflow of somebody's."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from pipelines.runner import JobRun
from pipelines.team import Team

TOP = Path(__file__).parent.parent.parent
ACTION = "northwind/agencyfile"
USES = f"{ACTION}@{'7' * 40}"
KEYS = {f"AGENCYFILE_{name}": f"${{{{ secrets.AGENCYFILE_READ_{name} }}}}" for name in ("AGENCY_KEY", "HUB_KEY")}


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the action."""
    return copy_of_this_repository(tmp_path_factory.mktemp("action"))


@pytest.fixture
def team(team: Team, action: Path) -> Team:
    """A team whose workflow uses the action."""
    team.runner.actions = {ACTION: action}
    return team


def copy_of_this_repository(folder: Path) -> Path:
    """What a runner gets when a workflow names the action: the files of this repository."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=TOP, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if not name.startswith("tests/") and (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, folder / name)
    return folder


def run(team: Team, *steps: dict[str, str], agency: str | None = None) -> JobRun:
    """A job that uses the action once for each of `steps`, and then shows its last outputs."""
    used = [{"id": f"s{number}", "uses": USES, "with": step, "env": KEYS} for number, step in enumerate(steps)]
    last = f"steps.s{len(steps) - 1}.outputs"
    show = {
        "name": "Show",
        "if": "always()",
        "run": 'echo "$ALL"',
        "env": {"ALL": " ".join(f"${{{{ {last}.{name} }}}}" for name in ("exitcode", "changes", "digest"))},
    }
    check_out = {"uses": "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8"}
    job = {"permissions": {"contents": "write"}, "steps": [check_out, *used, show], "env": KEYS}
    workflow = {True: {"push": None}, "defaults": {"run": {"shell": "bash"}}, "jobs": {"job": job}}
    path = team.origin.work / ".github" / "workflows" / "own.yml"
    team.origin.push("main", "Prepare", agency_yaml=agency or team.agency(acme=""))
    path.write_text(yaml.safe_dump(workflow), encoding="utf-8")
    team.origin.push("main", "Own workflow")
    return team.runner.run("own.yml", team.runner.pushed()).jobs["job"]


def test_action_plans_and_tells_digest_and_changes(team: Team) -> None:
    """Exit 2 says that there is something to do: it is told, and fails nothing. Settings are a change of their own."""
    job = run(team, {"arguments": "-detailed-exitcode\n\n"})
    exitcode, changes, digest = job.steps[-1].output.split()

    assert job.result == "success", job.output
    assert (exitcode, changes) == ("2", "2")
    assert digest.startswith("pln2_")
    assert team.rehearsal.writes() == []


def test_action_applies_the_plan_of_the_step_before(team: Team) -> None:
    """By the plan's file, where no digest is given."""
    job = run(team, {"plan-file": "p.json"}, {"command": "apply", "plan-file": "p.json"})

    assert job.result == "success", job.output
    assert job.steps[-1].output.split()[0] == "0"
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


def test_action_that_plans_something_else_than_was_approved_fails(team: Team) -> None:
    """As in a merge queue: exit 4, and the digest of what would be merged is told."""
    job = run(team, {"approved": f"pln2_{'0' * 40}"})
    exitcode, changes, digest = job.steps[-1].output.split()

    assert job.result == "failure"
    assert (exitcode, changes) == ("4", "2")
    assert digest.startswith("pln2_")
    assert team.rehearsal.writes() == []


def test_action_that_fails_tells_how(team: Team) -> None:
    """The exit code is an output also of a step that has failed; a plan of an earlier step is not taken for new."""
    job = run(team, {}, {"file": "absent.yaml"})

    assert job.result == "failure"
    assert job.steps[-1].output.split() == ["1"]


@pytest.mark.parametrize("command", ["portal", "plan; id", "", "$(id)"])
def test_action_takes_four_commands(team: Team, command: str) -> None:
    """Nothing else is run, whatever is passed."""
    job = run(team, {"command": command})

    assert job.result == "failure"
    assert "one of validate, plan, apply and drift" in job.output
    assert "uid=" not in job.output


def test_action_arguments_are_not_read_by_a_shell(team: Team) -> None:
    """One a line, with whatever is in them."""
    job = run(team, {"command": "validate", "arguments": "$(id)\n; id\n"})

    assert job.result == "failure"
    assert "uid=" not in job.output
    assert job.steps[-1].output.split() == ["64"]
