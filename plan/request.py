"""The request that a plan is reviewed for: who asked for it, since when, and what differs from the base in the file."""

from dataclasses import dataclass

from plan.address import Address


@dataclass(frozen=True, slots=True)
class Author:
    """One author of commits, as git names them."""

    name: str
    commits: int


@dataclass(frozen=True, slots=True)
class ContentChange:
    """The content of one resource at the base and now; None where it was not there, or is not any more."""

    address: Address
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """The commits between a base and the file as it is.

    `base` and `head` are the full names of commits. `since` is the time of the first commit, ISO 8601; empty where
    there is none. `changed` are the addresses whose blocks differ, `left` those whose block is in the base alone.
    """

    base: str
    head: str
    authors: tuple[Author, ...]
    since: str
    changed: tuple[Address, ...] = ()
    left: tuple[Address, ...] = ()
    contents: tuple[ContentChange, ...] = ()
