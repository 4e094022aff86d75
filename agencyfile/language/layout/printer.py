"""From an outline to text.

A collection in braces or brackets stays on its line while it fits there and holds no comment; otherwise it becomes a
block. Nothing becomes braces that was a block, so that printing what was printed changes nothing.
"""

from dataclasses import dataclass
from typing import Final

from agencyfile.kinds.registry import LAYERS, SECTIONS
from agencyfile.language.layout.tree import Alias, Collection, Comment, Entry, Lead, Node, Outline, Word
from agencyfile.language.layout.words import folded, spelled

WIDTH: Final = 100  # of a line without its comment
_LONGEST_WORD: Final = 40  # of prose
_INDENT: Final = "  "


def printed(outline: Outline) -> str:
    """The text of an outline, with one line feed at its end; nothing for nothing."""
    lines = _comment_lines(outline.head)
    if outline.marker is not None:
        lines += [outline.directive] if outline.directive else []
        lines += [_with_comment("---", outline.marker.trailing)]
    body = _root_lines(outline.root) + _comment_lines(outline.tail)
    text = "\n".join(lines + body[body[:1] == [""] :]).lstrip("\n")
    return text + "\n" if text else ""


@dataclass(slots=True)
class _Printed:
    """An entry: what stands above it, and its own lines, not indented."""

    lead: Lead
    lines: list[str]


def _root_lines(root: Entry) -> list[str]:
    lines = _comment_lines([*root.lead.comments, *root.trailing])
    if not isinstance(root.value, Collection):
        return lines
    entries = [_entry(entry, 0) for entry in root.value.entries]
    body = _lines(entries, [True] * len(entries)) if entries else ["{}"]
    return lines + body + _comment_lines(root.value.tail)


def _entry(entry: Entry, indent: int) -> _Printed:
    lead = Lead(list(entry.lead.comments), entry.lead.has_blank)
    lead.add(entry.trailing[:-1])
    head = _head(entry)
    text = _one_line(entry.value, in_flow=False)
    is_fitting = text is not None and indent + len(head) + 1 + len(text) <= WIDTH
    if isinstance(entry.value, Collection):
        if entry.value.entries and not is_fitting:
            return _block(entry, entry.value, lead, indent)
        lead.add(entry.value.tail)
    lines = [f"{head} {text}" if text else head]
    if isinstance(entry.value, Word) and entry.value.is_text and not is_fitting:
        lines = _folded(entry.value, head, indent) or lines
    lines[0] = _with_comment(lines[0], entry.trailing)
    return _Printed(lead, lines + _indented(_comment_lines(entry.tail)))


def _head(entry: Entry) -> str:
    return "-" if entry.key is None else f"{_word(entry.key, in_flow=False)}:"


def _block(entry: Entry, collection: Collection, lead: Lead, indent: int) -> _Printed:
    is_section = indent == 0 and entry.key is not None and (entry.key.text in SECTIONS or entry.key.text in LAYERS)
    entries = [_entry(one, indent + len(_INDENT)) for one in collection.entries]
    parted = [is_section and len(one.lines) > 1 for one in entries]
    if entry.key is None and collection.anchor is None:  # the first entry stands behind the dash
        lead.add(entry.trailing[-1:])
        lead.add(entries[0].lead.comments)
        entries[0].lead = Lead()
        first, *others = _lines(entries, parted) + _comment_lines(collection.tail)
        return _Printed(lead, [f"- {first}", *_indented(others)])
    head = _head(entry) + (f" &{collection.anchor}" if collection.anchor else "")
    lines = _lines(entries, parted) + _comment_lines(collection.tail)
    return _Printed(lead, [_with_comment(head, entry.trailing), *_indented(lines)])


def _lines(entries: list[_Printed], parted: list[bool]) -> list[str]:
    """The lines of all entries. A blank line stands where one stood, and on both sides of what is to be `parted`."""
    lines: list[str] = []
    for index, entry in enumerate(entries):
        blanks = entry.lead.blanks()
        if index == 0:
            blanks[0] = False
        elif not any(blanks):
            blanks[0] = parted[index - 1] or parted[index]
        for comment, has_blank in zip(entry.lead.comments, blanks, strict=False):
            lines += ["", comment.text] if has_blank else [comment.text]
        lines += ["", *entry.lines] if blanks[-1] else entry.lines
    return lines


def _folded(word: Word, head: str, indent: int) -> list[str] | None:
    width = WIDTH - indent - len(_INDENT)
    lines = folded(word.text, width, longest_word=width if word.is_broken else _LONGEST_WORD)
    anchor = f" &{word.anchor}" if word.anchor else ""
    return None if lines is None else [f"{head}{anchor} >-", *_indented(lines)]


def _one_line(node: Node, *, in_flow: bool) -> str | None:
    """The value on one line, or None for a collection that only a block can hold."""
    if isinstance(node, Alias):
        return f"*{node.name}"
    if isinstance(node, Word):
        return _word(node, in_flow=in_flow)
    if node.tail and (in_flow or node.entries):
        return None
    if node.entries and (not node.is_flow or any(map(_has_comment, node.entries))):
        return None
    parts: list[str] = []
    room = WIDTH
    for entry in node.entries:
        part = _part(entry)
        if part is None or room < len(part):
            return None
        parts.append(part)
        room -= len(part)
    inner = ", ".join(parts)
    anchor = f"&{node.anchor} " if node.anchor else ""
    return f"{anchor}{{{inner}}}" if node.is_mapping else f"{anchor}[{inner}]"


def _part(entry: Entry) -> str | None:
    text = _one_line(entry.value, in_flow=True)
    if text is None or entry.key is None:
        return text
    return f"{_word(entry.key, in_flow=True)}: {text}"


def _has_comment(entry: Entry) -> bool:
    return bool(entry.lead.comments or entry.trailing)


def _word(word: Word, *, in_flow: bool) -> str:
    if word.is_text:
        text = spelled(word.text, in_flow=in_flow)
    elif word.is_empty:
        text = "null" if in_flow else ""
    else:
        text = _value(word.text)
    return " ".join(filter(None, [f"&{word.anchor}" if word.anchor else "", text]))


def _value(text: str) -> str:
    if text == "~":
        return "null"
    return text.lower() if text.lower() in ("true", "false", "null") else text


def _comment_lines(comments: list[Comment]) -> list[str]:
    return [line for comment in comments for line in ([""] * comment.has_blank_before + [comment.text])]


def _with_comment(line: str, comments: list[Comment]) -> str:
    return f"{line}  {comments[-1].text}" if comments else line


def _indented(lines: list[str]) -> list[str]:
    return [_INDENT + line if line else "" for line in lines]
