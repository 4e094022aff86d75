"""The plan document as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.render import money, wording
from agencyfile.cli.render.excerpt import cut_after, fits
from agencyfile.cli.render.folding import Line, Span, columns, cut, painted, span, widest
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from plan.records.diagnostic import OriginRecord
from plan.records.document import ChangeRecord, EditRecord, ManualStepRecord, OpenCallRecord, PlanDocument

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


def render_plan(document: PlanDocument, *, width: int | None = None, concise: bool = False) -> str:
    """Every change with its reason, its edits and its place, then what they come to.

    `width` is that of a terminal: what is longer is folded. `concise` is one line for each change and step.
    """
    lines = _concise(document, width) if concise else _lines(document)
    return "\n".join(text for line in lines for text in painted(line, width)) + "\n"


def _lines(document: PlanDocument) -> Iterator[Line]:
    yield Line([span(f"agencyfile · {one_line(document['agency'])}", bold=True)])
    if wording.outdated(document):
        yield Line([span("! ", fg="yellow"), Span(one_line(wording.outdated(document)))], 2)
    yield _EMPTY
    for change in document["resource_changes"]:
        yield from _change(change, document["remote_ids"])
        yield _EMPTY
    yield from _manual_steps(document)
    for intent in document["blocked"]:
        yield from _blocked(intent)
        yield _EMPTY
    yield from _summary(document)


def _manual_steps(document: PlanDocument) -> Iterator[Line]:
    """Each step, or where there are many how many there are of each sort: `agencyfile steps list` has them all."""
    steps = document["manual_steps"]
    if fits(steps, _MOST_STEPS):
        for step in steps:
            yield from _manual_step(step)
            yield _EMPTY
        return
    yield from _sorts_of_steps(document)
    yield _EMPTY


def _sorts_of_steps(document: PlanDocument) -> Iterator[Line]:
    sorts: dict[str, list[ManualStepRecord]] = {}
    for step in document["manual_steps"]:
        sorts.setdefault(wording.sort_of_step(step), []).append(step)
    yield Line([span(f"☐ {count(document['summary']['manual'], 'manual step')}", fg="cyan", bold=True)])
    width = widest(sorts)
    for sort, number in document["totals"]["manual_topics"].items():
        named, rest = cut_after(sorts[sort], _NAMED)
        names = ", ".join(one_line(step["address"]) for step in named)
        words = f"{names} {rest.words}".rstrip()
        yield Line([Span(f"    {one_line(sort):<{width}}  {number:>5,}  {words}")], width + 13)


def _concise(document: PlanDocument, width: int | None) -> Iterator[Line]:
    for change in document["resource_changes"]:
        why = "; ".join([*(change["words"] or [change["reason"]]), *wording.stated(change)])
        yield _fitting([*_title(change)], why, _place(change["origin"]), width)
    steps = document["manual_steps"]
    if width is None or fits(steps, _MOST_STEPS):
        for step in steps:
            yield _fitting([_step_name(step), *_once(step)], step["title"], _place(step["origin"]), width)
    else:
        yield from _sorts_of_steps(document)
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


def _change(change: ChangeRecord, remote_ids: Mapping[str, str]) -> Iterator[Line]:
    yield Line([*_title(change), Span(" "), _place(change["origin"])], 4)
    for words in wording.stated(change):
        yield Line([Span(f"    {one_line(words)}")], 8)
    if change["words"]:
        yield from _sentences(change)
        if not change["removal"]:
            return
    if change["edits"]:
        yield from _edits(change["edits"], remote_ids)
        return
    yield Line([Span(f"    {one_line(change['reason'])}")], 4)
    yield from _pairs(change["change"]["after"] or change["removal"] or {}, remote_ids)


def _sentences(change: ChangeRecord) -> Iterator[Line]:
    if wording.action(change) == "create":
        yield Line([Span(f"    {one_line(change['reason'])}")], 4)
    for words in change["words"]:
        yield Line([Span(f"      {one_line(words)}")], 8)


def _title(change: ChangeRecord) -> Iterator[Span]:
    action = wording.action(change)
    yield span(f"{wording.GLYPHS[action]} {one_line(change['address'])}", fg=_COLORS[action], bold=True)
    charge = wording.charge(change)
    if charge is not None:
        is_whole = change["price"] is not None and change["price"].get("at_most")
        kind = " (list price difference)" if action == "update" and not is_whole else ""
        yield Span(" ")
        yield span(f"charges {one_line(charge)}{kind}", fg="magenta", bold=True)
    elif change["effect"] in _EFFECTS and not (change["effect"] == wording.GUARD and action == "create"):
        yield Span(" ")
        yield span(_EFFECTS[change["effect"]], fg="red")


def _pairs(attributes: Mapping[str, object], remote_ids: Mapping[str, str]) -> Iterator[Line]:
    width = widest(attributes)
    for name, value in attributes.items():
        words = one_line(wording.value_words(value, remote_ids))
        yield Line([Span(f"      {one_line(name):<{width}}  {words}")], 8 + width)


def _edits(edits: Sequence[EditRecord], remote_ids: Mapping[str, str]) -> Iterator[Line]:
    width = widest(edit["attribute"] for edit in edits)
    for edit in edits:
        before, after = (one_line(wording.value_words(value, remote_ids)) for value in (edit["before"], edit["after"]))
        place = _place(edit["origin"])
        spans = [Span(f"      {one_line(edit['attribute']):<{width}}  "), span(before, fg="red"), Span(" → ")]
        yield Line([*spans, span(after, fg="green"), *([Span("  "), place] if place.text else [])], 8 + width)


def _manual_step(step: ManualStepRecord) -> Iterator[Line]:
    words = Span(f" by hand: {one_line(step['title'])} ")
    yield Line([_step_name(step), *_once(step), words, _place(step["origin"])], 4)
    yield Line([Span(f"    {one_line(step['reason'])}")], 4)  # `steps show` has its words: there may be hundreds


def _step_name(step: ManualStepRecord) -> Span:
    return span(f"☐ {one_line(step['id'])}", fg="cyan", bold=True)


def _once(step: ManualStepRecord) -> list[Span]:
    return [Span(" "), span(_EFFECTS["one-shot"], fg="red")] if step["effect"] == "one-shot" else []


def _blocked(intent: OpenCallRecord) -> Iterator[Line]:
    what = f": {one_line(intent['operation'])} of {one_line(intent['time'])} (ledger entry {intent['serial']})"
    yield Line([span(f"? {one_line(intent['address'])} outcome unknown", fg="red", bold=True), Span(what)], 4)
    yield Line([Span(f"    {one_line(intent['message'])}")], 4)
    yield Line([Span("    nothing is planned or sent for this address until it is known what the portal did")], 4)


def _summary(document: PlanDocument) -> Iterator[Line]:
    for refusal in document["refusals"]:
        yield Line([span("! an apply refuses this", fg="red", bold=True), Span(f": {one_line(refusal['message'])}")], 4)
        yield Line([Span(f"    fix: {one_line(refusal['fix'])} ({one_line(refusal['rule'])})")], 4)
    yield from [_EMPTY] if document["refusals"] else []
    yield Line([span(f"Plan: {wording.verdict(document)}.", bold=True)])
    for name, text in _figures(document):
        if text:
            yield Line([Span(f"  {one_line(name):<{_NAME}}  {one_line(text)}")], _NAME + 4)


def _figures(document: PlanDocument) -> Iterator[tuple[str, str]]:
    summary = document["summary"]
    yield "Card", _card(document)
    yield "Per month", money.net(document) if document["resource_changes"] else ""
    yield "Cannot be undone", wording.irreversible(document).replace(" · ", ", ")
    for spent, name, is_over in wording.budget(document):
        yield f"Budget {name}", f"{spent}{', which is too much' if is_over else ''}"
    yield "Requests", wording.requests(document).replace(" · ", ", ")
    drift = wording.drift(document)
    yield "By hand", f"{count(summary['manual'], 'step')}: agencyfile steps list" if summary["manual"] else ""
    yield "Drift", f"{drift}: agencyfile drift" if drift else ""
    yield "Left out", wording.left_out(document)
    unmanaged = summary["unmanaged"]
    cost = money.per_month(document["money"]["unmanaged"]) if document["money"]["unmanaged_objects"] else ""
    of_them = f", billed {cost} a month" if cost else ""
    yield "Not touched", f"{count(unmanaged, 'live object')} that no block names{of_them}" if unmanaged else ""
    yield "Digest", document["digest"] if document["resource_changes"] and not wording.outdated(document) else ""


def _card(document: PlanDocument) -> str:
    now = money.now(document["money"]["now"])
    return f"{now} now (list prices, before any partner discount)" if now else ""


def _place(origin: OriginRecord | None) -> Span:
    return span(one_line(wording.place(origin)), dim=True)
