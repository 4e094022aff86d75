"""The generated workflows, step by step: a pull request from its first plan to the portal, and the nights after it."""

import json
import re
import time
from typing import Any

import pytest
from pipelines.runner import WorkflowRun
from pipelines.stages import ACME, Stages, open_acme, plan_acme
from pipelines.team import Team
from rehearsal import Rehearsal, writes_of
from sampling import thinned

PLAN = "agencyfile-plan.yml"
APPLY = "agencyfile-apply.yml"
DRIFT = "agencyfile-drift.yml"


def document_of(run: WorkflowRun) -> dict[str, Any]:
    """The plan document among the artifacts of a run."""
    document: dict[str, Any] = json.loads((run.artifacts["agencyfile-plan"] / "plan.json").read_text("utf-8"))
    return document


@pytest.fixture
def planned(stages: Stages, rehearsal: Rehearsal) -> Team:
    """A team whose pull request for one more account was planned."""
    del rehearsal
    return stages.after(open_acme, plan_acme)[0]


def test_story_pull_request_is_planned_and_commented(team: Team) -> None:
    """One comment with the plan and its digest, the plan as an artifact, the summary; nothing written anywhere."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    run = team.runner.run(PLAN, team.runner.pull_request(thread.number))

    assert run.results() == {"plan": "success", "read": "skipped"}, run.jobs["plan"].output
    (comment,) = team.comments(thread.number)
    assert "account.acme" in comment
    assert "Merging approves exactly this plan" in comment
    assert "account.acme" in run.jobs["plan"].summary
    assert any(
        re.match("::(warning|notice) file=agency.yaml,line=[0-9]+", line) for line in run.jobs["plan"].annotations()
    )
    assert sorted(path.name for path in run.artifacts["agencyfile-plan"].iterdir()) == [
        "plan.html",
        "plan.json",
        "plan.md",
        "rehearsal.json",
    ]
    rehearsed = json.loads((run.artifacts["agencyfile-plan"] / "rehearsal.json").read_text("utf-8"))
    assert (rehearsed["ok"], rehearsed["digest"] in comment) == (True, True)
    assert "**Rehearsed** on a copy of the portal: 1 call as predicted" in comment
    assert "**Rehearsed** on a copy of the portal" in run.jobs["plan"].summary
    assert team.rehearsal.writes() == []
    assert team.ledger() == []


def test_story_next_commit_updates_the_comment(planned: Team) -> None:
    """Also one that has no plan, and the one that mends it; there is one comment all the time."""
    team, thread = planned, planned.forge.threads[ACME]
    team.origin.push("acme", "Beta too", agency_yaml=team.agency(acme="", beta=""))
    team.runner.run(PLAN, team.runner.pull_request(thread.number))
    (second,) = team.comments(thread.number)
    team.origin.push("acme", "Oops", agency_yaml=team.agency(acme="", beta="nonsense: true"))
    broken = team.runner.run(PLAN, team.runner.pull_request(thread.number))
    (third,) = team.comments(thread.number)
    team.origin.push("acme", "Nothing after all", agency_yaml=team.agency())
    team.runner.run(PLAN, team.runner.pull_request(thread.number))
    (fourth,) = team.comments(thread.number)

    assert "account.beta" in second
    assert broken.results()["plan"] == "failure"
    assert any(re.match("::error file=agency.yaml,line=[0-9]+", line) for line in broken.jobs["plan"].annotations())
    assert "There is no plan of" in third
    assert "pln_" not in third
    assert "account.acme" not in fourth


def test_story_pull_request_without_changes_gets_no_comment(team: Team) -> None:
    """A typo in the README is no matter for the portal."""
    team.origin.push("typo", "Typo", README_md="agency\n")
    thread = team.origin.open_pull_request("typo")
    run = team.runner.run(PLAN, team.runner.pull_request(thread.number))

    assert run.results()["plan"] == "success", run.jobs["plan"].output
    assert team.comments(thread.number) == []


def test_story_merged_plan_is_applied_once(team: Team) -> None:
    """What was reviewed happens, and nothing else; the ledger is on its branch; a second push changes nothing."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme="", beta=""))
    thread = team.origin.open_pull_request("acme")
    planned = team.runner.run(PLAN, team.runner.pull_request(thread.number))
    team.origin.merge(thread)
    run = team.runner.run(APPLY, team.runner.pushed())
    again = team.runner.run(APPLY, team.runner.pushed())

    assert run.results() == {"plan": "success", "apply": "success"}, run.jobs["apply"].output
    assert sorted(team.rehearsal.writes()) == sorted(writes_of(document_of(planned)))
    assert "Applied: 3 done." in run.jobs["apply"].summary
    assert {entry["type"] for entry in team.ledger()} >= {"intent", "outcome"}
    assert again.results() == {"plan": "success", "apply": "skipped"}


def test_story_push_without_a_review_is_not_applied(team: Team) -> None:
    """Nobody approved it; a person may, by the digest that the summary shows."""
    team.origin.push("main", "In a hurry", agency_yaml=team.agency(acme=""))
    run = team.runner.run(APPLY, team.runner.pushed())
    digest = run.jobs["plan"].outputs["digest"]
    before = team.rehearsal.writes()
    by_hand = team.runner.run(APPLY, team.runner.started(approved=digest))

    assert run.results() == {"plan": "success", "apply": "failure"}
    assert "nobody has approved" in run.jobs["apply"].output
    assert digest in run.jobs["apply"].summary
    assert before == []
    assert by_hand.results()["apply"] == "success", by_hand.jobs["apply"].output
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


def test_story_plan_that_changed_after_the_review_is_not_applied(team: Team) -> None:
    """Somebody acted at the portal between the review and the merge."""
    team.rehearsal.seed(accounts=[{"account": "acme", "client_name": "Acme", "notification": "a@northwind.example"}])
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme="adopt: true"))
    thread = team.origin.open_pull_request("acme")
    team.runner.run(PLAN, team.runner.pull_request(thread.number))
    team.rehearsal.act_by_hand("account_edit", account="acme", notification="b@northwind.example")
    before = team.rehearsal.writes()
    team.origin.merge(thread)
    run = team.runner.run(APPLY, team.runner.pushed())

    assert run.results()["apply"] == "failure"
    assert team.rehearsal.writes() == before


def test_story_drift_opens_an_issue_and_closes_it(planned: Team) -> None:
    """A change by hand is told in the night, and forgotten when it was taken back."""
    team = planned
    team.origin.merge(team.forge.threads[ACME])
    team.runner.run(APPLY, team.runner.pushed())
    quiet = team.runner.run(DRIFT, team.runner.started("schedule"))
    team.rehearsal.act_by_hand("account_edit", account="acme", notification="eve@elsewhere.example")
    loud = team.runner.run(DRIFT, team.runner.started("schedule"))
    (issue,) = team.forge.open_issues()
    team.rehearsal.act_by_hand("account_edit", account="acme", notification="ops@northwind.example")
    over = team.runner.run(DRIFT, team.runner.started("schedule"))

    assert [run.results() for run in (quiet, loud, over)] == [{"drift": "success"}] * 3, loud.jobs["drift"].output
    assert "eve@elsewhere.example" in issue.body
    assert team.forge.open_issues() == []


def test_story_fork_gets_no_secret_and_no_comment(team: Team) -> None:
    """What its files change is in the summary; the portal is not asked."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    before = len(team.rehearsal.reads())
    run = team.runner.run(PLAN, team.runner.pull_request(thread.number, is_from_fork=True))

    assert run.results() == {"plan": "skipped", "read": "success"}, run.jobs["read"].output
    assert "acme" in run.jobs["read"].summary
    assert team.comments(thread.number) == []
    assert len(team.rehearsal.reads()) == before


@pytest.mark.parametrize("accounts", thinned([pytest.param(("acme", "beta")), pytest.param(("acme",))], every=2))
def test_story_apply_that_lost_an_answer_goes_on_when_the_job_is_run_again(
    team: Team, accounts: tuple[str, ...]
) -> None:
    """Nobody knows whether the first account was made: the job says so; run again, it adopts it and makes the rest."""
    team.origin.push("acme", "More", agency_yaml=team.agency(**dict.fromkeys(accounts, "")))
    thread = team.origin.open_pull_request("acme")
    team.runner.run(PLAN, team.runner.pull_request(thread.number))
    team.origin.merge(thread)
    team.rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "drop_after_commit"})
    first = team.runner.run(APPLY, team.runner.pushed())
    time.sleep(0.4)
    again = team.runner.run(APPLY, team.runner.pushed())

    assert first.results()["apply"] == "failure"
    assert "outcome unknown" in first.jobs["apply"].summary
    assert again.results()["apply"] == "success", again.jobs["apply"].output
    assert sorted(name for _, name in team.rehearsal.writes()) == list(accounts)
    assert len(team.rehearsal.book("charges")) == len(accounts)
