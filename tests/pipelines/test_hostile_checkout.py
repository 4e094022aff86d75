"""What lies in the repository takes no part in what the jobs install and import.

Each pipeline is carried out step by step with the real installation: from the lock, with hashes, into an empty
environment. `make smoke` runs these tests, since an installation takes half a minute.
"""

from collections.abc import Iterator
from pathlib import Path

import evidence
import pytest
import yaml
from contract.repositories import git
from pipelines.forge import Forge, running_forge
from pipelines.gitlab_runner import GitLabRunner
from pipelines.hostile import spoil, target_of_links
from pipelines.reviewer import TOKEN
from pipelines.runner import JobRun
from pipelines.team import make_team
from pipelines.test_action import ACTION, USES, copy_of_this_repository
from rehearsal import Rehearsal

pytestmark = [pytest.mark.installs, pytest.mark.timeout(1200)]


@pytest.fixture
def forge() -> Iterator[Forge]:
    """An empty forge."""
    with running_forge() as running:
        yield running


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Where a hostile file would leave its trace."""
    target_of_links(tmp_path / "marker").write_text("untouched", encoding="utf-8")
    return tmp_path / "marker"


def assert_untouched(marker: Path, *jobs: JobRun) -> None:
    """Every job did its work, and none imported a file of the repository or wrote through a link in it."""
    failed = [job.output or job.summary for job in jobs if job.result != "success"]
    imported = marker.read_text("utf-8") if marker.exists() else ""

    assert imported == ""
    assert failed == []
    assert target_of_links(marker).read_text("utf-8") == "untouched"


@pytest.mark.attack("B6", "modules, settings and links in the repository of the GitHub workflows")
def test_hostile_files_are_not_imported_by_the_github_workflows(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, marker: Path, wheel: Path
) -> None:
    """From the plan of a pull request over the apply to the drift; agencyfile comes from a wheel in the repository."""
    team = make_team(tmp_path, rehearsal, forge, "--from-wheel", str(wheel))
    team.runner.installs = True
    spoil(team.origin, marker)
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    planned = team.runner.run("agencyfile-plan.yml", team.runner.pull_request(thread.number))
    theirs = team.runner.run("agencyfile-plan.yml", team.runner.pull_request(thread.number, is_from_fork=True))
    team.origin.merge(thread)
    applied = team.runner.run("agencyfile-apply.yml", team.runner.pushed())
    drift = team.runner.run("agencyfile-drift.yml", team.runner.started("schedule"))

    jobs = [planned.jobs["plan"], theirs.jobs["read"], *applied.jobs.values(), drift.jobs["drift"]]
    assert_untouched(marker, *jobs)
    assert len(team.comments(thread.number)) == 1
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


@pytest.mark.attack("B6", "modules, settings and links in the repository of the GitLab jobs")
def test_hostile_files_are_not_imported_by_the_gitlab_jobs(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, marker: Path, wheel: Path
) -> None:
    """The jobs find them checked out before their first line."""
    evidence.add_secret(TOKEN)
    team = make_team(tmp_path, rehearsal, forge)
    forge.add_token(TOKEN, "project_4711_bot", api="write")
    folder = team.origin.work
    file = str(folder / "agency.yaml")
    ran = rehearsal.run("ci", "gitlab", "--out", str(folder), "-f", file, "--from-wheel", str(wheel))
    assert ran.code == 0, ran
    team.origin.push("main", "Pipeline")
    spoil(team.origin, marker)
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    runner = GitLabRunner(team, {**team.runner.secrets, "GITLAB_TOKEN": TOKEN}, team.runner.environments, installs=True)
    planned, _ = runner.run("agencyfile:plan", str(thread.head), CI_MERGE_REQUEST_IID=str(thread.number))
    commit = team.origin.merge(thread)
    merged, plan_folder = runner.run("agencyfile:plan-merged", commit)
    applied, _ = runner.run("agencyfile:apply", commit, artifacts=plan_folder)
    drift, _ = runner.run("agencyfile:drift", commit)

    assert_untouched(marker, planned, merged, applied, drift)
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


@pytest.mark.attack("B6", "modules, settings and links in the repository of the action")
def test_hostile_files_are_not_imported_by_the_action(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, marker: Path
) -> None:
    """A workflow of somebody's, which checks out before the action is used."""
    team = make_team(tmp_path, rehearsal, forge)
    team.runner.installs = True
    team.runner.actions = {ACTION: copy_of_this_repository(tmp_path / "action")}
    spoil(team.origin, marker)
    keys = {f"AGENCYFILE_{name}": f"${{{{ secrets.AGENCYFILE_READ_{name} }}}}" for name in ("AGENCY_KEY", "HUB_KEY")}
    steps = [{"uses": f"actions/checkout@{'0' * 40}"}, {"uses": USES, "env": keys}]
    job = {"permissions": {"contents": "write"}, "env": keys, "steps": steps}
    workflow = {True: {"push": None}, "defaults": {"run": {"shell": "bash"}}, "jobs": {"job": job}}
    path = team.origin.work / ".github" / "workflows" / "own.yml"
    path.write_text(yaml.safe_dump(workflow), encoding="utf-8")
    team.origin.push("main", "Own workflow", agency_yaml=team.agency(acme=""))

    assert_untouched(marker, team.runner.run("own.yml", team.runner.pushed()).jobs["job"])


def test_commit_is_installed_from_its_repository(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the lock of what builds it, so that the build asks no index for anything."""
    source = copy_of_this_repository(tmp_path / "source")
    git(source, "init", "--quiet")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message=Source")
    url = "https://git.example/agencyfile"
    team = make_team(tmp_path, rehearsal, forge, "--from-commit", f"{url}@{git(source, 'rev-parse', 'HEAD')}")
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "file://{source}"]\n  insteadOf = {url}\n', encoding="utf-8")
    monkeypatch.setitem(team.runner.surroundings, "GIT_CONFIG_GLOBAL", str(config))
    team.runner.installs = True
    run = team.runner.run("agencyfile-drift.yml", team.runner.started("schedule"))

    assert run.results() == {"drift": "success"}, run.jobs["drift"].output


@pytest.mark.attack("B17", "lock or wheel exchanged without the workflow")
@pytest.mark.parametrize("changed", ["lock", "wheel"])
def test_lock_and_wheel_that_were_changed_are_not_installed(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, wheel: Path, changed: str
) -> None:
    """The workflow holds the hash of the lock, and the lock holds that of the wheel."""
    team = make_team(tmp_path, rehearsal, forge, "--from-wheel", str(wheel))
    team.runner.installs = True
    folder: Path = team.origin.work / ".github"
    victim = folder / ("agencyfile-requirements.txt" if changed == "lock" else wheel.name)
    victim.write_bytes(victim.read_bytes() + b"\n")
    team.origin.push("main", "One byte more")
    job = team.runner.run("agencyfile-drift.yml", team.runner.started("schedule")).jobs["drift"]

    assert job.result == "failure"
    assert [step.name for step in job.steps if step.outcome == "failure"] == ["Install agencyfile"]
    assert ("FAILED" if changed == "lock" else "DO NOT MATCH THE HASHES") in job.output
