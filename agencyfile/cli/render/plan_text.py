"""The plan document as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.folding import Line, Span, columns, cut, painted, span
from agencyfile.cli.render.safe import one_line, printable
from agencyfile.cli.render.wording import Document

_COLORS: Final = {"create": "green", "update": "yellow", "delete": "red", "forget": "yellow"}
_EFFECTS: Final = {
    "one-shot": "can be done once only",
    "permanent": "cannot be undone",
    "guard": "changes what an apply may do",
}
_MOST_STEPS: Final = 6  # manual steps that are shown one by one
_NAMED: Final = 3
_NAME: Final = 17  # columns of the names of the figures
_EMPTY: Final = Line(())


def render_plan(document: Document, *, width: int | None = None, concise: bool = False) -> str:
    """Every change with its reason, its edits and its place, then what they come to.

    `width` is that of a terminal: what is longer is folded. `concise` is one line for each change and step.
    """
    lines = _concise(document, width) if concise else _lines(document)
    return "\n".join(text for line in lines for text in painted(line, width)) + "\n"


def _lines(document: Document) -> Iterator[Line]:
    yield Line([span(f"agencyfile · {one_line(document['agency'])}", bold=True)])
    if wording.outdated(document):
        yield Line([span("! ", fg="yellow"), Span(one_line(wording.outdated(document)))], 2)
    yield _EMPTY
    for change in document["resource_changes"]:
        yield from _change(change, document["remote_ids"])
        yield _EMPTY
    yield from _manual_steps(document["manual_steps"])
    for intent in document["blocked"]:
        yield from _blocked(intent)
        yield _EMPTY
    yield from _summary(document)


def _manual_steps(steps: Sequence[Document]) -> Iterator[Line]:
    """Each step, or where there are many how many there are of each sort: `agencyfile steps list` has them all."""
    if len(steps) <= _MOST_STEPS:
        for step in steps:
            yield from _manual_step(step)
            yield _EMPTY
        return
    yield from _sorts_of_steps(steps)
    yield _EMPTY


def _sorts_of_steps(steps: Sequence[Document]) -> Iterator[Line]:
    sorts: dict[str, list[Document]] = {}
    for step in steps:
        sorts.setdefault(step.get("topic") or step["address"].partition(".")[0], []).append(step)
    yield Line([span(f"☐ {wording.count(len(steps), 'manual step')}", fg="cyan", bold=True)])
    width = max(map(len, sorts))
    for sort, found in sorts.items():
        names = ", ".join(one_line(step["address"]) for step in found[:_NAMED])
        rest = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        yield Line([Span(f"    {one_line(sort):<{width}}  {len(found):>5,}  {names}{rest}")], width + 13)


def _concise(document: Document, width: int | None) -> Iterator[Line]:
    for change in document["resource_changes"]:
        why = "; ".join(change.get("words") or [change["reason"]])
        yield _fitting([*_title(change)], why, _place(change["origin"]), width)
    steps = document["manual_steps"]
    if width is None or len(steps) <= _MOST_STEPS:
        for step in steps:
            yield _fitting([_step_name(step), *_once(step)], step["title"], _place(step["origin"]), width)
    else:
        yield from _sorts_of_steps(steps)
    for intent in document["blocked"]:
        yield next(_blocked(intent))
    yield from _summary(document)


def _fitting(title: Sequence[Span], words: str, place: Span, width: int | None) -> Line:
    """One line; on a terminal what is too long for it is cut out of its words, which a full plan has."""
    shown = one_line(words)
    if width is not None:
        used = columns("".join(span.text for span in title)) + columns(place.text) + 4
        shown = cut(shown, width - used)
    return Line([*title, Span(f"  {shown}  "), place], 2)


def _change(change: Document, remote_ids: Mapping[str, str]) -> Iterator[Line]:
    yield Line([*_title(change), Span(" "), _place(change["origin"])], 4)
    if change.get("words"):
        yield from _sentences(change)
        return
    if change["edits"]:
        yield from _edits(change["edits"], remote_ids)
        return
    yield Line([Span(f"    {one_line(change['reason'])}")], 4)
    yield from _pairs(change["change"]["after"] or change["removal"] or {}, remote_ids)


def _sentences(change: Document) -> Iterator[Line]:
    if wording.action(change) == "create":
        yield Line([Span(f"    {one_line(change['reason'])}")], 4)
    for words in change["words"]:
        yield Line([Span(f"      {one_line(words)}")], 8)


def _title(change: Document) -> Iterator[Span]:
    action = wording.action(change)
    yield span(f"{wording.GLYPHS[action]} {one_line(change['address'])}", fg=_COLORS[action], bold=True)
    charge = wording.charge(change)
    if charge is not None:
        kind = " (list price difference)" if action == "update" else ""
        yield Span(" ")
        yield span(f"charges {one_line(charge)}{kind}", fg="magenta", bold=True)
    elif change["effect"] in _EFFECTS and not (change["effect"] == wording.GUARD and action == "create"):
        yield Span(" ")
        yield span(_EFFECTS[change["effect"]], fg="red")


def _pairs(attributes: Mapping[str, Any], remote_ids: Mapping[str, str]) -> Iterator[Line]:
    width = max((len(name) for name in attributes), default=0)
    for name, value in attributes.items():
        words = one_line(wording.value_words(value, remote_ids))
        yield Line([Span(f"      {one_line(name):<{width}}  {words}")], 8 + width)


def _edits(edits: Sequence[Document], remote_ids: Mapping[str, str]) -> Iterator[Line]:
    width = max(len(edit["attribute"]) for edit in edits)
    for edit in edits:
        before, after = (one_line(wording.value_words(edit[side], remote_ids)) for side in ("before", "after"))
        place = _place(edit["origin"])
        spans = [Span(f"      {one_line(edit['attribute']):<{width}}  "), span(before, fg="red"), Span(" → ")]
        yield Line([*spans, span(after, fg="green"), *([Span("  "), place] if place.text else [])], 8 + width)


def _manual_step(step: Document) -> Iterator[Line]:
    words = Span(f" by hand: {one_line(step['title'])} ")
    yield Line([_step_name(step), *_once(step), words, _place(step["origin"])], 4)
    yield Line([Span(f"    {one_line(step['reason'])}")], 4)
    if "id" in step:  # the command shows its words; a plan may have hundreds of such steps
        return
    for line in printable(step["text"]).splitlines():
        number = line.partition(". ")[0]
        yield Line([Span(f"      {line}")], 8 + len(number) if number.isdecimal() else 6)


def _step_name(step: Document) -> Span:
    return span(f"☐ {one_line(wording.name_of_step(step))}", fg="cyan", bold=True)


def _once(step: Document) -> list[Span]:
    return [Span(" "), span(_EFFECTS["one-shot"], fg="red")] if step["effect"] == "one-shot" else []


def _blocked(intent: Document) -> Iterator[Line]:
    what = f": {one_line(intent['operation'])} of {one_line(intent['time'])} (ledger entry {intent['serial']})"
    yield Line([span(f"? {one_line(intent['address'])} outcome unknown", fg="red", bold=True), Span(what)], 4)
    yield Line([Span(f"    {one_line(intent['message'])}")], 4)
    yield Line([Span("    nothing is planned or sent for this address until it is known what the portal did")], 4)


def _summary(document: Document) -> Iterator[Line]:
    for refusal in document.get("refusals", []):
        yield Line([span("! an apply refuses this", fg="red", bold=True), Span(f": {one_line(refusal['message'])}")], 4)
        yield Line([Span(f"    fix: {one_line(refusal['fix'])} ({one_line(refusal['rule'])})")], 4)
    yield from [_EMPTY] if document.get("refusals") else []
    yield Line([span(f"Plan: {wording.verdict(document)}.", bold=True)])
    for name, text in _figures(document):
        if text:
            yield Line([Span(f"  {one_line(name):<{_NAME}}  {one_line(text)}")], _NAME + 4)


def _figures(document: Document) -> Iterator[tuple[str, str]]:
    summary = document["summary"]
    yield "Card", _card(document)
    yield "Cannot be undone", wording.irreversible(document).replace(" · ", ", ")
    if summary["effects"].get("billed"):
        for spent, name, is_over in wording.budget(document):
            yield f"Budget {name}", f"{spent}{', which is too much' if is_over else ''}"
    yield "Requests", wording.requests(document).replace(" · ", ", ")
    drift = wording.drift(document)
    yield "By hand", f"{wording.count(summary['manual'], 'step')}: agencyfile steps list" if summary["manual"] else ""
    yield "Drift", f"{drift}: agencyfile drift" if drift else ""
    yield "Left out", wording.left_out(document)
    unmanaged = summary["unmanaged"]
    yield "Not touched", f"{wording.count(unmanaged, 'live object')} that no block names" if unmanaged else ""
    yield "Digest", document["digest"] if document["resource_changes"] and not wording.outdated(document) else ""


def _card(document: Document) -> str:
    now = wording.charges_now(document)
    if now is None:
        return ""
    monthly = " + ".join(document["summary"]["per_month"])
    return f"{now} now{f', {monthly} per month more' if monthly else ''} (list prices, before any partner discount)"


def _place(origin: Document | None) -> Span:
    return span(one_line(wording.place(origin)), dim=True)
