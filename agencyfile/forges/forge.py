"""What a forge is to agencyfile: boards on which texts are kept up to date."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """One comment or issue of ours, as the forge has it now; `id` grows with time."""

    id: int
    body: str = field(repr=False)
    url: str


class Board(Protocol):
    """The comments of one pull request, or the open issues of one repository."""

    @property
    def noun(self) -> str:
        """What stands on it: `comment` or `issue`."""

    def admit(self, body: str) -> str:
        """`body` as it may be sent.

        Raises:
            ForgeError: it is longer than the forge takes.
        """

    def own(self) -> Iterable[Text]:
        """What the token's own user has put there and nobody has taken away."""

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

    def merged_with(self, commit: str) -> int | None:
        """The number of the pull or merge request that brought `commit` to its branch; None where none did.

        Raises:
            ForgeError: it cannot be looked up.
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
