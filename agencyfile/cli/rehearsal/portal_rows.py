"""Rows of the local portal: those that a rehearsal gives to it, and those that it reads from its books.

The seeds say what `agencyfile.local_portal.seeds` takes. The books have more fields than are read.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class SeededAccount(TypedDict):
    """An account or sandbox of the copy."""

    account: str
    id: NotRequired[int]
    planid: int
    cname: str
    client_name: str
    client_email: str
    notification: str
    status: str
    expire: str
    subscribers: int
    emails_sent: int
    forever_free: bool
    created_at: NotRequired[str]
    api_key: str
    password: str


class SeededSnapshot(TypedDict):
    """A snapshot of the copy."""

    id: int
    name: str
    source: str
    status: str
    created_at: NotRequired[str]


class SeededCredits(TypedDict):
    """Credits in the pools of the agency."""

    email: int
    compatibility: int


class Seed(TypedDict):
    """Everything that the copy holds from the start."""

    accounts: Sequence[Mapping[str, object]]
    """Each a `SeededAccount`, with lists of what its kinds say to be inside of it."""
    snapshots: Sequence[SeededSnapshot]
    credits: SeededCredits


class AccountRow(TypedDict):
    """An account of the local portal."""

    account: str


class ChargeRow(TypedDict):
    """A charge to the card."""

    account: str
    amount: float
    currency: str
    description: str


class RequestRow(TypedDict):
    """A request that the local portal has answered."""

    action: str
    write: bool


class Books(TypedDict):
    """The local portal's own books, as far as they are read."""

    accounts: Sequence[AccountRow]
    charges: Sequence[ChargeRow]
    requests: Sequence[RequestRow]
