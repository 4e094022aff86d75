"""Manual steps as text for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from agencyfile.cli.records import ClosedStep, ClosedSteps, EarlierEvidence, PendingStep, PendingSteps
from agencyfile.cli.render.folding import Line, painted, span, widest
from agencyfile.cli.render.instruction import parts_of
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.wording import place

_RULE: Final = "─" * 40
_INDENT: Final = 6
_FACTS: Final = 15  # columns before a fact


def render_pending(document: PendingSteps, *, width: int | None) -> str:
    """Render the steps for now, those after an apply, and how to go on. `width` is the terminal's, if any."""
    steps = document["steps"]
    if not steps:
        return "no manual step is pending\n"
    now = [step for step in steps if not step["after"]]
    later = [step for step in steps if step["after"]]
    return _text([*_group("Now", now), *_group("After the next apply", later), *_next(document["pending"])], width)


def render_done(document: ClosedSteps, *, width: int | None) -> str:
    """Render each finished step: who did it, when, and on what evidence."""
    if not document["done"]:
        return "the ledger holds no evidence of a manual step yet\n"
    return _text((line for found in document["done"] for line in _done(found)), width)


def render_step(step: PendingStep, *, width: int | None) -> str:
    """One step, to work by: what is to be copied stands at the left edge, between rules, as it is."""
    head = [Line([span(one_line(step["id"]), fg="cyan", bold=True)]), _plain(step["title"]), _EMPTY]
    return _text([*head, *_facts(step), _EMPTY], width) + "".join(f"{line}\n" for line in _words(step["text"], width))


def render_closed(found: ClosedStep, *, width: int | None) -> str:
    """A step that somebody has done."""
    return _text(_done(found), width)


_EMPTY: Final = Line([])


def _text(lines: Iterable[Line], width: int | None) -> str:
    return "".join(f"{row}\n" for line in lines for row in painted(line, width))


def _plain(text: str, indent: int = 0, hanging: int | None = None, **style: Any) -> Line:
    return Line([span(" " * indent + one_line(text), **style)], indent if hanging is None else hanging)


def _group(title: str, steps: Sequence[PendingStep]) -> Iterator[Line]:
    if not steps:
        return
    yield _plain(title, bold=True)
    for step in steps:
        yield from _pending(step)
    yield _EMPTY


def _pending(step: PendingStep) -> Iterator[Line]:
    once = [span(" "), span("once only", fg="red")] if step["effect"] == "one-shot" else []
    name = span(one_line(step["id"]), fg="cyan", bold=True)
    yield Line([span("  ☐ "), name, *once, span(f" {one_line(place(step['origin']))}", dim=True)], _INDENT)
    yield _plain(step["title"], _INDENT)
    yield _plain("; ".join(_notes(step)), _INDENT, dim=True)


def _notes(step: PendingStep) -> Iterator[str]:
    yield step["reason"]
    if step["after"]:
        yield f"waits for {', '.join(step['after'])}"
    if step["since"]:
        yield f"since {_day(step['since'])}"
    if step["before"]:
        yield f"done by {step['before']['by']} on {_day(step['before']['time'])}, its words changed since"


def _next(number: int) -> Iterator[Line]:
    yield _plain(f"{count(number, 'manual step')} pending.")
    yield _plain("How to do one     agencyfile steps show STEP", 2)
    yield _plain("When it is done   agencyfile steps done STEP --evidence TEXT", 2)


def _facts(step: PendingStep) -> Iterator[Line]:
    facts = {
        "why": step["reason"],
        "from": place(step["origin"]),
        "since": _day(step["since"]) if step["since"] else "",
        "once": "it can be done once only" if step["effect"] == "one-shot" else "",
        "after": f"an apply of {', '.join(step['after'])}" if step["after"] else "",
        "done before": _earlier(step["before"]) if step["before"] else "",
        "closes": _closing(step),
    }
    for name, text in facts.items():
        if text:
            yield _plain(f"{name:<{_FACTS - 2}}{text}", 2, _FACTS)


def _earlier(before: EarlierEvidence) -> str:
    return f"by {before['by']} on {_day(before['time'])}: {before['text']} (its words changed since)"


def _closing(step: PendingStep) -> str:
    if step["closes"] == "portal":
        return "by itself, when the portal shows it"
    if step["topic"] == "dns":
        return f"agencyfile steps done {step['id']} --check"
    return f"agencyfile steps done {step['id']} --evidence TEXT"


def _words(text: str, width: int | None) -> Iterator[str]:
    for part in parts_of(text):
        if part.is_verbatim:
            rule = Line([span(_RULE, dim=True)])
            yield from (*painted(rule, width), *map(one_line, part.lines), *painted(rule, width))
            continue
        for line in part.lines:
            number, dot, _ = line.partition(". ")
            yield from painted(_plain(line, hanging=widest([number + dot]) if number.isdecimal() else 0), width)


def _done(found: ClosedStep) -> Iterator[Line]:
    name = span(one_line(found["id"]), fg="green", bold=True)
    yield Line([span("☑ "), name, span(f" by {one_line(found['by'])} on {_day(found['time'])}")], 4)
    yield from (_plain(line, 4) for line in found["text"].split("\n"))


def _day(time: str) -> str:
    return time[:10]
