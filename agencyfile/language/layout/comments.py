"""Comments: what stands between the parser's events behind a `#`."""

import re
from typing import Any, Final

from yaml.events import SequenceStartEvent

from agencyfile.declarations.report import BREAK
from agencyfile.language.layout.tree import Comment, Entry

_BLANK: Final = re.compile(r"\n[ \t]*\n")
_HASH: Final = re.compile("#")
_DIRECTIVE_HASH: Final = re.compile(r"(?<!\S)#")  # a directive's tag may hold a hash sign that begins no comment
_PROPERTY: Final = re.compile(r"([&!]\S*+)(?:\s++|#[^\n\x85\u2028\u2029]*+)*+")
_HEADER: Final = re.compile(r"[|>][-+0-9]*[ \t]+(?=#)")


class CommentScanner:
    """Reads a text in step with the parser.

    A comment on a line on which an entry ends belongs to that entry; any other waits in `pending` for what follows.
    `found` is every comment so far. `_at` is behind what was seen last, `_ended` the entry that ended there.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ended: Entry | None = None
        self.pending: list[Comment] = []
        self.found: list[str] = []

    def collect(self, end: int) -> None:
        """Take in the comments up to `end`."""
        self._collect(end, _HASH)

    def collect_directives(self, end: int) -> None:
        """Take in the comments between directives."""
        self._collect(end, _DIRECTIVE_HASH)

    def _collect(self, end: int, sign: re.Pattern[str]) -> None:
        while found := sign.search(self._text, self._at, end):
            gap = self._text[self._at : found.start()]
            comment = self._read(found.start(), has_blank_before=_BLANK.search(gap) is not None)
            if self._ended is not None and not BREAK.search(gap):
                self._ended.trailing.append(comment)
            else:
                self.pending.append(comment)
            self._ended = None

    def _read(self, start: int, *, has_blank_before: bool) -> Comment:
        stop = BREAK.search(self._text, start)
        self._at = stop.start() if stop else len(self._text)
        column = start - self._text.rfind("\n", 0, start) - 1
        text = self._text[start : self._at].rstrip()
        self.found.append(text)
        return Comment(text, column, has_blank_before)

    def reach(self, end: int, entry: Entry | None) -> None:
        """Go on behind `end`, where something of `entry` ends."""
        self._at, self._ended = end, entry

    def pass_properties(self, event: Any, entry: Entry) -> int:
        """Pass over anchor and tag, which may have lines and comments of their own; where the value begins."""
        position: int = event.start_mark.index
        if event.anchor is None and event.tag is None:
            return position
        while found := _PROPERTY.match(self._text, position, event.end_mark.index):
            self.reach(found.end(1), entry)
            position = found.end()
            self.collect(position)
        return position

    def pass_word(self, event: Any, entry: Entry) -> bool:
        """Pass over a key or a single value; is it on several lines?

        A text in a block may have a comment in its first line, and has blank lines behind its last.
        """
        start = self.pass_properties(event, entry)
        if event.style in ("|", ">") and (header := _HEADER.match(self._text, start)):
            entry.trailing.append(self._read(header.end(), has_blank_before=False))
        written = self._text[start : event.end_mark.index].rstrip()
        self.reach(start + len(written), entry)
        return "\n" in written

    def is_behind_dash(self, event: Any) -> bool:
        """Does the event end behind the first dash of a list? It does where the list stands under its key's column."""
        end = event.end_mark.index
        return event.__class__ is SequenceStartEvent and not event.flow_style and self._text[end : end + 1] != "-"

    def take(self) -> list[Comment]:
        """All comments that wait."""
        taken, self.pending = self.pending, []
        return taken

    def take_indented(self, column: int) -> list[Comment]:
        """Those that wait, up to the first that stands left of `column`."""
        end = next((index for index, one in enumerate(self.pending) if one.column < column), len(self.pending))
        taken, self.pending = self.pending[:end], self.pending[end:]
        return taken

    def has_blank_before(self, position: int) -> bool:
        """Is there a blank line between what was seen last and `position`?"""
        return _BLANK.search(self._text, self._at, position) is not None
