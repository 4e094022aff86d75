"""The generated pipeline of GitLab, job by job: from a merge request to the portal, and the nights after it."""

import json
from collections.abc import Iterator
from pathlib import Path

import evidence
import pytest
from pipelines.forge import running_forge
from pipelines.gitlab_runner import GitLabRunner
from pipelines.reviewer import TOKEN
from pipelines.team import FROM, Team, make_team
from rehearsal import Rehearsal, writes_of


@pytest.fixture
def runner(tmp_path: Path, rehearsal: Rehearsal) -> Iterator[GitLabRunner]:
    """A team with an empty portal and a pipeline."""
    evidence.add_secret(TOKEN)
    with running_forge() as forge:
        team = make_team(tmp_path, rehearsal, forge)
        forge.add_token(TOKEN, "project_4711_bot", api="write")
        folder = team.origin.work
        ran = rehearsal.run("ci", "gitlab", "--out", str(folder), "-f", str(folder / "agency.yaml"), *FROM)
        assert ran.code == 0, ran
        team.origin.push("main", "Pipeline")
        yield GitLabRunner(team, {**team.runner.secrets, "GITLAB_TOKEN": TOKEN}, team.runner.environments)


def reviewed(team: Team, runner: GitLabRunner, **accounts: str) -> tuple[int, Path]:
    """Open a merge request with these accounts and plan it; return its number, and where its plan is."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(**accounts))
    thread = team.origin.open_pull_request("acme")
    job, folder = runner.run("agencyfile:plan", str(thread.head), CI_MERGE_REQUEST_IID=str(thread.number))
    assert job.result == "success", job.summary
    return thread.number, folder


def test_gitlab_story_merge_request_is_planned_and_commented(runner: GitLabRunner) -> None:
    """One note, the plan as an artifact, the counts for the widget."""
    number, folder = reviewed(runner.team, runner, acme="")

    (comment,) = runner.team.comments(number)
    assert "account.acme" in comment
    assert json.loads((folder / "terraform.json").read_text("utf-8")) == {"create": 1, "update": 0, "delete": 0}
    assert {path.name for path in folder.iterdir()} >= {"plan.html", "plan.json", "plan.md", "rehearsal.json"}
    assert "**Rehearsed** on a copy of the portal: 1 call as predicted" in comment
    assert runner.team.rehearsal.writes() == []


def test_gitlab_story_plan_that_fails_is_told_in_the_note(runner: GitLabRunner) -> None:
    """What stood there before approves nothing any more."""
    team = runner.team
    number, _ = reviewed(team, runner, acme="")
    team.origin.push("acme", "Oops", agency_yaml=team.agency(acme="nonsense: true"))
    head = str(team.forge.threads[number].head)
    job, _ = runner.run("agencyfile:plan", head, CI_MERGE_REQUEST_IID=str(number))

    (comment,) = team.comments(number)
    assert job.result == "failure"
    assert f"There is no plan of {head}" in comment
    assert "pln_" not in comment


def test_gitlab_story_merged_plan_is_applied_once(runner: GitLabRunner) -> None:
    """What was reviewed happens, and nothing else; a second pipeline applies nothing."""
    team = runner.team
    number, planned = reviewed(team, runner, acme="")
    commit = team.origin.merge(team.forge.threads[number])
    _, folder = runner.run("agencyfile:plan-merged", commit)
    job, _ = runner.run("agencyfile:apply", commit, artifacts=folder)
    _, folder = runner.run("agencyfile:plan-merged", commit)
    again, _ = runner.run("agencyfile:apply", commit, artifacts=folder)

    assert job.result == "success", job.summary
    assert team.rehearsal.writes() == writes_of(json.loads((planned / "plan.json").read_text("utf-8")))
    assert "Applied: 2 done." in job.summary
    assert "Nothing to apply, and nothing to settle." in again.summary


def test_gitlab_story_push_without_a_review_needs_a_digest(runner: GitLabRunner) -> None:
    """Refused by itself; carried out for who runs the pipeline with the digest."""
    team = runner.team
    commit = team.origin.push("main", "In a hurry", agency_yaml=team.agency(acme=""))
    _, folder = runner.run("agencyfile:plan-merged", commit)
    refused, _ = runner.run("agencyfile:apply", commit, artifacts=folder)
    before = team.rehearsal.writes()
    digest = json.loads((folder / "plan.json").read_text("utf-8"))["digest"]
    by_hand, _ = runner.run("agencyfile:apply", commit, artifacts=folder, APPROVED=digest)

    assert (refused.result, before) == ("failure", [])
    assert "nobody has approved" in refused.summary
    assert by_hand.result == "success", by_hand.summary
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


def test_gitlab_story_drift_opens_an_issue_and_closes_it(runner: GitLabRunner) -> None:
    """A change by hand is told in the night, and forgotten when it was taken back."""
    team = runner.team
    number, _ = reviewed(team, runner, acme="")
    commit = team.origin.merge(team.forge.threads[number])
    _, folder = runner.run("agencyfile:plan-merged", commit)
    runner.run("agencyfile:apply", commit, artifacts=folder)
    team.rehearsal.act_by_hand("account_edit", account="acme", notification="eve@elsewhere.example")
    loud, _ = runner.run("agencyfile:drift", commit)
    (issue,) = team.forge.open_issues()
    team.rehearsal.act_by_hand("account_edit", account="acme", notification="ops@northwind.example")
    over, _ = runner.run("agencyfile:drift", commit)

    assert (loud.result, over.result) == ("success", "success"), loud.summary
    assert "eve@elsewhere.example" in issue.body
    assert team.forge.open_issues() == []


def test_gitlab_story_fork_needs_no_variable(runner: GitLabRunner) -> None:
    """What its files change is in the log; the portal is not asked."""
    team = runner.team
    base = team.origin.head("main")
    head = team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    bare = GitLabRunner(team, {}, {})
    before = len(team.rehearsal.reads())
    job, _ = bare.run("agencyfile:read", head, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert job.result == "success", job.summary
    assert "acme" in job.summary
    assert len(team.rehearsal.reads()) == before
