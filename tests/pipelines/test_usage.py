"""What the command line of `comment` and `ci` takes, and what it says about the rest."""

import json
from pathlib import Path

import pytest
from pipelines.reviewer import Job


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say what to post"),
        (("--body", "-", "--close"), "--close goes with --issue"),
        (("--body", "-", "--agency", "North wind"), "is not an agency name"),
        (("--body", "-", "--agency", "x --> <b>"), "is not an agency name"),
        (("--body", "-", "--agency", "northwind", "--commit", "main"), "is not a commit"),
        (("--body", "-", "--agency", "northwind", "--commit", "../../user"), "is not a commit"),
        (("--body", "-", "--agency", "northwind", "--number", "0"), "0 is not in the range"),
    ],
)
def test_usage_that_makes_no_sense_exits_64(job: Job, arguments: tuple[str, ...], words: str) -> None:
    """Before anything is asked of the forge."""
    ran = job.comment(*arguments, text="Plan")

    assert ran.code == 64
    assert words in ran.err
    assert job.forge.log == []


def test_usage_without_a_pull_request_exits_64(job: Job) -> None:
    """A push is about none."""
    nobody = {"GITHUB_EVENT_PATH": "", "GITHUB_REF": "refs/heads/main", "CI_MERGE_REQUEST_IID": ""}
    ran = job.comment("--body", "-", "--agency", "northwind", text="Plan", environment=nobody)

    assert ran.code == 64
    assert "which pull request?" in ran.err


@pytest.mark.parametrize("repository", ["northwind", "a/b/c", "../user", "a/b?x"])
def test_usage_repository_that_is_none_is_refused(github_job: Job, repository: str) -> None:
    """It becomes a part of a path."""
    ran = github_job.comment("--body", "-", "--agency", "northwind", "--repository", repository, text="Plan")

    assert ran.code == 1
    assert "is not a repository" in ran.err


def test_usage_project_with_slashes_is_one_part_of_the_path(gitlab_job: Job) -> None:
    """GitLab takes a project's path in place of its number."""
    gitlab_job.comment("--body", "-", "--agency", "northwind", "--project", "group/sub/portal", text="Plan")

    assert any("/projects/group%2Fsub%2Fportal/" in name for name, _ in gitlab_job.forge.log)


@pytest.mark.parametrize(
    ("event", "ref", "number"),
    [
        ({"pull_request": {"number": 1}}, "", 1),
        ({"issue": {"number": 1, "pull_request": {}}}, "", None),
        ({"issue": {"number": 1, "pull_request": {"url": "x"}}}, "", 1),
        ({"issue": {"number": 1}}, "", None),
        ({"workflow_run": {"pull_requests": [{"number": 1}]}}, "", 1),
        ({"workflow_run": {"pull_requests": []}}, "refs/pull/1/merge", 1),
        ({"pull_request": {"number": "1"}}, "refs/pull/1/head", 1),
        ([], "refs/pull/1x/head", None),
    ],
)
def test_usage_number_is_that_of_the_event(
    github_job: Job, tmp_path: Path, event: object, ref: str, number: int | None
) -> None:
    """Whatever started the job, if a pull request had a part in it."""
    path = tmp_path / "what-happened.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    environment = {"GITHUB_EVENT_PATH": str(path), "GITHUB_REF": ref}
    ran = github_job.comment("--body", "-", "--agency", "northwind", text="Plan", environment=environment)

    assert ran.code == (64 if number is None else 0), ran
    assert len(github_job.texts()) == (0 if number is None else 1)


@pytest.mark.parametrize("content", ["{", "\udcff", "[" * 100_000])
def test_usage_event_that_cannot_be_read_is_said(github_job: Job, tmp_path: Path, content: str) -> None:
    """With the way out."""
    path = tmp_path / "what-happened.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    environment = {"GITHUB_EVENT_PATH": str(path)}
    ran = github_job.comment("--body", "-", "--agency", "northwind", text="Plan", environment=environment)

    assert ran.code == 1
    assert "GITHUB_EVENT_PATH names cannot be read" in ran.err
    assert "--number N" in ran.err


def test_usage_empty_text_is_refused(job: Job) -> None:
    """A step before this one has failed unseen."""
    ran = job.comment("--body", "-", "--agency", "northwind", text=" \n")

    assert ran.code == 1
    assert "the text is empty" in ran.err
    assert job.texts() == []


def test_usage_plan_that_is_damaged_is_refused(job: Job) -> None:
    """Nobody approves a plan that was changed after it was written."""
    path = job.plan_file()
    document = json.loads(path.read_text("utf-8"))
    document["digest"] = f"pln2_{'0' * 40}"
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = job.comment("--body", "-", "--plan", str(path), text="Plan")

    assert ran.code == 1
    assert "was changed after it was written" in ran.err
    assert job.texts() == []


def test_usage_body_that_cannot_be_read_is_said(job: Job, tmp_path: Path) -> None:
    """By its name."""
    ran = job.comment("--body", str(tmp_path / "plan.md"), "--agency", "northwind")

    assert ran.code == 1
    assert "plan.md cannot be read" in ran.err


def test_usage_plan_of_another_agency_is_refused(job: Job) -> None:
    """A comment does not show one agency's plan under another's name."""
    ran = job.comment("--body", "-", "--agency", "southwind", "--plan", str(job.plan_file()), text="Plan")

    assert ran.code == 64
    assert "the plan is of northwind, and --agency says southwind" in ran.err
    assert job.forge.log == []


def test_usage_standard_input_that_is_no_text_is_refused(job: Job) -> None:
    """As a pipe may bring it."""
    ran = job.comment("--body", "-", "--agency", "northwind", text="Plan \udcff")

    assert ran.code == 1
    assert "standard input is not UTF-8" in ran.err
