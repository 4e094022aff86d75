"""The request for the changes of a plan: records of the plan document."""

from typing import TypedDict

from plan.records.form import AddressText, Position


class AuthorRecord(TypedDict):
    """One author of commits, as git names them."""

    name: str
    commits: Position
    """How many."""


class ContentChangeRecord(TypedDict):
    """The content of one template at the base and now."""

    address: AddressText
    before: str | None
    """The whole text; null where it was not there."""
    after: str | None
    """The whole text; null where it is not there any more."""


class RequestRecord(TypedDict):
    """The commits between a base and the agency file as it is. The approved digest does not cover it."""

    base: str
    """The commit that it is compared with."""
    head: str
    """The last commit."""
    authors: list[AuthorRecord]
    """Who made the commits in between, most of them first."""
    since: str
    """The time of the first of them, ISO 8601; empty where there is none."""
    changed: list[AddressText]
    """Blocks that differ from the base."""
    left: list[AddressText]
    """Blocks that are in the base alone."""
    contents: list[ContentChangeRecord]
    """Templates whose content differs."""
