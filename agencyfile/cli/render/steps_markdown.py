"""Manual steps in Markdown: a checklist for an issue, a comment or a wiki.

Names stand in code spans and fences alone, where nothing links, mentions or replaces anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from agencyfile.cli.render.instruction import parts_of
from agencyfile.cli.render.safe import one_line, printable

Document = Mapping[str, Any]

# What may stand in a sentence as it is: a word of letters (but nothing that may be the name of a commit), with its
# punctuation.
_WORD: Final = re.compile(r"\(?(?![a-f]{7,})[A-Za-z]+(?:['-][a-z]+)*[,.;:?)]*")
_MARKS: Final = frozenset("·—().,:;?")
_NUMBERED: Final = re.compile(r"([1-9]\d?)\. +(\S.*)")


def render_pending(document: Document) -> str:
    """Every pending step as an item to tick off, with its words folded."""
    steps = document["steps"]
    head = f"## Manual steps · {_code(document['agency'])}"
    if not steps:
        return f"{head}\n\nNo manual step is pending.\n"
    now, later = ([step for step in steps if bool(step["after"]) is waits] for waits in (False, True))
    groups = [*_group("Now", now), *_group("After the next apply", later)]
    return "\n\n".join([head, *groups]) + "\n"


def render_done(document: Document) -> str:
    """Who did each step, when, and how they know."""
    head = f"## Manual steps done · {_code(document['agency'])}"
    items = [_done(found) for found in document["done"]] or ["The ledger holds no evidence of a manual step yet."]
    return "\n".join([head, "", *items]) + "\n"


def render_step(step: Document) -> str:
    """One step, to work by: what is to be copied stands in a fence of its own."""
    head = [f"## {_sentence(step['title'])}", " · ".join(_notes(step))]
    return "\n\n".join([*head, *_words(step["text"], "")]) + "\n"


def render_closed(found: Document) -> str:
    """A step that somebody has done."""
    return _done(found) + "\n"


def _group(title: str, steps: Sequence[Document]) -> Iterator[str]:
    if steps:
        yield f"### {title}"
        yield from map(_item, steps)


def _item(step: Document) -> str:
    fold = ["<details><summary>How</summary>", *_words(step["text"], "  "), "</details>"]
    paragraphs = [f"{_sentence(step['title'])}  \n  {' · '.join(_notes(step))}", *fold]
    return "- [ ] " + "\n\n  ".join(paragraphs)


def _notes(step: Document) -> Iterator[str]:
    yield _code(step["id"])
    yield _sentence(step["reason"])
    if step["effect"] == "one-shot":
        yield "**once only**"
    if step["after"]:
        yield "after an apply of " + ", ".join(map(_code, step["after"]))
    if step["closes"] == "portal":
        yield "closes by itself when the portal shows it"
    if step["since"]:
        yield f"since {step['since'][:10]}"
    if step["before"]:
        yield f"done by {_code(step['before']['by'])} on {step['before']['time'][:10]}, its words changed since"
    yield _code(f"{step['origin']['file']}:{step['origin']['line']}")


def _words(text: str, indent: str) -> Iterator[str]:
    """The parts of an instruction, each a block of its own; all lines but the first of each begin with `indent`."""
    for part in parts_of(text):
        if part.is_verbatim:
            yield _fence(part.lines, indent)
        else:
            yield from _paragraphs(part.lines, indent)


def _paragraphs(lines: Sequence[str], indent: str) -> Iterator[str]:
    numbered: list[str] = []
    for line in lines:
        found = _NUMBERED.fullmatch(line)
        if found:
            numbered.append(f"{found[1]}. {_sentence(found[2])}")
            continue
        if numbered:
            yield f"\n{indent}".join(numbered)
            numbered = []
        yield _sentence(line)
    if numbered:
        yield f"\n{indent}".join(numbered)


def _fence(lines: Sequence[str], indent: str) -> str:
    """A fence longer than any row of backquotes in it."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"\n{indent}".join([f"{mark}text", *shown, mark])


def _done(found: Document) -> str:
    text = " ".join(one_line(line) for line in found["text"].split("\n"))
    return f"- [x] {_code(found['id'])} by {_code(found['by'])} on {found['time'][:10]}: {_code(text)}"


def _sentence(text: str) -> str:
    """Words of ours with names in them: what stands in backquotes, or is no plain word, becomes code."""
    pieces = one_line(text).split("`")
    quoted = len(pieces) % 2 == 1  # every backquote has its partner
    if not quoted:
        return _code(one_line(text))
    spans = [_code(piece) if place % 2 else _plain(piece) for place, piece in enumerate(pieces) if piece]
    return re.sub(r"(?<=`)\0(?=`)", " ", "\0".join(spans)).replace("\0", "")  # two spans that touch would be one


def _plain(text: str) -> str:
    return re.sub(r"[^ ]+", lambda found: found[0] if _is_harmless(found[0]) else _code(found[0]), text)


def _is_harmless(word: str) -> bool:
    return _WORD.fullmatch(word) is not None or word in _MARKS or word.isdecimal()


def _code(text: str) -> str:
    """A code span that shows `text` as it is, on one line."""
    shown = one_line(text)
    if not shown.strip():
        return "(empty)"
    runs = {len(run) for run in re.findall("`+", shown)}
    fence = "`" * next(length for length in count(1) if length not in runs)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
