"""Changes of single values in the text of a file: every other byte stays, so comments, order and quotes do too.

A round trip through a YAML writer would lay the whole file out anew. Here the parser only tells where values stand.
After each change the text is parsed again, and must hold the old data with exactly that change. Otherwise the change is
not made.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

import yaml

from agencyfile.declarations.report import BREAK
from agencyfile.language.layout.words import spelled

Path = tuple[str, ...]

_EDITABLE: Final = frozenset({None, "", "'", '"'})


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after the changes, and the changes that could not be made."""

    text: str
    refused: tuple[Path, ...]


def edited(text: str, changes: Mapping[Path, str]) -> Edited:
    """Return the text with values changed. A change is a path of keys and the new text of its value.

    A key that is not there is added at the end of its mapping.
    """
    refused: list[Path] = []
    for path, value in changes.items():
        changed = _changed(text, path, value)
        if changed is None:
            refused.append(path)
        else:
            text = changed
    return Edited(text, tuple(refused))


def _changed(text: str, path: Path, value: str) -> str | None:
    """Return the text with one change; None where it cannot be made without touching anything else."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        before = _data(text)
    except yaml.YAMLError:
        return None
    place = _Place(text)
    changed = _spliced(place, root, path, value)
    if changed is None:
        return None
    try:
        return changed if _data(changed) == _expected(before, path, value) else None
    except yaml.YAMLError:
        return None


def _data(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - the base loader makes texts, lists and mappings alone


def _expected(before: Any, path: Path, value: str) -> Any:
    after = deepcopy(before)
    node = after
    for key in path[:-1]:
        node = node.setdefault(key, {})
    node[path[-1]] = value
    return after


class _Place:
    """A text whose places the parser gives by line and column."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in BREAK.finditer(text))]

    def at(self, mark: Any) -> int:
        """Return the index of a mark."""
        return min(self._starts[mark.line] + int(mark.column), len(self.text)) if mark.line < len(self._starts) else -1

    def line_end(self, line: int) -> int:
        """Return the index behind a line and its break."""
        return self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)

    def replaced(self, start: int, end: int, new: str) -> str:
        """Return the text with another piece in it."""
        return f"{self.text[:start]}{new}{self.text[end:]}"


def _spliced(place: _Place, root: Any, path: Path, value: str) -> str | None:
    node, key_node = root, None
    for position, key in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            return None
        found = next(((one, other) for one, other in node.value if one.value == key), None)
        if found is None:
            return _added(place, node, path[position:], value)
        key_node, node = found
    return _replaced(place, key_node, node, value)


def _replaced(place: _Place, key: Any, node: Any, value: str) -> str | None:
    if not isinstance(node, yaml.ScalarNode) or node.style not in _EDITABLE:
        return None
    start, end = place.at(node.start_mark), place.at(node.end_mark)
    if start < place.at(key.end_mark) or place.text[start : start + 1] in ("&", "!", "*"):
        return None  # an alias stands here, or other places refer to this value
    space = " " if place.text[start - 1 : start] == ":" else ""  # nothing stood there
    return place.replaced(start, end, f"{space}{scalar_text(value)}")


def _added(place: _Place, mapping: Any, path: Sequence[str], value: str) -> str | None:
    """Add a key at the end of a mapping, in its own style."""
    if not mapping.value:
        return None
    new = scalar_text(value)
    for key in reversed(path[1:]):
        new = f"{{{key}: {new}}}"
    entry = f"{path[0]}: {new}"
    if mapping.flow_style:
        _, last = mapping.value[-1]
        at = place.at(last.end_mark)
        return place.replaced(at, at, f", {entry}")
    first, _ = mapping.value[0]
    line = _last_line(*mapping.value[-1])
    if line is None:
        return None
    indent = " " * int(first.start_mark.column)
    at = place.line_end(line)
    is_ended = place.text[:at].endswith(("\n", "\r"))
    newline = "\r\n" if place.text[:at].endswith("\r\n") else "\n"
    return place.replaced(at, at, f"{'' if is_ended else newline}{indent}{entry}{newline if is_ended else ''}")


def _last_line(key: Any, node: Any) -> int | None:
    """Return the last line of an entry; None where it ends in a block of text."""
    if isinstance(node, yaml.ScalarNode):
        if node.style in ("|", ">"):
            return None
        return int(node.end_mark.line if node.value or node.style else key.end_mark.line)
    if node.flow_style or not node.value:
        return int(node.end_mark.line)
    last = node.value[-1]
    return _last_line(*last) if isinstance(node, yaml.MappingNode) else _last_line(last, last)


def scalar_text(text: str, *, in_flow: bool = True) -> str:
    """Return a text as YAML, as `agencyfile fmt` spells it."""
    return spelled(text, in_flow=in_flow)
