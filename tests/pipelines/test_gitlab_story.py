"""The generated pipeline of GitLab, job by job: from a merge request to the portal, and the nights after it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipelines.gitlab_runner import GitLabRunner, add_pipeline
from pipelines.stages import ACME, Stages, open_acme
from pipelines.team import Team
from rehearsal import Rehearsal, writes_of


@dataclass(frozen=True)
class Reviewed:
    """A merge request for one more account that was planned, and the folder of the job that planned it."""

    runner: GitLabRunner
    planned: Path


@pytest.fixture
def reviewed(stages: Stages, rehearsal: Rehearsal) -> Reviewed:
    """The team right after the review, with an empty portal."""
    del rehearsal
    team, folder = stages.after(add_pipeline, open_acme, plan_acme)
    return Reviewed(GitLabRunner.of(team), folder)


def plan_acme(team: Team) -> Path:
    """Plan the merge request; return where its plan is."""
    head = str(team.forge.threads[ACME].head)
    job, folder = GitLabRunner.of(team).run("agencyfile:plan", head, CI_MERGE_REQUEST_IID=str(ACME))
    assert job.result == "success", job.summary
    return folder


def test_gitlab_story_merge_request_is_planned_and_commented(gitlab: GitLabRunner) -> None:
    """One note, the plan as an artifact, the counts for the widget."""
    number = open_acme(gitlab.team)
    folder = plan_acme(gitlab.team)

    (comment,) = gitlab.team.comments(number)
    assert "account.acme" in comment
    assert json.loads((folder / "terraform.json").read_text("utf-8")) == {"create": 1, "update": 0, "delete": 0}
    assert {path.name for path in folder.iterdir()} >= {"plan.html", "plan.json", "plan.md", "rehearsal.json"}
    assert "**Rehearsed** on a copy of the portal: 1 call as predicted" in comment
    assert gitlab.team.rehearsal.writes() == []


def test_gitlab_story_plan_that_fails_is_told_in_the_note(reviewed: Reviewed) -> None:
    """What stood there before approves nothing any more."""
    runner, team = reviewed.runner, reviewed.runner.team
    team.origin.push("acme", "Oops", agency_yaml=team.agency(acme="nonsense: true"))
    head = str(team.forge.threads[ACME].head)
    job, _ = runner.run("agencyfile:plan", head, CI_MERGE_REQUEST_IID=str(ACME))

    (comment,) = team.comments(ACME)
    assert job.result == "failure"
    assert f"There is no plan of {head}" in comment
    assert "pln_" not in comment


def test_gitlab_story_merged_plan_is_applied_once(reviewed: Reviewed) -> None:
    """What was reviewed happens, and nothing else; a second pipeline applies nothing."""
    runner, team = reviewed.runner, reviewed.runner.team
    commit = team.origin.merge(team.forge.threads[ACME])
    _, folder = runner.run("agencyfile:plan-merged", commit)
    job, _ = runner.run("agencyfile:apply", commit, artifacts=folder)
    _, folder = runner.run("agencyfile:plan-merged", commit)
    again, _ = runner.run("agencyfile:apply", commit, artifacts=folder)

    assert job.result == "success", job.summary
    assert team.rehearsal.writes() == writes_of(json.loads((reviewed.planned / "plan.json").read_text("utf-8")))
    assert "Applied: 2 done." in job.summary
    assert "Nothing to apply, and nothing to settle." in again.summary


def test_gitlab_story_push_without_a_review_needs_a_digest(gitlab: GitLabRunner) -> None:
    """Refused by itself; carried out for who runs the pipeline with the digest."""
    runner, team = gitlab, gitlab.team
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


def test_gitlab_story_drift_opens_an_issue_and_closes_it(reviewed: Reviewed) -> None:
    """A change by hand is told in the night, and forgotten when it was taken back."""
    runner, team = reviewed.runner, reviewed.runner.team
    commit = team.origin.merge(team.forge.threads[ACME])
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


def test_gitlab_story_fork_needs_no_variable(gitlab: GitLabRunner) -> None:
    """What its files change is in the log; the portal is not asked."""
    team = gitlab.team
    base = team.origin.head("main")
    head = team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    bare = GitLabRunner(team, {}, {})
    before = len(team.rehearsal.reads())
    job, _ = bare.run("agencyfile:read", head, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert job.result == "success", job.summary
    assert "acme" in job.summary
    assert len(team.rehearsal.reads()) == before
