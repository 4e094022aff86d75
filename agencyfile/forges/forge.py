"""The port to a forge: boards on which texts are kept up to date."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """One comment or issue of ours, as the forge has it now; `id` grows with time."""

    id: int
    body: str = field(repr=False)
    url: str


@dataclass(frozen=True, slots=True)
class Status:
    """A status of a commit: `state` is success or failure, `target` the address of the run that set it.

    `id` grows with time; it and `author` are the forge's.
    """

    state: str
    context: str
    description: str
    target: str
    author: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull or merge request: its number, its last commit, and the branch that it is, or is to be, merged into."""

    number: int
    head: str
    base: str


class Board(Protocol):
    """The comments of one pull request, or the open issues of one repository."""

    @property
    def noun(self) -> str:
        """The sort of text on it: `comment` or `issue`."""

    def admit(self, body: str) -> str:
        """`body` as it may be sent.

        Raises:
            ForgeError: it is longer than the forge takes.
        """

    def own(self) -> Iterable[Text]:
        """Return the texts of the token's own user that still exist."""

    def add(self, body: str) -> Text:
        """Put up one more.

        Raises:
            Unclear: it may or may not be there now.
        """

    def replace(self, text: Text, body: str) -> None:
        """Let `text` say `body`.

        Raises:
            Missing: it is not there any more.
        """

    def remove(self, text: Text) -> None:
        """Delete the comment, or close the issue.

        Raises:
            Missing: it is not there any more.
        """


class Forge(Protocol):
    """One repository at GitHub, or one project at GitLab."""

    def comments(self, number: int) -> Board:
        """The comments of one pull or merge request."""

    def issues(self, title: str) -> Board:
        """The open issues; those that are added get this title."""

    @property
    def author(self) -> str:
        """The name of the token's user, whose texts and statuses are ours.

        Raises:
            ForgeError: the forge does not tell it.
        """

    def merged_with(self, commit: str) -> PullRequest | None:
        """The pull or merge request that brought `commit` to its branch; None where none did.

        Raises:
            ForgeError: it cannot be looked up.
        """

    def pull_request(self, number: int) -> PullRequest:
        """The pull or merge request of that number.

        Raises:
            ForgeError: it cannot be looked up.
        """

    def open_pull_requests(self, base: str) -> Iterable[PullRequest]:
        """The open pull or merge requests into a branch.

        Raises:
            ForgeError: they cannot be read.
        """

    def statuses(self, commit: str) -> Iterable[Status]:
        """Every status of a commit, also those that later ones have replaced.

        Raises:
            ForgeError: they cannot be read.
        """

    def add_status(self, commit: str, status: Status) -> None:
        """Add a status to a commit; sent twice, it is there twice and says the same.

        Raises:
            ForgeError: it was not added.
        """

    def commits_before(self, revision: str, count: int) -> Iterable[str]:
        """The last commits of a branch, or up to a commit, newest first.

        Raises:
            ForgeError: they cannot be read.
        """

    def check_run(self, status: Status, request: PullRequest, workflow: str) -> None:
        """Hold that the run which `status` names is a run of this workflow for the head of the pull request.

        Raises:
            ForgeError: it is not, or it cannot be looked up.
        """

    def close(self) -> None:
        """Close the connections."""


def measured(body: str, longest: int, forge: str, noun: str) -> str:
    """`body`, if it is no longer than so many characters.

    Raises:
        ForgeError: it is.
    """
    from agencyfile.forges.errors import ForgeError  # noqa: PLC0415

    if len(body) > longest:
        raise ForgeError(
            f"the {noun} has {len(body):,} characters, and {forge} takes {longest:,}; nothing was posted",
            fix="post a shorter text, and link to the whole one",
        )
    return body
