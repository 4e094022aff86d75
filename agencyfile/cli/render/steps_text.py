"""Manual steps as text for a terminal."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from agencyfile.cli.render.instruction import parts_of
from agencyfile.cli.render.safe import one_line, printable

Document = Mapping[str, Any]

_RULE: Final = "─" * 40
_INDENT: Final = "      "


def render_pending(document: Document, *, width: int | None) -> str:
    """What can be done now, what waits for an apply, and how to go on; `width` is that of a terminal, if any."""
    steps = document["steps"]
    if not steps:
        return "no manual step is pending\n"
    now = [step for step in steps if not step["after"]]
    later = [step for step in steps if step["after"]]
    lines = [*_group("Now", now, width), *_group("After the next apply", later, width), *_next(steps)]
    return "\n".join(lines) + "\n"


def render_done(document: Document, *, width: int | None) -> str:
    """Who did each step, when, and how they know."""
    if not document["done"]:
        return "the ledger holds no evidence of a manual step yet\n"
    return "\n".join(line for found in document["done"] for line in _done(found, width)) + "\n"


def render_step(step: Document, *, width: int | None) -> str:
    """One step, to work by: what is to be copied stands at the left edge, between rules, unwrapped."""
    lines = [
        click.style(one_line(step["id"]), fg="cyan", bold=True),
        *_wrapped(one_line(step["title"]), "", width),
        "",
        *_facts(step, width),
        "",
        *_words(step["text"], width),
    ]
    return "\n".join(lines) + "\n"


def render_closed(found: Document, *, width: int | None) -> str:
    """A step that somebody has done."""
    return "\n".join(_done(found, width)) + "\n"


def _group(title: str, steps: Sequence[Document], width: int | None) -> Iterator[str]:
    if not steps:
        return
    yield click.style(title, bold=True)
    for step in steps:
        yield from _pending(step, width)
    yield ""


def _pending(step: Document, width: int | None) -> Iterator[str]:
    mark = f" {click.style('once only', fg='red')}" if step["effect"] == "one-shot" else ""
    yield f"  ☐ {click.style(one_line(step['id']), fg='cyan', bold=True)}{mark}"
    yield from _wrapped(one_line(step["title"]), _INDENT, width)
    for line in _wrapped(" · ".join(_notes(step)), _INDENT, width):
        yield click.style(line, dim=True)


def _notes(step: Document) -> Iterator[str]:
    yield one_line(step["reason"])
    if step["after"]:
        yield "waits for " + ", ".join(map(one_line, step["after"]))
    if step["since"]:
        yield f"since {_day(step['since'])}"
    if step["before"]:
        yield f"done by {one_line(step['before']['by'])} on {_day(step['before']['time'])}, its words changed since"
    yield _place(step)


def _next(steps: Sequence[Document]) -> Iterator[str]:
    yield f"{len(steps)} manual step{'s' if len(steps) != 1 else ''} pending."
    yield "  How to do one     agencyfile steps show STEP"
    yield "  When it is done   agencyfile steps done STEP --evidence TEXT"


def _facts(step: Document, width: int | None) -> Iterator[str]:
    facts = {
        "why": one_line(step["reason"]),
        "from": _place(step),
        "since": _day(step["since"]) if step["since"] else "",
        "once": "it can be done once only" if step["effect"] == "one-shot" else "",
        "after": f"an apply of {', '.join(map(one_line, step['after']))}" if step["after"] else "",
        "done before": _earlier(step["before"]) if step["before"] else "",
        "closes": _closing(step),
    }
    for name, text in facts.items():
        if text:
            first, *rest = _wrapped(text, " " * 15, width)
            yield from (f"  {name:<13}{first.lstrip()}", *rest)


def _earlier(before: Document) -> str:
    who = f"by {one_line(before['by'])} on {_day(before['time'])}: {one_line(before['text'])}"
    return f"{who} (what it asks for has changed since)"


def _closing(step: Document) -> str:
    if step["closes"] == "portal":
        return "by itself, when the portal shows it"
    return f"agencyfile steps done {one_line(step['id'])} --evidence TEXT"


def _words(text: str, width: int | None) -> Iterator[str]:
    for part in parts_of(text):
        if part.is_verbatim:
            yield from (click.style(_RULE, dim=True), *map(printable, part.lines), click.style(_RULE, dim=True))
            continue
        for line in part.lines:
            number, dot, _ = line.partition(". ")
            hanging = " " * (len(number) + len(dot)) if number.isdecimal() else ""
            first, *rest = _wrapped(hanging + one_line(line), hanging, width)
            yield from (first[len(hanging) :], *rest)


def _done(found: Document, width: int | None) -> Iterator[str]:
    who = f"by {one_line(found['by'])} on {_day(found['time'])}"
    yield f"☑ {click.style(one_line(found['id']), fg='green', bold=True)} {who}"
    yield from (line for text in found["text"].split("\n") for line in _wrapped(one_line(text), "    ", width))


def _wrapped(text: str, indent: str, width: int | None) -> list[str]:
    """`text` in lines that fit into `width`; words are never broken, so that names can be copied."""
    if width is None:
        return [indent + text.lstrip()]
    return textwrap.wrap(
        text.lstrip(),
        width=max(width - 1, len(indent) + 20),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]


def _day(time: str) -> str:
    return time[:10]


def _place(step: Document) -> str:
    origin = step["origin"]
    return f"{one_line(origin['file'])}:{origin['line']}"
