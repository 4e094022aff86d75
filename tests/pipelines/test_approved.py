"""What a merge approves: the plan that the pipeline itself published for the head, and nothing that somebody else says.

In each attack a reviewer has seen a plan with one account; somebody with write access then adds another account, which
no pipeline has planned, merges, and claims in some way that its plan was shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from contract.repositories import git
from pipelines.forge import Thread
from pipelines.gitlab_runner import PROJECT_BOT, GitLabRunner, add_pipeline
from pipelines.reviewer import BOT
from pipelines.stages import ACME, Stages, open_acme, plan_acme
from pipelines.team import LEDGER, Team
from rehearsal import Rehearsal
from sampling import thinned

PLAN, APPLY, DRIFT = (f"agencyfile-{part}.yml" for part in ("plan", "apply", "drift"))
CONTEXT = "agencyfile/northwind plan for main"
NOTED = "agencyfile/northwind ledger"


@dataclass
class Merged:
    """A merge with one more account than was reviewed: where every claim about it begins."""

    team: Team
    thread: Thread
    digest: str  # of the plan that nobody has seen


def merge_with_more(team: Team) -> str:
    """Merge the pull request with one more account; return the digest of the plan that nobody has seen."""
    team.origin.push("acme", "One more", agency_yaml=team.agency(acme="", evil=""))
    team.origin.merge(team.forge.threads[ACME])
    run = team.runner.run(APPLY, team.runner.pushed())
    assert run.results() == {"plan": "success", "apply": "failure"}
    return run.jobs["plan"].outputs["digest"]


@pytest.fixture
def merged(stages: Stages, rehearsal: Rehearsal) -> Merged:
    """That merge, with an empty portal (`rehearsal` empties it)."""
    del rehearsal
    team, digest = stages.after(open_acme, plan_acme, merge_with_more)
    return Merged(team, team.forge.threads[ACME], digest)


@pytest.fixture
def reviewed(stages: Stages, rehearsal: Rehearsal) -> Team:
    """A team with a pull request whose plan the pipeline has shown and published."""
    del rehearsal
    return stages.after(open_acme, plan_acme)[0]


@pytest.fixture
def reviewed_there(stages: Stages, rehearsal: Rehearsal) -> GitLabRunner:
    """The same with a merge request at GitLab."""
    del rehearsal
    return GitLabRunner.of(stages.after(add_pipeline, review_there)[0])


def review_there(team: Team) -> None:
    """Open a merge request whose plan the pipeline shows and publishes."""
    thread = team.forge.threads[open_acme(team)]
    job, _ = GitLabRunner.of(team).run("agencyfile:plan", str(thread.head), CI_MERGE_REQUEST_IID=str(thread.number))
    assert job.result == "success", job.summary


def refusal(team: Team) -> str:
    """Run the apply again, which must be refused without a write; return what it says."""
    job = team.runner.run(APPLY, team.runner.pushed()).jobs["apply"]
    assert job.result == "failure"
    assert [step.name for step in job.steps if step.outcome == "failure"] == ["Find out what was approved"]
    assert team.rehearsal.writes() == []
    return job.output


def run_url(team: Team, number: int) -> str:
    """The address of a run, as a job writes it."""
    return f"{team.forge.url}/northwind/portal/actions/runs/{number}/attempts/1"


@pytest.mark.attack("B11", "comment of the pipeline edited by somebody with write access")
def test_approved_is_not_what_an_edited_comment_says(merged: Merged) -> None:
    """The comment is for people: whatever stands in it, the apply does not read it."""
    team, thread, digest = merged.team, merged.thread, merged.digest
    (note,) = thread.notes
    note.body = f"<!-- agencyfile:northwind -->\n<!-- plan:{digest} -->\napply --approved {digest}"

    assert "has no status" in refusal(team)


@pytest.mark.attack("B11", "comment posted by another workflow of the same repository")
def test_approved_is_not_what_another_workflow_comments(merged: Merged) -> None:
    """The bot of the repository is the same for all of its workflows."""
    team, thread, digest = merged.team, merged.thread, merged.digest
    thread.notes.clear()
    team.forge.say(thread.number, BOT, f"<!-- agencyfile:northwind -->\n<!-- plan:{digest} -->\nPlan")

    assert "has no status" in refusal(team)


@pytest.mark.attack("B11", "commit status of somebody with write access")
def test_approved_is_not_what_somebody_else_publishes(merged: Merged) -> None:
    """Who may push may add a status; the forge says that it is theirs."""
    team, thread, digest = merged.team, merged.thread, merged.digest
    run = team.forge.start_run(f".github/workflows/{PLAN}", "pull_request", str(thread.head))
    team.forge.runs[run].jobs["Plan"] = "success"
    team.forge.add_status(str(thread.head), "mallory", CONTEXT, digest, run_url(team, run))

    assert "those of mallory do not count" in refusal(team)


def of_nothing(team: Team, thread: Thread) -> str:
    """A status that names no run."""
    return "https://example.org/actions"


def of_another_workflow(team: Team, thread: Thread) -> str:
    """A run of a workflow that somebody has put on a branch of their own."""
    run = team.forge.start_run(".github/workflows/evil.yml", "push", str(thread.head))
    team.forge.runs[run].jobs["Plan"] = "success"
    return run_url(team, run)


def of_another_commit(team: Team, thread: Thread) -> str:
    """The run in which the pipeline planned the commit before."""
    return run_url(team, min(team.forge.runs))


def of_a_run_that_planned_nothing(team: Team, thread: Thread) -> str:
    """A run of Dependabot's, in which the job that plans is skipped."""
    run = team.forge.start_run(f".github/workflows/{PLAN}", "pull_request", str(thread.head))
    team.forge.runs[run].jobs |= {"Plan": "skipped", "Read, without secrets": "success"}
    return run_url(team, run)


def of_a_fork(team: Team, thread: Thread) -> str:
    """A run for the same commit in somebody's fork."""
    run = team.forge.start_run(f".github/workflows/{PLAN}", "pull_request", str(thread.head), "mallory/portal")
    team.forge.runs[run].jobs["Plan"] = "success"
    return run_url(team, run)


@pytest.mark.attack("B11", "commit status published by another workflow of the same repository")
@pytest.mark.parametrize(
    "claimed",
    thinned([of_nothing, of_another_workflow, of_another_commit, of_a_run_that_planned_nothing, of_a_fork], every=3),
)
def test_approved_is_not_what_another_workflow_publishes(
    merged: Merged, claimed: Callable[[Team, Thread], str]
) -> None:
    """The author is the same; the run that it names is not one that planned this commit."""
    team, thread, digest = merged.team, merged.thread, merged.digest
    team.forge.add_status(str(thread.head), BOT, CONTEXT, digest, claimed(team, thread))

    assert "names" in refusal(team)


@pytest.mark.attack("B11", "commit status that claims the pipeline's own run for another plan")
@pytest.mark.parametrize("is_first", [True, False])
def test_approved_is_nothing_where_two_plans_claim_one_run(reviewed: Team, *, is_first: bool) -> None:
    """The run has published its own plan; which of the two is forged need not be known."""
    team, thread = reviewed, reviewed.forge.threads[ACME]
    forged = f"pln_{'0' * 40}"
    team.forge.add_status(str(thread.head), BOT, CONTEXT, forged, run_url(team, min(team.forge.runs)))
    statuses = team.forge.statuses[str(thread.head)]
    if is_first:
        statuses.insert(0, statuses.pop())
    team.origin.merge(thread)

    assert "several plans that claim to be of" in refusal(team)


@pytest.mark.attack("B11", "plan that was made for another base branch")
def test_approved_is_not_a_plan_for_another_branch(team: Team) -> None:
    """A pull request that was planned for a release branch and is then aimed at main."""
    team.origin.push("release", "Release")
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    thread = team.origin.open_pull_request("acme")
    thread.base = "release"
    team.runner.run(PLAN, team.runner.pull_request(thread.number))
    thread.base = "main"
    team.origin.merge(thread)

    assert "has no status" in refusal(team)


def test_approved_is_not_a_plan_that_was_merged_into_another_branch(reviewed: Team) -> None:
    """The commit is on main too, but nobody approved it for main."""
    team, thread = reviewed, reviewed.forge.threads[ACME]
    team.origin.merge(thread)
    thread.base = "release"

    assert "was merged into release, not into main" in refusal(team)


def test_approved_is_nothing_after_a_plan_that_failed(reviewed: Team) -> None:
    """The same commit was planned once more, and the portal could not be read."""
    team, thread = reviewed, reviewed.forge.threads[ACME]
    team.rehearsal.faults({"action": "account_list", "nth": 1, "times": 500, "kind": "error_before_commit"})
    failed = team.runner.run(PLAN, team.runner.pull_request(thread.number))
    team.rehearsal.faults()
    team.origin.merge(thread)

    assert failed.results()["plan"] == "failure"
    assert "has no plan: its job failed" in refusal(team)


def last_entry(team: Team) -> str:
    """The last entry of the ledger as its own command names it, from a fresh clone."""
    (line,) = git(team.origin.bare, "show", f"{LEDGER}:000001.jsonl").splitlines()[-1:]
    from plan.ledger.entry import line_digest  # noqa: PLC0415

    return f"{len(team.ledger())}:{line_digest(line)}"


def step_outputs(job: Any) -> dict[str, str]:
    """The outputs of the step that looks for the anchor."""
    (step,) = [step for step in job.steps if step.name == "Find out how far the ledger was"]
    outputs: dict[str, str] = step.outputs
    return outputs


def test_ledger_is_noted_after_an_apply_and_handed_to_every_later_run(reviewed: Team) -> None:
    """Also across merges that change nothing, and by a status only of our own."""
    team, thread = reviewed, reviewed.forge.threads[ACME]
    team.origin.merge(thread)
    first = team.runner.run(APPLY, team.runner.pushed())
    noted = last_entry(team)
    team.forge.add_status(team.origin.head("main"), BOT, NOTED, f"1:{'a' * 64}")
    team.forge.add_status(team.origin.head("main"), "mallory", NOTED, f"999:{'b' * 64}")
    team.origin.push("main", "A typo", README_md="agency\n")
    second = team.runner.run(APPLY, team.runner.pushed())
    drift = team.runner.run(DRIFT, team.runner.started("schedule"))
    team.origin.push("beta", "Beta", agency_yaml=team.agency(acme="", beta=""))
    planned = team.runner.run(PLAN, team.runner.pull_request(team.origin.open_pull_request("beta").number))

    assert first.results() == {"plan": "success", "apply": "success"}, first.jobs["apply"].output
    assert second.results() == {"plan": "success", "apply": "skipped"}
    for job in (second.jobs["plan"], drift.jobs["drift"], planned.jobs["plan"]):
        assert job.result == "success", job.output
        assert step_outputs(job) == {"anchor": noted}


def test_call_that_is_open_fails_the_plan_of_a_pull_request(reviewed: Team) -> None:
    """With exit 5, and a comment that shows it; nothing is approved until it is settled."""
    team, thread = reviewed, reviewed.forge.threads[ACME]
    team.origin.merge(thread)
    team.rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "drop_after_commit"})
    team.runner.run(APPLY, team.runner.pushed())
    team.origin.push("beta", "Beta", agency_yaml=team.agency(acme="", beta=""))
    other = team.origin.open_pull_request("beta")
    job = team.runner.run(PLAN, team.runner.pull_request(other.number)).jobs["plan"]

    assert job.result == "failure"
    assert "exit code 5" in job.output
    assert [status.state for status in team.forge.statuses[str(other.head)]] == ["failure"]
    assert "There is no plan" not in team.comments(other.number)[0]


def edit_note(team: Team, thread: Thread, digest: str) -> None:
    """Let the pipeline's note say that the plan was shown."""
    thread.notes[0].body = f"<!-- agencyfile:northwind -->\n<!-- plan:{digest} -->\nPlan"


def publish_as_somebody(team: Team, thread: Thread, digest: str) -> None:
    """Add a status as a developer, of whom GitLab asks no more than to be one."""
    team.forge.add_status(str(thread.head), "mallory", CONTEXT, digest)


def publish_for_another_branch(team: Team, thread: Thread, digest: str) -> None:
    """What the pipeline itself would publish for a merge into another branch."""
    team.forge.add_status(str(thread.head), PROJECT_BOT, CONTEXT.replace("main", "release"), digest)


@pytest.mark.attack("B11", "note edited, status of somebody else, status for another branch, at GitLab")
@pytest.mark.parametrize("claim", thinned([edit_note, publish_as_somebody, publish_for_another_branch], every=3))
def test_approved_at_gitlab_is_what_the_projects_token_published(
    reviewed_there: GitLabRunner, claim: Callable[[Team, Thread, str], None]
) -> None:
    """For the head of the merge request, and for the branch that it was merged into."""
    gitlab, team = reviewed_there, reviewed_there.team
    thread = team.forge.threads[ACME]
    team.origin.push("acme", "One more", agency_yaml=team.agency(acme="", evil=""))
    commit = team.origin.merge(thread)
    _, folder = gitlab.run("agencyfile:plan-merged", commit)
    shown = team.rehearsal.run("show", str(folder / "plan.json"), "--format", "outputs").out
    claim(team, thread, shown.partition("\n")[0].removeprefix("digest="))
    job, _ = gitlab.run("agencyfile:apply", commit, artifacts=folder)

    assert job.result == "failure"
    assert "has no status" in job.summary
    assert team.rehearsal.writes() == []


def test_ledger_at_gitlab_is_noted_after_an_apply(reviewed_there: GitLabRunner) -> None:
    """By a status of the commit that was applied."""
    gitlab, team = reviewed_there, reviewed_there.team
    commit = team.origin.merge(team.forge.threads[ACME])
    _, folder = gitlab.run("agencyfile:plan-merged", commit)
    job, _ = gitlab.run("agencyfile:apply", commit, artifacts=folder)
    noted = [status.description for status in team.forge.statuses[commit] if status.context == NOTED]

    assert job.result == "success", job.summary
    assert noted == [last_entry(team)]
