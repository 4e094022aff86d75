"""The documents of client imports and client lists, as JSON and for renderers."""

from collections.abc import Mapping
from typing import TypedDict


class ClientDifference(TypedDict):
    """A field in which the source and the file differ."""

    field: str
    here: str | None
    """The value in the file; null where there is none."""
    there: str
    """The value in the source."""
    taken: bool
    """Does the import write the source's value into the file?"""


class NewClient(TypedDict):
    """A client that the file does not know yet."""

    name: str
    """Its name in the file."""
    place: str
    """Where it stands in the source."""
    words: Mapping[str, str]
    file: str
    has_account: bool
    """Is a block of an account written too?"""


class ClientInBoth(TypedDict):
    """A client that the file and the source know."""

    name: str
    place: str
    differences: list[ClientDifference]


class ClientProblem(TypedDict):
    """A value that cannot be imported. The reason never repeats the value."""

    place: str
    reason: str


class InvalidClient(TypedDict):
    """A client of the source that cannot be imported."""

    place: str
    problems: list[ClientProblem]


class ClientImportSummary(TypedDict):
    """Numbers of clients in each group."""

    new: int
    only_here: int
    both: int
    same: int
    """Clients in both without any difference."""
    changed: int
    """Clients in both of which values are written."""
    unchanged: int
    """Clients in both of which nothing is written."""
    invalid: int


class ClientImportDocument(TypedDict):
    """The output of `clients import --json`."""

    agency: str
    source: str
    dry_run: bool
    summary: ClientImportSummary
    new: list[NewClient]
    only_here: list[str]
    both: list[ClientInBoth]
    invalid: list[InvalidClient]
    remarks: list[str]
    by_hand: list[str]
    """Values that only a person can change in the file, each with its file."""
    in_the_way: list[str]
    """Files that were not written, because something else bears their name."""


class ClientListing(TypedDict):
    """A client of the file."""

    name: str
    words: Mapping[str, str]
    sources: Mapping[str, str]
    accounts: list[str]


class ClientsDocument(TypedDict):
    """The output of `clients list --json`."""

    clients: list[ClientListing]
