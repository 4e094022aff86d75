"""One file as plain values, each with its place.

Read from the events of libyaml's parser, with a stack of our own: nothing recurses, so no depth of nesting can
exhaust the native stack (PyYAML's composer does recurse), and limits are checked while the file is read.
"""

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # defined by the C extension
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from agencyfile.declarations.nodes import Block, Items
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import escaped, shown
from agencyfile.language.scalars import Scalar, is_ambiguous, plain_scalar
from agencyfile.language.source import RAISED_BY, SPLIT, Limits
from agencyfile.language.syntax import report_syntax
from plan.address import Origin

_CORE: Final = "tag:yaml.org,2002:"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "null": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}
_BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


Node = Scalar | Block | Items


class Document:
    """The content of one file.

    `is_complete`: it was read to its end. `has_lost_section`: a key of the root is repeated, and the content of
    the second is not known. `references` are the places of texts that name the environment.
    """

    __slots__ = ("has_lost_section", "is_complete", "origin", "references", "root")

    def __init__(self, file: str) -> None:
        self.root: Node = None
        self.origin = Origin(file, 1, 1)
        self.is_complete = False
        self.has_lost_section = False
        self.references: list[Origin] = []


def parse_document(text: str, file: str, report: Report, limits: Limits) -> Document:
    """Parse `text`; what is wrong goes to `report`, and `is_complete` tells whether the end was reached."""
    document = Document(file)
    try:
        _Builder(document, report, limits, len(text)).build(_Parser(text).get_event)
        document.is_complete = True
    except _StopReading:
        pass
    except MarkedYAMLError as error:
        report_syntax(error, text, file, report)
    except (YAMLError, ValueError) as error:
        report.add("syntax", document.origin, f"The file cannot be parsed: {escaped(str(error))}.")
    return document


class _StopReading(Exception):
    """The rest of the file is not worth reading, or not safe to."""


class _Parser(CParser):
    """libyaml's parser without PyYAML's resolver, which costs more than the parser itself."""

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)


class _Frame:
    """A mapping or list that is still open. `values` counts what it holds, aliases expanded."""

    __slots__ = ("anchor", "block", "container", "items", "key", "key_at", "place", "repeated", "values")

    def __init__(self, container: Block | Items, place: tuple[int, int], anchor: str | None) -> None:
        self.container = container
        self.block = container if container.__class__ is Block else None
        self.items = container if container.__class__ is Items else None
        self.place = place
        self.anchor = anchor
        self.key: str | None = None
        self.key_at = place
        self.repeated = False
        self.values = 1

    @property
    def expects_key(self) -> bool:
        return self.block is not None and self.key is None


class _Builder:
    def __init__(self, document: Document, report: Report, limits: Limits, characters: int) -> None:
        self._document = document
        self._characters = characters
        self._file = document.origin.file
        self._report = report
        self._limits = limits
        self._stack: list[_Frame] = []
        self._frame: _Frame | None = None
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0
        self._values = 0
        self._expanded = 0
        self._keys: dict[str, str] = {}  # equal keys share one text, which was looked at once
        self._scalars: dict[str, Scalar] = {}  # likewise values of plain words

    def build(self, next_event: Callable[[], Any]) -> None:
        """Consume events up to the end of the stream. Most are plain words that stood in the file before."""
        keys, values = self._keys, self._scalars
        others: dict[type, Callable[[Any], None]] = {
            MappingStartEvent: self._open_block,
            SequenceStartEvent: self._open_items,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._start_document,
        }
        while True:
            event = next_event()
            kind = event.__class__
            if kind is not ScalarEvent:
                if kind in others:
                    others[kind](event)
                elif kind is StreamEndEvent:
                    return
                continue
            frame = self._frame
            if frame is None or event.tag is not None or event.anchor is not None:
                self._scalar(event)
            elif frame.key is None and frame.block is not None:
                key = keys.get(event.value)
                if key is None or key in frame.block:
                    self._open_key(event, frame, frame.block)
                else:
                    mark = event.start_mark
                    frame.key, frame.key_at = key, (mark.line + 1, mark.column + 1)
            else:
                value = values.get(event.value) if event.implicit[0] else None
                mark = event.start_mark
                place = (mark.line + 1, mark.column + 1)
                self._place(self._value(event) if value is None else value, place, 1)

    def _origin(self, event: Any) -> Origin:
        return Origin(self._file, *_place_of(event))

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._report.add(
                "several-documents",
                self._origin(event),
                "A second YAML document begins here. An agency file is one document.",
            )
            self._document.is_complete = True  # what was declared before is known in full
            raise _StopReading

    def _scalar(self, event: Any) -> None:
        frame = self._frame
        if frame is not None and frame.key is None and frame.block is not None:
            self._open_key(event, frame, frame.block)
            return
        value = self._value(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._place(value, _place_of(event), 1)

    def _open_key(self, event: Any, frame: _Frame, block: Block) -> None:
        """A key is its source text, whatever type it would have as a value."""
        key = event.value
        if event.tag is not None:
            self._check_tag(event, key)
        if key == "<<" and event.implicit[0]:
            detail = "Merge keys (<<) are not part of YAML 1.2 and hide where a value comes from."
            self._report.add("merge-key", self._origin(event), detail)
        elif not key.isprintable() or "${env:" in key:
            self._inspect(key, self._origin(event))
        elif key != "<<":
            key = self._keys.setdefault(key, key)
        if event.anchor is not None:
            self._anchors[event.anchor] = (key, 1)
        if key in block:
            self._report_repeated(key, block, self._origin(event))
            frame.repeated = True
        frame.key, frame.key_at = key, _place_of(event)

    def _report_repeated(self, key: str, block: Block, origin: Origin) -> None:
        self._report.add("duplicate-key", origin, f"The key {shown(key)} stands at {block.key_at(key)} already.")
        self._document.has_lost_section |= len(self._stack) == 1
        if self._report.is_full:
            raise _StopReading

    def _value(self, event: Any) -> Scalar:
        text: str = event.value
        value: Scalar = plain_scalar(text) if event.implicit[0] else text
        if event.tag is not None and event.tag != "!":
            value = self._check_tag(event, plain_scalar(text))
        if value.__class__ is str:
            if not text.isprintable() or "${env:" in text or "AGE-SECRET-KEY-" in text:
                self._inspect(text, self._origin(event))
            elif event.implicit[0] and event.tag is None:
                self._scalars[text] = value
        elif value.__class__ is int and is_ambiguous(text):
            self._report.add(
                "ambiguous-number",
                self._origin(event),
                f"{text} is a number whose leading zero is lost, and another number to older YAML parsers.",
                fix=f'write "{text}" when it is text, or the number without the zero',
            )
        return value

    def _check_tag(self, event: Any, value: Scalar) -> Scalar:
        name = event.tag.removeprefix(_CORE)
        if name == "str":
            return str(event.value)
        if event.tag.startswith(_CORE) and isinstance(value, _TYPES.get(name, ())):
            return value
        self._refuse_tag(event)
        return value

    def _refuse_tag(self, event: Any) -> None:
        origin = self._origin(event)
        self._report.add("yaml-tag", origin, f"The tag {shown(event.tag)} is not allowed, or does not fit this value.")

    def _inspect(self, text: str, origin: Origin) -> None:
        if "${env:" in text:
            self._document.references.append(origin)
        if "AGE-SECRET-KEY-" in text:
            self._report.add(
                "plaintext-secret",
                origin,
                "A private key stands here. It must be taken as known to others from now on.",
                fix="make a new key pair, and write its public half (age1...) under recipients",
            )
        for character in text:
            if unicodedata.category(character) == "Cc" or character in _BIDIRECTIONAL:
                self._refuse_character(character, origin)
                return

    def _refuse_character(self, character: str, origin: Origin) -> None:
        what = "a line break" if character == "\n" else f"the character U+{ord(character):04X}"
        fix = "write it on one line" if character == "\n" else ""
        self._report.add("control-character", origin, f"The text holds {what}; no value may.", fix=fix)

    def _open_block(self, event: Any) -> None:
        self._open(event, Block(self._file), "map")

    def _open_items(self, event: Any) -> None:
        self._open(event, Items(), "seq")

    def _open(self, event: Any, container: Block | Items, tag: str) -> None:
        if event.tag is not None and event.tag not in ("!", _CORE + tag):
            self._refuse_tag(event)
        if len(self._stack) >= self._limits.depth:
            origin = self._origin(event)
            self._report.add(
                "nesting-depth", origin, f"Mappings and lists nest at most {self._limits.depth} levels deep."
            )
            raise _StopReading
        frame = self._frame
        if frame is not None and frame.expects_key:
            detail = "A mapping or list stands where a key is expected."
            self._report.add("complex-key", self._origin(event), detail)
            raise _StopReading
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)  # until it is closed the anchor cannot be used
        self._frame = _Frame(container, _place_of(event), event.anchor)
        self._stack.append(self._frame)

    def _close(self, _event: Any) -> None:
        frame = self._stack.pop()
        self._frame = self._stack[-1] if self._stack else None
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.container, frame.values)
        self._place(frame.container, frame.place, frame.values)

    def _alias(self, event: Any) -> None:
        origin = self._origin(event)
        if event.anchor not in self._anchors:
            detail = f"No anchor {shown(event.anchor)} is complete before this place."
            self._report.add("undefined-alias", origin, detail)
            raise _StopReading
        value, size = self._anchors[event.anchor]
        self._expanded += size
        if self._expanded > self._limits.expansion:
            self._report.add(
                "alias-expansion",
                origin,
                f"The aliases up to here stand for more than {self._limits.expansion:,} values.",
            )
            raise _StopReading
        frame = self._frame
        if frame is not None and frame.expects_key:
            self._report.add("complex-key", origin, "An alias stands where a key is expected.")
            raise _StopReading
        self._place(value, _place_of(event), size)

    def _place(self, value: Node, place: tuple[int, int], size: int) -> None:
        """Put a finished value into the container that is open, or make it the root."""
        self._values += 1
        if self._values > self._limits.values:
            detail = f"A file holds at most {self._limits.values:,} values."
            enough = f"{RAISED_BY['values']}={self._characters}"  # no file holds more values than characters
            fix = f"{SPLIT}export {enough}"
            self._report.add("too-many-values", Origin(self._file, *place), detail, fix=fix)
            raise _StopReading
        frame = self._frame
        if frame is None:
            self._document.root, self._document.origin = value, Origin(self._file, *place)
            return
        frame.values += size
        block, key = frame.block, frame.key
        if block is not None and key is not None:
            frame.key = None
            if frame.repeated:
                frame.repeated = False
                return
            block[key] = value
            block.places.extend(frame.key_at + place)
        elif frame.items is not None:
            frame.items.append(value)
            frame.items.values_at.append(Origin(self._file, *place))


def _place_of(event: Any) -> tuple[int, int]:
    """Line and column, counted from 1."""
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
