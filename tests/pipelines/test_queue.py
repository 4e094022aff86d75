"""Merge queues and merge trains, and open pull requests after an apply: nothing is merged but what was reviewed."""

import pytest
from pipelines.forge import Thread
from pipelines.gitlab_runner import GitLabRunner, add_pipeline
from pipelines.stages import ACME, Stages, open_acme, plan_acme
from pipelines.team import Team
from rehearsal import Rehearsal

PLAN, QUEUE, APPLY = (f"agencyfile-{part}.yml" for part in ("plan", "queue", "apply"))
CONTEXT = "agencyfile/northwind plan for main"
BETA = 2  # the number of the second pull request


@pytest.fixture
def acme(stages: Stages, rehearsal: Rehearsal) -> Team:
    """A team whose pull request for one more account was planned."""
    del rehearsal
    return stages.after(open_acme, plan_acme)[0]


@pytest.fixture
def both(stages: Stages, rehearsal: Rehearsal) -> Team:
    """The same, with a second pull request for another account."""
    del rehearsal
    return stages.after(open_acme, plan_acme, open_beta)[0]


@pytest.fixture
def both_there(stages: Stages, rehearsal: Rehearsal) -> GitLabRunner:
    """The same two at GitLab."""
    del rehearsal
    return GitLabRunner.of(stages.after(add_pipeline, open_both_there)[0])


def open_beta(team: Team) -> None:
    """Open and plan a pull request for another account."""
    assert opened(team, "beta").number == BETA


def open_both_there(team: Team) -> None:
    """Open and plan two merge requests."""
    numbers = [opened_there(team, GitLabRunner.of(team), name).number for name in ("acme", "beta")]
    assert numbers == [ACME, BETA]


def opened(team: Team, name: str, **accounts: str) -> Thread:
    """A pull request for a new account, whose plan the pipeline has shown."""
    team.origin.push(name, name.title(), agency_yaml=team.agency(**{name: ""}, **accounts))
    thread = team.origin.open_pull_request(name)
    planned(team, thread)
    return thread


def planned(team: Team, thread: Thread) -> None:
    """Plan a pull request."""
    run = team.runner.run(PLAN, team.runner.pull_request(thread.number))
    assert run.results()["plan"] == "success", run.jobs["plan"].output


def statuses(team: Team, thread: Thread) -> list[tuple[str, str]]:
    """State and first words of what is said of the plan of a pull request's last commit, the oldest first."""
    found = team.forge.statuses.get(str(thread.head), [])
    return [(one.state, one.description.partition(":")[0][:11]) for one in found if one.context == CONTEXT]


def test_queue_merges_what_was_reviewed(acme: Team) -> None:
    """The plan of the group is the plan that was shown. The queue says nothing of its own, and the merge is applied."""
    team, thread = acme, acme.forge.threads[ACME]
    said = statuses(team, thread)
    event = team.runner.queued(ACME)
    run = team.runner.run(QUEUE, event)
    assert run.results() == {"plan": "success"}, run.jobs["plan"].output
    assert statuses(team, thread) == said
    assert event.sha not in team.forge.statuses

    team.origin.merge_queued(thread, event.sha)
    applied = team.runner.run(APPLY, team.runner.pushed())

    assert applied.results() == {"plan": "success", "apply": "success"}, applied.jobs["apply"].output
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


def test_queue_stops_a_group_whose_plan_nobody_has_seen(acme: Team) -> None:
    """Two pull requests together make a plan that neither has shown."""
    team = acme
    team.origin.push("more", "More", more_yaml="", README_md="agency\n")
    other = team.origin.open_pull_request("more")
    planned(team, other)
    run = team.runner.run(QUEUE, team.runner.queued(ACME, other.number))

    assert run.results() == {"plan": "failure"}
    assert "was approved, and this plan is pln2_" in run.jobs["plan"].output
    assert any("Update its branch" in line for line in run.jobs["plan"].annotations())
    assert team.rehearsal.writes() == []


def test_queue_without_a_plan_that_was_shown_uses_no_key(team: Team) -> None:
    """As with a pull request of a fork, which has no plan: the portal is not asked."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    before = len(team.rehearsal.reads())
    run = team.runner.run(QUEUE, team.runner.queued(thread.number))

    assert run.results() == {"plan": "failure"}
    assert "has no status" in run.jobs["plan"].output
    assert len(team.rehearsal.reads()) == before


def test_apply_marks_open_pull_requests_that_were_planned_before_it(both: Team) -> None:
    """Their check fails and says why, until their branches are updated. A plan that is newer is left alone."""
    team = both
    acme, beta = (team.forge.threads[number] for number in (ACME, BETA))
    team.origin.push("typo", "Typo", README_md="agency\n")
    unplanned = team.origin.open_pull_request("typo")
    team.origin.merge(acme)
    assert team.runner.run(APPLY, team.runner.pushed()).results()["apply"] == "success"
    assert statuses(team, beta)[-1] == ("failure", "out of date")
    assert statuses(team, unplanned) == []

    team.origin.update("beta", agency_yaml=team.agency(acme="", beta=""))
    planned(team, beta)
    team.origin.push("main", "In a hurry", agency_yaml=team.agency(acme="domain: mail.acme.example"))
    team.runner.run(APPLY, team.runner.pushed())
    assert statuses(team, beta)[-1][0] == "success"  # nobody approved that push, so nothing was applied

    run = team.runner.run(APPLY, team.runner.pushed())
    again = team.runner.run(APPLY, team.runner.started(approved=run.jobs["plan"].outputs["digest"]))
    assert again.results()["apply"] == "success", again.jobs["apply"].output
    assert statuses(team, beta)[-1] == ("failure", "out of date")


def test_merge_of_a_plan_that_is_out_of_date_is_not_applied(both: Team) -> None:
    """It says so, and what to do."""
    team = both
    acme, beta = (team.forge.threads[number] for number in (ACME, BETA))
    team.origin.merge(acme)
    team.runner.run(APPLY, team.runner.pushed())
    team.origin.merge(beta)
    run = team.runner.run(APPLY, team.runner.pushed())

    assert run.results()["apply"] == "failure"
    assert "is out of date: an apply came after it" in run.jobs["apply"].output
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]


def opened_there(team: Team, gitlab: GitLabRunner, name: str) -> Thread:
    """A merge request for a new account, whose plan the pipeline has shown."""
    team.origin.push(name, name.title(), agency_yaml=team.agency(**{name: ""}))
    thread = team.origin.open_pull_request(name)
    job, _ = gitlab.run("agencyfile:plan", str(thread.head), CI_MERGE_REQUEST_IID=str(thread.number))
    assert job.result == "success", job.summary
    return thread


def test_train_compares_and_publishes_nothing(both_there: GitLabRunner) -> None:
    """A merge train passes with the plan that was shown, and stops with any other: it approves nothing itself."""
    gitlab, team = both_there, both_there.team
    acme, beta = (team.forge.threads[number] for number in (ACME, BETA))
    said = {thread.number: (statuses(team, thread), team.comments(thread.number)) for thread in (acme, beta)}
    train = {"CI_MERGE_REQUEST_EVENT_TYPE": "merge_train", "CI_JOB_URL": f"{team.forge.url}/jobs/2"}
    _, alone = team.origin.queue(acme)
    passed, _ = gitlab.run("agencyfile:plan", alone, None, CI_MERGE_REQUEST_IID=str(acme.number), **train)
    team.origin.push("main", "Another", agency_yaml=team.agency(zeta=""))
    stopped, _ = gitlab.run(
        "agencyfile:plan", team.origin.head("main"), None, CI_MERGE_REQUEST_IID=str(beta.number), **train
    )

    assert (passed.result, stopped.result) == ("success", "failure"), passed.summary
    assert "add it to the train again" in stopped.summary
    assert {one.number: (statuses(team, one), team.comments(one.number)) for one in (acme, beta)} == said


def test_apply_marks_open_merge_requests_that_were_planned_before_it(both_there: GitLabRunner) -> None:
    """As at GitHub, with the token that the pipeline has already."""
    gitlab, team = both_there, both_there.team
    acme, beta = (team.forge.threads[number] for number in (ACME, BETA))
    sha = team.origin.merge(acme)
    later = {"CI_JOB_URL": f"{team.forge.url}/jobs/2"}
    _, folder = gitlab.run("agencyfile:plan-merged", sha, None, **later)
    job, _ = gitlab.run("agencyfile:apply", sha, folder, **later)

    assert job.result == "success", job.summary
    assert [state for state, _ in statuses(team, beta)] == ["success", "failed"]
    assert statuses(team, beta)[-1][1] == "out of date"
