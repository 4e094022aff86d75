"""From text to its outline.

The text has been read by `parse_document` before: it is one document, not too deep, and its keys are words.
"""

from dataclasses import dataclass
from typing import Any, Final

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # defined by the C extension
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from agencyfile.language.layout.comments import CommentScanner
from agencyfile.language.layout.tree import Alias, Collection, Entry, Lead, Outline, Word
from agencyfile.language.scalars import plain_scalar

_TEXT_TAG: Final = "tag:yaml.org,2002:str"


def outline_of(text: str) -> Outline:
    """The outline of one valid document whose lines end with a line feed."""
    return _Builder(text).build()


class _Parser(CParser):
    """libyaml's parser without PyYAML's resolver."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)


@dataclass(slots=True)
class _Frame:
    """A collection that is still open, and the entry whose value it is.

    `column` is where its entries stand; a comment of its tail stands at `tail_column` or further right.
    """

    collection: Collection
    owner: Entry
    column: int
    tail_column: int
    awaits_value: bool = False


class _Builder:
    def __init__(self, text: str) -> None:
        self._next_event = _Parser(text).get_event
        self._comments = CommentScanner(text)
        self._outline = Outline()
        self._frames: list[_Frame] = []

    def build(self) -> Outline:
        handlers = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            DocumentStartEvent: self._start_document,
            DocumentEndEvent: self._end_document,
        }
        self._next_event()  # the start of the stream
        while True:
            event: Any = self._next_event()
            self._comments.collect(event.start_mark.index)
            if event.__class__ is StreamEndEvent:
                self._outline.tail = self._comments.take()
                self._outline.comments = self._comments.found
                return self._outline
            handlers[event.__class__](event)

    def _start_document(self, event: Any) -> None:
        if not event.explicit:
            return
        end = event.end_mark.index
        self._comments.collect_directives(end)
        self._outline.head = self._comments.take()
        self._outline.marker = Entry()
        if event.version:
            self._outline.directive = "%YAML {}.{}".format(*event.version)
        self._comments.reach(end, self._outline.marker)

    def _end_document(self, event: Any) -> None:
        self._comments.reach(event.end_mark.index, None)

    def _scalar(self, event: Any) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.collection.is_mapping and not frame.awaits_value:
            entry = self._new_entry(frame, event)
            self._comments.pass_word(event, entry)
            entry.key = Word(event.value, is_text=True, anchor=event.anchor)  # a key is its text, whatever that is
            frame.awaits_value = True
            return
        entry = self._entry_of_value(event)
        is_broken = self._comments.pass_word(event, entry)
        entry.value = word = Word(event.value, _is_text(event), event.anchor, is_broken)
        if not word.is_empty:
            entry.lead.add(self._comments.take())

    def _alias(self, event: Any) -> None:
        entry = self._entry_of_value(event)
        entry.value = Alias(event.anchor)
        entry.lead.add(self._comments.take())
        self._comments.reach(event.end_mark.index, entry)

    def _open(self, event: Any) -> None:
        entry = self._entry_of_value(event)
        is_mapping = event.__class__ is MappingStartEvent
        entry.value = collection = Collection(is_mapping, event.flow_style, event.anchor)
        self._comments.pass_properties(event, entry)
        if event.flow_style:
            entry.lead.add(self._comments.take())
            self._comments.reach(event.end_mark.index, entry)
        column = event.end_mark.column - self._comments.is_behind_dash(event)
        outer = self._frames[-1].column if self._frames else -1
        self._frames.append(_Frame(collection, entry, column, max(column, outer + 1)))

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        self._settle(frame)
        if frame.collection.is_flow:
            frame.collection.tail = self._comments.take()
            self._comments.reach(event.end_mark.index, frame.owner)
        elif self._frames:
            frame.collection.tail = self._comments.take_indented(frame.tail_column)
        else:
            frame.collection.tail = self._comments.take()

    def _entry_of_value(self, event: Any) -> Entry:
        """The entry whose value begins: its key has been seen, or it is a new item of a list, or the root."""
        if not self._frames:
            return self._outline.root
        frame = self._frames[-1]
        if frame.awaits_value:
            frame.awaits_value = False
            return frame.collection.entries[-1]
        return self._new_entry(frame, event)

    def _new_entry(self, frame: _Frame, event: Any) -> Entry:
        self._settle(frame)
        has_blank = self._comments.has_blank_before(event.start_mark.index)
        entry = Entry(lead=Lead(self._comments.take(), has_blank))
        frame.collection.entries.append(entry)
        return entry

    def _settle(self, frame: _Frame) -> None:
        """Comments below a key without a value stay there when they are indented as its value would be."""
        last = frame.collection.entries[-1] if frame.collection.entries else None
        if last is not None and not frame.collection.is_flow and isinstance(last.value, Word) and last.value.is_empty:
            last.tail = self._comments.take_indented(frame.column + 1)


def _is_text(event: Any) -> bool:
    """Does `parse_document` read this value as text?"""
    if event.tag is None or event.tag == "!":
        return not event.implicit[0] or isinstance(plain_scalar(event.value), str)
    return bool(event.tag == _TEXT_TAG)
