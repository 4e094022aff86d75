"""The plan document as a comment in Markdown, short enough for GitHub and GitLab."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from typing import Final

from agencyfile.cli.render.excerpt import fits
from agencyfile.cli.render.markdown import changes, contents, head, notes, rows
from agencyfile.cli.render.markdown.text import link
from plan.records.document import PlanDocument

_GRAVEST: Final = 12  # rows of the last stage; with the longest names, more would not fit
COMMENT: Final = 60_000  # bytes; GitHub takes 65,536 characters, and whoever posts it may add a line of its own


class Stage(Enum):
    """Amount of detail in a rendered plan."""

    FULL = auto()  # every attribute
    SHORT = auto()  # one line per object
    COUNTS = auto()  # numbers alone


def render_markdown(
    document: PlanDocument, *, limit: int = COMMENT, url: str | None = None, approval: str = "apply"
) -> str:
    """The most of a plan that fits into `limit` bytes; `url` leads to the whole of it.

    `approval` says how a plan is approved here: by a `merge`, by `approve`, or by whoever applies it.

    The head, with the money and the digest to approve, is the same in every stage. Each stage is whole, nothing is cut
    to fit. The last one takes less than a comment, whatever the plan.
    """
    return stage_of(document, limit=limit, url=url, approval=approval)[1]


def stage_of(
    document: PlanDocument, *, limit: int = COMMENT, url: str | None = None, approval: str = "apply"
) -> tuple[Stage, str]:
    """The first stage that fits into `limit` bytes, and its text."""
    for stage in Stage:
        text = "\n\n".join(part for part in _PARTS[stage](document, url, approval) if part) + "\n"
        if fits(text.encode(), limit):
            break
    return stage, text


def _full(document: PlanDocument, url: str | None, approval: str) -> Iterator[str]:
    yield from _head(document, approval)
    yield rows.endings(document)
    yield rows.rows(document)
    yield rows.unmanaged(document)
    yield notes.provisioning(document)
    yield contents.contents(document)
    yield changes.diffs(document)
    yield notes.manual_steps(document)
    yield notes.standing(document)
    yield notes.drift(document)
    yield notes.untouched(document, names=True)
    if url:
        yield link("The whole plan", url)


def _short(document: PlanDocument, url: str | None, approval: str) -> Iterator[str]:
    yield from _head(document, approval)
    yield _left_out(f"{_unsaid('Attributes', document)} are left out, they would not fit here.", url)
    yield rows.endings(document)
    yield rows.rows(document)
    yield rows.unmanaged(document)
    yield notes.standing_counts(document)
    yield notes.drift(document)
    yield notes.untouched(document, names=False)


def _counts(document: PlanDocument, url: str | None, approval: str) -> Iterator[str]:
    yield from _head(document, approval, notes.SCANT)
    yield _left_out(f"{_unsaid('The changes', document, 'manual steps')} are counted, they would not fit here.", url)
    yield changes.counts(document)
    yield rows.grave(document, _GRAVEST)
    yield notes.standing_counts(document)
    yield notes.drift_count(document)
    yield notes.untouched(document, names=False)


def _head(document: PlanDocument, approval: str, room: notes.Room = notes.AMPLE) -> Iterator[str]:
    before = [head.outdated(document), head.settings(document)]
    if any(before):
        yield from (head.heading(document), *before, head.facts(document, approval))
    else:
        yield f"{head.heading(document)}\n{head.facts(document, approval)}"
    yield notes.refusals(document, room)
    yield notes.blocked(document, room)
    yield notes.diagnostics(document, room)


def _unsaid(
    what: str, document: PlanDocument, steps: str = "the words of manual steps (`agencyfile steps show STEP`)"
) -> str:
    return f"{what} and {steps}" if document["manual_steps"] else what


def _left_out(words: str, url: str | None) -> str:
    return f"{words} {link('The whole plan', url)}" if url else f"{words} The plan document has them."


_PARTS: Final[Mapping[Stage, Callable[[PlanDocument, str | None, str], Iterator[str]]]] = {
    Stage.FULL: _full,
    Stage.SHORT: _short,
    Stage.COUNTS: _counts,
}
