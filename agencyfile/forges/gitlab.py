"""GitLab's REST API, version 4: notes of merge requests, issues, and who the token is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote

from pydantic import TypeAdapter

from agencyfile.forges.client import Client
from agencyfile.forges.errors import Declined, ForgeError, Missing
from agencyfile.forges.forge import Board, PullRequest, Status, Text, measured
from agencyfile.forges.transport import Transport
from agencyfile.forges.wire import Row, read
from plan.values import Secret

LONGEST: Final = 1_000_000  # characters of a note; a description may be a little longer
_COMMAND: Final = re.compile(r"^([ \t]*)/(?=[a-z])", re.MULTILINE)
_UNAUTHORIZED: Final = 401
_PAGE: Final = "100"


class _User(Row):
    username: str


class _Note(Row):
    id: int
    body: str = ""
    author: _User
    system: bool = False


class _Issue(Row):
    iid: int
    description: str | None = None
    author: _User
    web_url: str


class _MergeRequest(Row):
    iid: int
    state: str
    target_branch: str
    sha: str | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None


class _Status(Row):
    id: int
    status: str
    name: str
    description: str | None = None
    target_url: str | None = None
    author: _User | None = None


class _Commit(Row):
    id: str


_STATUSES: Final = TypeAdapter(list[_Status])
_COMMITS: Final = TypeAdapter(list[_Commit])
_FAILED: Final = "failed"
_NOTES: Final = TypeAdapter(list[_Note])
_ISSUES: Final = TypeAdapter(list[_Issue])
_MERGE_REQUESTS: Final = TypeAdapter(list[_MergeRequest])


class GitLab:
    """One project, by its number or its path. `author` is the username whose texts are ours; by default it is asked."""

    def __init__(self, api: str, token: Secret, project: str, author: str | None = None) -> None:
        self.client = Client(Transport(api, token, lambda text: {"PRIVATE-TOKEN": text}))
        self.path = f"/projects/{quote(project, safe='')}"
        self.name = project
        self._author = author

    def comments(self, number: int) -> Board:
        """The notes of a merge request."""
        return _Notes(self, number)

    def issues(self, title: str) -> Board:
        """The open issues."""
        return _Issues(self, title)

    def merged_with(self, commit: str) -> PullRequest | None:
        """The merge request that `commit` merged: with a merge commit, squashed, or fast-forward."""
        try:
            answer = self.client.get(f"{self.path}/repository/commits/{commit}/merge_requests", per_page=_PAGE)
        except Declined as error:
            raise ForgeError(f"who merged {commit} cannot be looked up: {error}", fix=error.fix) from None
        merged = (row for row in read(_MERGE_REQUESTS, answer) if row.state == "merged" and row.sha)
        found = (row for row in merged if commit in (row.merge_commit_sha, row.squash_commit_sha, row.sha))
        return next(map(_pull_request, found), None)

    def pull_request(self, number: int) -> PullRequest:
        """The merge request of that number."""
        answer = self.client.get(f"{self.path}/merge_requests/{number}")
        return _pull_request(read(TypeAdapter(_MergeRequest), answer))

    def open_pull_requests(self, base: str) -> Iterator[PullRequest]:
        """The open merge requests into a branch."""
        query = {"state": "opened", "scope": "all", "target_branch": base, "per_page": _PAGE}
        for page in self.client.pages(f"{self.path}/merge_requests", **query):
            yield from [_pull_request(row) for row in read(_MERGE_REQUESTS, page)]

    def statuses(self, commit: str) -> Iterator[Status]:
        """The statuses of a commit, also those that later ones of the same name have replaced."""
        for page in self.client.pages(f"{self.path}/repository/commits/{commit}/statuses", all="true", per_page=_PAGE):
            yield from (_status(row) for row in read(_STATUSES, page))

    def add_status(self, commit: str, status: Status) -> None:
        """Add a status; it becomes a job of the newest pipeline of the commit."""
        document = {
            "state": _FAILED if status.state == "failure" else status.state,
            "name": status.context,
            "description": status.description,
            "target_url": status.target,
        }
        self.client.change("POST", f"{self.path}/statuses/{commit}", document)

    def commits_before(self, revision: str, count: int) -> Iterator[str]:
        """The last commits of a branch, or up to a commit."""
        answer = self.client.get(f"{self.path}/repository/commits", ref_name=revision, per_page=str(count))
        yield from (row.id for row in read(_COMMITS, answer))

    def check_run(self, status: Status, request: PullRequest, workflow: str) -> None:
        """Refuse: a status of GitLab is known by its author alone, who is a token of this project."""
        del status, request
        raise ForgeError(f"GitLab knows no workflow {workflow}", fix="leave --workflow out")

    def close(self) -> None:
        """Close the connections."""
        self.client.transport.close()

    @cached_property
    def author(self) -> str:
        """The username of the token's user; a project's token has a user of its own."""
        if self._author:
            return self._author
        try:
            return read(TypeAdapter(_User), self.client.get("/user")).username
        except Declined as error:
            if error.status == _UNAUTHORIZED:
                raise
            raise ForgeError("GitLab does not tell whose token this is", fix="say it: --author USERNAME") from None


@dataclass(frozen=True, slots=True)
class _Notes:
    gitlab: GitLab
    number: int
    noun: str = "comment"

    def admit(self, body: str) -> str:
        return measured(_without_commands(body), LONGEST, "GitLab", self.noun)

    def own(self) -> Iterator[Text]:
        author = self.gitlab.author
        try:
            for page in self.gitlab.client.pages(self._list, per_page=_PAGE, order_by="created_at", sort="asc"):
                rows = (row for row in read(_NOTES, page) if not row.system and row.author.username == author)
                yield from (self._text(row) for row in rows)
        except Missing as error:
            message = f"project {self.gitlab.name} has no merge request {self.number}, or the token may not see it"
            raise ForgeError(message, fix=error.fix) from None

    def add(self, body: str) -> Text:
        return self._text(read(TypeAdapter(_Note), self.gitlab.client.add(self._list, {"body": body})))

    def replace(self, text: Text, body: str) -> None:
        self.gitlab.client.change("PUT", f"{self._list}/{text.id}", {"body": body})

    def remove(self, text: Text) -> None:
        self.gitlab.client.change("DELETE", f"{self._list}/{text.id}")

    @property
    def _list(self) -> str:
        return f"{self.gitlab.path}/merge_requests/{self.number}/notes"

    def _text(self, row: _Note) -> Text:
        return Text(row.id, row.body, f"merge request {self.number}, note {row.id}")


@dataclass(frozen=True, slots=True)
class _Issues:
    gitlab: GitLab
    title: str
    noun: str = "issue"

    def admit(self, body: str) -> str:
        return measured(_without_commands(body), LONGEST, "GitLab", self.noun)

    def own(self) -> Iterator[Text]:
        author = self.gitlab.author
        query = {"state": "opened", "scope": "all", "order_by": "created_at", "sort": "asc", "per_page": _PAGE}
        for page in self.gitlab.client.pages(f"{self.gitlab.path}/issues", **query):
            yield from (_issue(row) for row in read(_ISSUES, page) if row.author.username == author)

    def add(self, body: str) -> Text:
        document = {"title": self.title, "description": body}
        return _issue(read(TypeAdapter(_Issue), self.gitlab.client.add(f"{self.gitlab.path}/issues", document)))

    def replace(self, text: Text, body: str) -> None:
        self._change(text, {"title": self.title, "description": body})

    def remove(self, text: Text) -> None:
        self._change(text, {"state_event": "close"})

    def _change(self, text: Text, document: dict[str, str]) -> None:
        self.gitlab.client.change("PUT", f"{self.gitlab.path}/issues/{text.id}", document)


def _pull_request(row: _MergeRequest) -> PullRequest:
    return PullRequest(row.iid, row.sha or "", row.target_branch)


def _status(row: _Status) -> Status:
    state = "failure" if row.status == _FAILED else row.status
    author = row.author.username if row.author else ""
    return Status(state, row.name, row.description or "", row.target_url or "", author, row.id)


def _issue(row: _Issue) -> Text:
    return Text(row.iid, row.description or "", row.web_url)


def _without_commands(body: str) -> str:
    """`body` with no line that GitLab would carry out as a quick action, such as `/merge`; shown, it is the same."""
    return _COMMAND.sub(r"\1\/", body)
