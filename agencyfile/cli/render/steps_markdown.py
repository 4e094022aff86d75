"""Manual steps in Markdown: a checklist for an issue, a comment or a wiki."""

from collections.abc import Iterator, Sequence
from textwrap import indent

from agencyfile.cli.records import ClosedStep, ClosedSteps, PendingStep, PendingSteps
from agencyfile.cli.render.markdown.text import blocks, code, code_whole, details, prose
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.wording import place


def render_pending(document: PendingSteps) -> str:
    """Every pending step as an item to tick off, with its words folded."""
    steps = document["steps"]
    now, later = ([step for step in steps if bool(step["after"]) is waits] for waits in (False, True))
    groups = [*_group("Now", now), *_group("After the next apply", later)] or ["No manual step is pending."]
    return "\n\n".join([f"## Manual steps · {code(document['agency'])}", *groups]) + "\n"


def render_done(document: ClosedSteps) -> str:
    """Render each finished step: who did it, when, and on what evidence."""
    items = [_done(found) for found in document["done"]] or ["The ledger holds no evidence of a manual step yet."]
    return "\n".join([f"## Manual steps done · {code(document['agency'])}", "", *items]) + "\n"


def render_step(step: PendingStep) -> str:
    """One step, to work by: what is to be copied stands in a fence of its own."""
    return "\n\n".join([f"## {prose(step['title'])}", " · ".join(_notes(step)), *blocks(step["text"])]) + "\n"


def render_closed(found: ClosedStep) -> str:
    """A step that somebody has done."""
    return _done(found) + "\n"


def _group(title: str, steps: Sequence[PendingStep]) -> Iterator[str]:
    if steps:
        yield f"### {title}"
        yield from map(_item, steps)


def _item(step: PendingStep) -> str:
    words = details("How", "\n\n".join(blocks(step["text"])))
    return "- [ ] " + indent("\n\n".join([prose(step["title"]), " · ".join(_notes(step)), words]), "  ").lstrip()


def _notes(step: PendingStep) -> Iterator[str]:
    yield code(step["id"])
    yield prose(step["reason"])
    if step["effect"] == "one-shot":
        yield "**once only**"
    if step["after"]:
        yield "after an apply of " + ", ".join(map(code, step["after"]))
    if step["closes"] == "portal":
        yield "closes by itself when the portal shows it"
    if step["since"]:
        yield f"since {step['since'][:10]}"
    if step["before"]:
        yield f"done by {code(step['before']['by'])} on {step['before']['time'][:10]}, its words changed since"
    yield code(place(step["origin"]))


def _done(found: ClosedStep) -> str:
    text = " ".join(one_line(line) for line in found["text"].split("\n"))
    return f"- [x] {code(found['id'])} by {code(found['by'])} on {found['time'][:10]}: {code_whole(text)}"
