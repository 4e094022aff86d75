"""A document as somebody laid it out: values as they are written, with comments and blank lines."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias


@dataclass(slots=True)
class Comment:
    """A comment from its `#` to the end of the line. `column` is where it stood, counted from 0."""

    text: str
    column: int = 0
    has_blank_before: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A key or a single value.

    `is_text` is false for what is a number, true, false or null; empty is null. `is_broken`: it was written on
    several lines.
    """

    text: str
    is_text: bool
    anchor: str | None = None
    is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Does nothing stand where this value is?"""
        return not self.text and not self.is_text


@dataclass(frozen=True, slots=True)
class Alias:
    """The value of an anchor, once more."""

    name: str


@dataclass(slots=True)
class Collection:
    """A mapping or list. `is_flow`: it was written in braces or brackets. `tail`: comments behind its last entry."""

    is_mapping: bool
    is_flow: bool
    anchor: str | None = None
    entries: list["Entry"] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)


Node: TypeAlias = Word | Alias | Collection


@dataclass(slots=True)
class Lead:
    """The lines above an entry: comments, and perhaps a blank line directly above it."""

    comments: list[Comment] = field(default_factory=list)
    has_blank: bool = False

    def add(self, comments: list[Comment]) -> None:
        """Put further comments directly above the entry, without a blank line between."""
        if comments:
            first, *others = comments
            self.comments += [replace(first, has_blank_before=first.has_blank_before or self.has_blank), *others]
            self.has_blank = False

    def blanks(self) -> list[bool]:
        """Is there a blank line above each comment, and above the entry itself?"""
        return [*(comment.has_blank_before for comment in self.comments), self.has_blank]


@dataclass(slots=True)
class Entry:
    """A key with its value, an item of a list, or (alone) the root of a document.

    `trailing` are the comments at the end of its lines, `tail` those below a key without a value, indented as the
    value would be.
    """

    key: Word | None = None
    value: Node = field(default_factory=lambda: Word("", is_text=False))
    lead: Lead = field(default_factory=Lead)
    trailing: list[Comment] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A document. `marker` stands for its `---`, where it is written; `head` for the comments above that.

    `comments` is the text of every comment, wherever it stands.
    """

    root: Entry = field(default_factory=Entry)
    marker: Entry | None = None
    directive: str = ""
    head: list[Comment] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
