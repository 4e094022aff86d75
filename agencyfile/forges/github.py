"""GitHub's REST API, version 2022-11-28: comments of pull requests, issues, and who the token is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter

from agencyfile.forges.client import Client
from agencyfile.forges.errors import Declined, ForgeError, Missing
from agencyfile.forges.forge import Board, PullRequest, Status, Text, measured
from agencyfile.forges.transport import Transport
from agencyfile.forges.wire import Row, read
from plan.values import Secret

LONGEST: Final = 65_536  # characters of a comment or an issue
_REPOSITORY: Final = re.compile(r"[\w-]+/(?!\.\.?$)[\w.-]+", re.ASCII)
_UNAUTHORIZED: Final = 401
_PAGE: Final = "100"


class _User(Row):
    login: str


class _Viewer(Row):
    class Data(Row):
        viewer: _User

    data: Data


class _Comment(Row):
    id: int
    body: str | None = None
    html_url: str
    user: _User | None = None


class _Issue(_Comment):
    number: int
    pull_request: dict[str, object] | None = None


class _End(Row):
    ref: str
    sha: str


class _PullRequest(Row):
    number: int
    merged_at: str | None = None
    merge_commit_sha: str | None = None
    head: _End
    base: _End


class _Status(Row):
    id: int
    state: str
    context: str
    description: str | None = None
    target_url: str | None = None
    creator: _User | None = None


class _Commit(Row):
    sha: str


class _Repository(Row):
    full_name: str


class _Run(Row):
    path: str
    event: str
    head_sha: str
    head_repository: _Repository | None = None


class _Job(Row):
    name: str
    conclusion: str | None = None


class _Jobs(Row):
    jobs: list[_Job]


_COMMENTS: Final = TypeAdapter(list[_Comment])
_ISSUES: Final = TypeAdapter(list[_Issue])
_PULL_REQUESTS: Final = TypeAdapter(list[_PullRequest])
_STATUSES: Final = TypeAdapter(list[_Status])
_COMMITS: Final = TypeAdapter(list[_Commit])
_RUN: Final = TypeAdapter(_Run)
_JOBS: Final = TypeAdapter(_Jobs)
_PLAN_JOB: Final = "Plan"  # what the job is called that publishes the plan as its last act
_RUN_URL: Final = re.compile(r"https?://[^?#]+/actions/runs/([0-9]+)/attempts/([0-9]+)")


class GitHub:
    """One repository. `author` is the login whose texts are ours; by default the API is asked who the token is."""

    def __init__(self, api: str, token: Secret, repository: str, author: str | None = None) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise ForgeError(f"{repository!r} is not a repository", fix="name it as in owner/name")
        self.client = Client(Transport(api, token, _headers))
        self.path = f"/repos/{repository}"
        self.name = repository
        self._author = author

    def comments(self, number: int) -> Board:
        """The comments of a pull request."""
        return _Comments(self, number)

    def issues(self, title: str) -> Board:
        """The open issues."""
        return _Issues(self, title)

    def merged_with(self, commit: str) -> PullRequest | None:
        """The pull request that `commit` merged; None where it was pushed."""
        try:
            rows = read(_PULL_REQUESTS, self.client.get(f"{self.path}/commits/{commit}/pulls", per_page=_PAGE))
        except Declined as error:
            raise ForgeError(f"who merged {commit} cannot be looked up: {error}", fix=error.fix) from None
        merged = (row for row in rows if row.merged_at and row.merge_commit_sha == commit)
        return next(map(_pull_request, merged), None)

    def pull_request(self, number: int) -> PullRequest:
        """The pull request of that number."""
        return _pull_request(read(TypeAdapter(_PullRequest), self.client.get(f"{self.path}/pulls/{number}")))

    def open_pull_requests(self, base: str) -> Iterator[PullRequest]:
        """The open pull requests into a branch."""
        for page in self.client.pages(f"{self.path}/pulls", state="open", base=base, per_page=_PAGE):
            yield from [_pull_request(row) for row in read(_PULL_REQUESTS, page)]

    def statuses(self, commit: str) -> Iterator[Status]:
        """The statuses of a commit; GitHub keeps every one."""
        for page in self.client.pages(f"{self.path}/commits/{commit}/statuses", per_page=_PAGE):
            yield from (_status(row) for row in read(_STATUSES, page))

    def add_status(self, commit: str, status: Status) -> None:
        """Add a status; `description` has at most 140 characters."""
        document = {
            "state": status.state,
            "context": status.context,
            "description": status.description,
            "target_url": status.target,
        }
        self.client.change("POST", f"{self.path}/statuses/{commit}", document)

    def commits_before(self, revision: str, count: int) -> Iterator[str]:
        """The last commits of a branch, or up to a commit."""
        answer = self.client.get(f"{self.path}/commits", sha=revision, per_page=str(count))
        yield from (row.sha for row in read(_COMMITS, answer))

    def check_run(self, status: Status, request: PullRequest, workflow: str) -> None:
        """Hold that the status was published by the workflow of that file, for the head of the pull request.

        The tokens of all workflows of a repository belong to the same user, so the author alone does not tell them
        apart. Which workflow a run is of, on which commit and how its jobs ended is told by GitHub itself. Another
        workflow may name that run in a status of its own; but the run publishes one too, and two that differ are
        refused.
        """
        match = _RUN_URL.fullmatch(status.target)
        if match is None:
            raise ForgeError(f"the status of {request.head} names no run of a workflow: {status.target!r}")
        path = f"{self.path}/actions/runs/{match[1]}/attempts/{match[2]}"
        run = read(_RUN, self.client.get(path))
        jobs = read(_JOBS, self.client.get(f"{path}/jobs", per_page=_PAGE)).jobs
        has_planned = any(job.name == _PLAN_JOB and job.conclusion == "success" for job in jobs)
        repository = run.head_repository.full_name.lower() if run.head_repository else ""
        found = (run.path.partition("@")[0], run.event, run.head_sha, repository, has_planned)
        if found != (workflow, "pull_request", request.head, self.name.lower(), True):
            raise ForgeError(
                f"the status of {request.head} names {status.target}, in which {workflow} has not planned that commit: "
                f"it is a run of {run.path} for {run.head_sha}",
                fix="find out what published the status; then plan again and have that reviewed",
            )

    def close(self) -> None:
        """Close the connections."""
        self.client.transport.close()

    @cached_property
    def author(self) -> str:
        """The login of the token's user.

        The token that a job is given belongs to an installation, which may not ask `/user`; GraphQL tells it.
        """
        if self._author:
            return self._author
        try:
            return read(TypeAdapter(_User), self.client.get("/user")).login
        except Declined as error:
            if error.status == _UNAUTHORIZED:
                raise
        answer = self.client.ask(_graphql(self.client.transport.api), {"query": "{ viewer { login } }"})
        try:
            return read(TypeAdapter(_Viewer), answer).data.viewer.login
        except ForgeError:
            raise ForgeError("GitHub does not tell whose token this is", fix="say it: --author LOGIN") from None


@dataclass(frozen=True, slots=True)
class _Comments:
    github: GitHub
    number: int
    noun: str = "comment"

    def admit(self, body: str) -> str:
        return measured(body, LONGEST, "GitHub", self.noun)

    def own(self) -> Iterator[Text]:
        author = self.github.author
        try:
            for page in self.github.client.pages(self._list, per_page=_PAGE):
                rows = read(_COMMENTS, page)
                yield from (_text(row, row.id) for row in rows if row.user and row.user.login == author)
        except Missing as error:
            message = f"{self.github.name} has no pull request {self.number}, or the token may not see it"
            raise ForgeError(message, fix=error.fix) from None

    def add(self, body: str) -> Text:
        row = read(TypeAdapter(_Comment), self.github.client.add(self._list, {"body": body}))
        return _text(row, row.id)

    def replace(self, text: Text, body: str) -> None:
        self.github.client.change("PATCH", f"{self.github.path}/issues/comments/{text.id}", {"body": body})

    def remove(self, text: Text) -> None:
        self.github.client.change("DELETE", f"{self.github.path}/issues/comments/{text.id}")

    @property
    def _list(self) -> str:
        return f"{self.github.path}/issues/{self.number}/comments"


@dataclass(frozen=True, slots=True)
class _Issues:
    github: GitHub
    title: str
    noun: str = "issue"

    def admit(self, body: str) -> str:
        return measured(body, LONGEST, "GitHub", self.noun)

    def own(self) -> Iterator[Text]:
        author = self.github.author
        for page in self.github.client.pages(f"{self.github.path}/issues", state="open", per_page=_PAGE):
            rows = (row for row in read(_ISSUES, page) if row.pull_request is None)
            yield from (_text(row, row.number) for row in rows if row.user and row.user.login == author)

    def add(self, body: str) -> Text:
        document = {"title": self.title, "body": body}
        row = read(TypeAdapter(_Issue), self.github.client.add(f"{self.github.path}/issues", document))
        return _text(row, row.number)

    def replace(self, text: Text, body: str) -> None:
        self._change(text, {"title": self.title, "body": body})

    def remove(self, text: Text) -> None:
        self._change(text, {"state": "closed", "state_reason": "completed"})

    def _change(self, text: Text, document: dict[str, str]) -> None:
        self.github.client.change("PATCH", f"{self.github.path}/issues/{text.id}", document)


def _headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def _text(row: _Comment, number: int) -> Text:
    return Text(number, row.body or "", row.html_url)


def _pull_request(row: _PullRequest) -> PullRequest:
    return PullRequest(row.number, row.head.sha, row.base.ref)


def _status(row: _Status) -> Status:
    author = row.creator.login if row.creator else ""
    return Status(row.state, row.context, row.description or "", row.target_url or "", author, row.id)


def _graphql(api: str) -> str:
    """Beside the REST API: on a server of one's own that one ends in `/api/v3`."""
    return f"{api.removesuffix('/v3')}/graphql"
