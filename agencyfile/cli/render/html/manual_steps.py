"""Manual steps: with all their words while they are few; by topic, with a line each, once they are many."""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose
from agencyfile.cli.render.html.rows import cells, fact_list, fold, mark, section
from agencyfile.cli.render.html.values import Referents, edit_list
from agencyfile.cli.render.html.wording import MANUAL
from agencyfile.cli.render.instruction import Part, parts_of
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.wording import place, sort_of_step
from plan.records.document import ManualStepRecord, PlanDocument

ROOM: Final = 100_000  # bytes of the page for steps with all their words: about a hundred of them
_NUMBERED: Final = re.compile(r"\d+\. ")
_NOTE: Final = "Only a human can do these. An apply sends nothing of them."
_LISTED: Final = (
    " They are too many for all their words: a step that is listed by its topic has one line here, and "
    "`agencyfile steps show STEP` and the plan document have its words."
)
_CLOSINGS: Final = {
    "evidence": prose("`agencyfile steps done STEP --evidence '…'`"),
    "portal": prose("closes by itself when the portal shows it"),
}


def render_manual_steps(document: PlanDocument, referents: Referents) -> Markup | None:
    """Render the manual steps as a checklist.

    Topics with few words keep them. The others come first, each folded to one row that has a line for every step.
    """
    steps, numbers = document["manual_steps"], document["totals"]["manual_topics"]
    topics: dict[str, list[ManualStepRecord]] = {}
    for step in steps:
        topics.setdefault(sort_of_step(step), []).append(step)
    sizes = {topic: _size(found, referents) for topic, found in topics.items()}
    whole = _with_room(sizes)
    groups = [_group(topic, found, numbers[topic]) for topic, found in topics.items() if topic not in whole]
    rows = [_row(step, referents) for step in steps if sort_of_step(step) in whole]
    note = prose(_NOTE + (_LISTED if groups else ""))
    return section("manual-steps", "Manual steps", note, [*groups, *rows], document["summary"]["manual"])


def _size(steps: Sequence[ManualStepRecord], referents: Referents) -> int:
    """Bytes of `steps` with all their words. What has no room is not counted to its end."""
    size = 0
    for step in steps:
        size += len(_row(step, referents).encode())
        if size > ROOM:
            break
    return size


def _with_room(sizes: Mapping[str, int]) -> Collection[str]:
    """The topics that fit into the room together, the shortest first."""
    shortest = sorted(sizes, key=lambda topic: (sizes[topic], topic))
    taken = accumulate(sizes[topic] for topic in shortest)
    return {topic for topic, total in zip(shortest, taken, strict=True) if total <= ROOM}


def _group(topic: str, steps: Sequence[ManualStepRecord], number: int) -> Markup:
    """The steps of one topic: what all of them share, then a line for each."""
    reason, *others = dict.fromkeys(step["reason"] for step in steps)
    is_once = any(step["effect"] == "one-shot" for step in steps)
    row = cells(
        mark(MANUAL, "by hand", "manual"),
        join([name_of(topic), " ", element("small", count(number, "step"))]),
        Markup() if others else prose(reason),
        effect="one-shot" if is_once else "manual",
    )
    lines = element("dl", *map(_line, steps), class_="listed")
    return element("li", fold(row, fact_list(_shared(steps)), lines))


def _shared(steps: Sequence[ManualStepRecord]) -> Iterator[tuple[str, Markup]]:
    yield "How to do one", element("code", "agencyfile steps show STEP")
    closings = dict.fromkeys(step["closes"] for step in steps)
    known = [_CLOSINGS[closing] for closing in closings if closing in _CLOSINGS]
    if known:
        yield "When done", join(known, " or ")


def _line(step: ManualStepRecord) -> Markup:
    once = element("small", "once only") if step["effect"] == "one-shot" else None
    words = element("dd", prose(step["title"]), once)
    where = element("dd", element("bdi", name_of(place(step["origin"]))))
    return join([element("dt", name_of(step["id"])), words, where])


def _row(step: ManualStepRecord, referents: Referents) -> Markup:
    row = cells(
        mark(MANUAL, "by hand", "manual"),
        name_of(step["address"]),
        prose(step["title"]),
        effect=step["effect"],
        origin=step["origin"],
    )
    text = element("div", *map(_part, parts_of(step["text"])), class_="steps")
    edits = edit_list(step["edits"], step["origin"], referents) if step["edits"] else None
    return element("li", fold(row, text, edits, fact_list(_facts(step, referents))))


def _part(part: Part) -> Markup:
    """Render a text to copy unchanged, or sentences to read."""
    if part.is_verbatim:
        return element("pre", "\n".join(part.lines))
    return join([element("p", prose(line), class_="step" if _NUMBERED.match(line) else None) for line in part.lines])


def _facts(step: ManualStepRecord, referents: Referents) -> Iterator[tuple[str, Markup]]:
    yield "Why", prose(step["reason"])
    yield "Step", element("code", name_of(step["id"]))
    if step["after"]:
        yield "After", join([referents.link(address) for address in step["after"]], ", ")
    if step["effect"] == "one-shot":
        yield "Effect", Markup("can be done once only")
    if step["closes"] == "evidence":
        command = f"agencyfile steps done {shlex.quote(step['id'])} --evidence '…'"
        yield "When done", element("code", name_of(command))
    if step["closes"] == "portal":
        yield "When done", _CLOSINGS["portal"]
