"""Records of a source: clients that can be imported, and rows that cannot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

FIELDS: Final = ("name", "email", "language", "timezone", "country", "phone", "enterprise_number")


@dataclass(frozen=True, slots=True)
class Found:
    """A client as a source knows it: its valid words, its key there, and where it stands.

    `notes` are remarks about values that were completed or left out. No text of it holds a register number.
    """

    words: Mapping[str, str]
    key: str | None
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that cannot be imported: its place and the reason, which never repeats the value."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A client that cannot be imported."""

    place: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the source as a whole, for example a sheet that was not read."""

    text: str


Record: TypeAlias = Found | Rejected | Remark


@dataclass(frozen=True, slots=True)
class Connected:
    """The result of a check of a source: what it is, and what the credential may read."""

    label: str
    may_read: tuple[str, ...]
    details: tuple[str, ...] = ()


class Source(Protocol):
    """The port: a system that knows clients."""

    name: str

    def connect(self) -> Connected:
        """Check the credential and say what it may read.

        Raises:
            SourceError: it may not, or the source cannot be reached.
        """

    def read(self) -> Iterator[Record]:
        """Read every client.

        Raises:
            SourceError: the source cannot be read to its end. What was read until then is not all.
        """


@dataclass(slots=True)
class SourceError(Exception):
    """A source cannot be read. The message is a sentence without values of clients or keys."""

    message: str
    fix: str = field(default="")

    def __str__(self) -> str:
        return self.message
