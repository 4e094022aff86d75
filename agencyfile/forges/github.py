"""GitHub's REST API, version 2022-11-28: comments of pull requests, issues, and who the token is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter

from agencyfile.forges.client import Client
from agencyfile.forges.errors import Declined, ForgeError, Missing
from agencyfile.forges.forge import Board, Text, measured
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


class _PullRequest(Row):
    number: int
    merged_at: str | None = None
    merge_commit_sha: str | None = None


_COMMENTS: Final = TypeAdapter(list[_Comment])
_ISSUES: Final = TypeAdapter(list[_Issue])
_PULL_REQUESTS: Final = TypeAdapter(list[_PullRequest])


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

    def merged_with(self, commit: str) -> int | None:
        """The number of the pull request that `commit` merged; None where it was pushed."""
        try:
            rows = read(_PULL_REQUESTS, self.client.get(f"{self.path}/commits/{commit}/pulls", per_page=_PAGE))
        except Declined as error:
            raise ForgeError(f"who merged {commit} cannot be looked up: {error}", fix=error.fix) from None
        return next((row.number for row in rows if row.merged_at and row.merge_commit_sha == commit), None)

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


def _graphql(api: str) -> str:
    """Beside the REST API: on a server of one's own that one ends in `/api/v3`."""
    return f"{api.removesuffix('/v3')}/graphql"
