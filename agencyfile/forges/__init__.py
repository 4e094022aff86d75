"""Forges: where the team keeps its repository and reviews plans. GitHub and GitLab, by their REST APIs.

`open_github` and `open_gitlab` give one repository; `sticky.stick` keeps one text per agency on one of its boards.
Importing this package costs neither requests nor pydantic.
"""

from typing import TYPE_CHECKING

from agencyfile.forges.forge import Board, Forge, Text

if TYPE_CHECKING:
    from plan.values import Secret

__all__ = ["Board", "Forge", "Text", "open_github", "open_gitlab"]


def open_github(api: str, token: "Secret", repository: str, author: str | None = None) -> Forge:
    """One repository at the GitHub whose API is at `api`; nothing is sent yet.

    Raises:
        ForgeError: the URL, the token or the repository cannot be used.
    """
    from agencyfile.forges.github import GitHub  # noqa: PLC0415 - requests and pydantic cost 350 ms

    return GitHub(api, token, repository, author)


def open_gitlab(api: str, token: "Secret", project: str, author: str | None = None) -> Forge:
    """One project at the GitLab whose API is at `api`; nothing is sent yet.

    Raises:
        ForgeError: the URL or the token cannot be used.
    """
    from agencyfile.forges.gitlab import GitLab  # noqa: PLC0415 - requests and pydantic cost 350 ms

    return GitLab(api, token, project, author)
