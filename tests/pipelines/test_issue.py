"""One issue per agency: open for as long as there is something to say."""

from pipelines.reviewer import MARKER, TOKEN, Job

TITLE = ("--issue", "Drift of northwind")


def allowed(job: Job) -> Job:
    """The job, with a token that may write issues."""
    job.forge.add_token(TOKEN, job.author, is_installation=job.kind == "github", issues="write", api="write")
    return job


def test_issue_is_opened_updated_and_closed(job: Job) -> None:
    """Three nights: drift, another drift, none."""
    allowed(job)
    job.post("One change by hand", *TITLE)
    job.post("Two changes by hand", *TITLE)
    (issue,) = job.forge.open_issues()
    closed = job.comment(*TITLE, "--close", "--agency", "northwind")

    assert issue.title == "Drift of northwind"
    assert issue.body.strip() == f"{MARKER}\nTwo changes by hand"
    assert closed.out.startswith("issue closed: ")
    assert job.forge.open_issues() == []


def test_issue_of_the_next_drift_is_a_new_one(job: Job) -> None:
    """What was closed stays closed."""
    allowed(job)
    job.post("First", *TITLE)
    job.comment(*TITLE, "--close", "--agency", "northwind")
    job.post("Second", *TITLE)

    assert [issue.body.strip() for issue in job.forge.open_issues()] == [f"{MARKER}\nSecond"]
    assert len(job.forge.threads) == 3


def test_issue_closing_where_there_is_none_is_done(job: Job) -> None:
    """A quiet night."""
    ran = job.comment(*TITLE, "--close", "--agency", "northwind")

    assert ran.code == 0
    assert "no issue of northwind" in ran.out


def test_issue_of_somebody_else_is_not_touched(job: Job) -> None:
    """Nor is a pull request, which GitHub lists among the issues."""
    allowed(job)
    theirs = job.forge.open_pull_request("Mine")
    theirs.is_pull_request = False
    theirs.body = f"{MARKER}\nForged"
    job.thread.author, job.thread.body = job.forge.user(job.author), f"{MARKER}\nA pull request"
    job.post("Drift", *TITLE)
    job.comment(*TITLE, "--close", "--agency", "northwind")

    assert (theirs.state, theirs.body) == ("open", f"{MARKER}\nForged")
    assert (job.thread.state, job.thread.body) == ("open", f"{MARKER}\nA pull request")


def test_issue_is_found_behind_many_pages(job: Job) -> None:
    """Whatever else is open."""
    allowed(job)
    job.post("Drift", *TITLE)
    for _ in range(120):
        job.forge.open_pull_request("Issue").is_pull_request = False
    job.comment(*TITLE, "--close", "--agency", "northwind")

    assert len(job.forge.open_issues()) == 120


def test_issue_without_the_permission_is_refused(job: Job) -> None:
    """The forge's no is passed on."""
    job.forge.add_token(TOKEN, job.author, is_installation=job.kind == "github", contents="read")
    ran = job.comment("--body", "-", *TITLE, "--agency", "northwind", text="Drift")

    assert ran.code == 1
    assert "answered 403" in ran.err
