"""Sections beside the changes: diagnostics, open calls, manual steps, drift, and objects that are not touched."""

from collections.abc import Callable, Iterator, Sequence
from textwrap import indent
from typing import Final, NamedTuple, TypeVar

from agencyfile.cli.render import wording
from agencyfile.cli.render.excerpt import Rest, cut_after
from agencyfile.cli.render.markdown.text import SENTENCE, blocks, code, details, prose, table
from agencyfile.cli.render.numbers import count
from plan.records.diagnostic import DiagnosticRecord
from plan.records.document import DriftRecord, ManualStepRecord, OpenCallRecord, PlanDocument, RefusalRecord

_LISTED: Final = 100  # names that are listed before the rest is counted
_MARKS: Final = {"error": "⛔", "warning": "⚠️"}


Remark = TypeVar("Remark")


class Room(NamedTuple):
    """Limits for remarks of one kind: how many are shown, and how many characters of each sentence."""

    remarks: int
    words: int


AMPLE: Final = Room(50, SENTENCE)
SCANT: Final = Room(5, 100)


def refusals(document: PlanDocument, room: Room) -> str:
    """Guards that an apply of this plan would not pass."""
    return _remarks("⛔ An apply refuses this plan:", document["refusals"], _refusal, room)


def _refusal(found: RefusalRecord, room: Room) -> str:
    return f"{code(found['rule'], 40)} {prose(found['message'], room.words)} · {prose(found['fix'], room.words)}"


def blocked(document: PlanDocument, room: Room) -> str:
    """Calls of which nobody knows what came of them."""
    head = "⛔ What the portal did with these is not known. Nothing is planned or sent for them until it is:"
    return _remarks(head, document["blocked"], _intent, room)


def _intent(found: OpenCallRecord, room: Room) -> str:
    call = f"{code(found['address'], room.words)} {code(found['operation'], 40)} of {code(found['time'], 40)}"
    return f"{call}: {prose(found['message'], room.words)}"


def diagnostics(document: PlanDocument, room: Room) -> str:
    """Errors and warnings, with what to do about them where there is room."""
    found = [document["diagnostics"][place] for place in document["review"]["diagnostics"]]
    found = sorted(found, key=lambda diagnostic: diagnostic["severity"] != "error")
    return _remarks("Remarks on this change:", found, _diagnostic, room)


def standing(document: PlanDocument) -> str:
    """Warnings and manual steps that were there before this change, each as one folded line."""
    review = document["review"]
    warnings = [document["diagnostics"][place] for place in review["standing_diagnostics"]]
    steps = {name for row in document["rows"] for name in row["standing_steps"]}
    parts = []
    if warnings:
        head = count(review["standing_warnings"], "warning")
        parts.append(details(f"{head} of other clients, there before", _list(warnings, _standing_warning)))
    if steps:
        found = [step for step in document["manual_steps"] if step["id"] in steps]
        head = count(review["standing_steps"], "manual step")
        parts.append(details(f"{head} from earlier changes", _list(found, _standing_step)))
    return "\n\n".join(parts)


def standing_counts(document: PlanDocument) -> str:
    """As `standing`, numbers alone."""
    review = document["review"]
    numbers = ((review["standing_warnings"], "warning"), (review["standing_steps"], "manual step"))
    words = " and ".join(count(number, noun) for number, noun in numbers if number)
    return f"From before: {words} of other changes." if words else ""


def _list(found: Sequence[Remark], show: Callable[[Remark], str]) -> str:
    shown, rest = cut_after(found, _LISTED)
    return "\n".join([*(f"- {show(item)}" for item in shown), *_more(rest)])


def _standing_warning(found: DiagnosticRecord) -> str:
    about = f" {code(found['address'])}" if found["address"] else ""
    return f"{_MARKS[found['severity']]} {code(found['rule'], 40)} {prose(found['summary'])}{about}"


def _standing_step(step: ManualStepRecord) -> str:
    return f"☐ {code(step['id'])} {prose(step['title'])}"


def _diagnostic(found: DiagnosticRecord, room: Room) -> str:
    parts = [f"{_MARKS[found['severity']]} {code(found['rule'], 40)} {prose(found['summary'], room.words)}"]
    if found["origin"]:
        parts[0] += f" {code(wording.place(found['origin']), room.words)}"
    if found["detail"] and room is AMPLE:
        parts.append(prose(found["detail"]))
    if found["fix"] and room is AMPLE:
        parts.append(f"Fix: {prose(found['fix'])}")
    return "\\\n  ".join(parts)


def _remarks(head: str, found: Sequence[Remark], show: Callable[[Remark, Room], str], room: Room) -> str:
    if not found:
        return ""
    shown, rest = cut_after(found, room.remarks)
    return "\n".join([head, "", *(f"- {show(item, room)}" for item in shown), *_more(rest)])


def _more(rest: Rest[Remark]) -> list[str]:
    return [f"- {rest.words}"] if rest.items else []


def manual_steps(document: PlanDocument) -> str:
    """The checklist of what this change brings, with the words for whoever does it, folded."""
    names = {name for row in document["rows"] for name in row["manual_steps"]}
    steps = [step for step in document["manual_steps"] if step["id"] in names]
    if not steps:
        return ""
    head = count(document["review"]["manual_steps"], "manual step")
    return details(head, "\n\n".join(map(_manual_step, steps)))


def _manual_step(step: ManualStepRecord) -> str:
    parts = [prose(step["title"]), " · ".join(_notes(step)), *blocks(step["text"])]
    return "- ☐ " + indent("\n\n".join(parts), "  ").lstrip()


def _notes(step: ManualStepRecord) -> Iterator[str]:
    yield code(step["id"])
    yield prose(step["reason"])
    if step["effect"] == "one-shot":
        yield "**once only**"
    if step["after"]:
        yield "after an apply of " + ", ".join(map(code, step["after"]))
    if step["closes"] == "portal":
        yield "closes by itself when the portal shows it"
    else:
        yield code(f"agencyfile steps done {step['id']} --evidence TEXT")


def drift(document: PlanDocument) -> str:
    """Render the changes that somebody made at the portal since the last apply, folded."""
    found = document["drift"]
    if not found:
        return ""
    shown, rest = cut_after(found, _LISTED)
    body = table(["Object", "Attribute", "Last applied", "Live"], [_drifted(item, document) for item in shown])
    return details(drift_count(document), "\n\n".join([body, *_more(rest)]))


def drift_count(document: PlanDocument) -> str:
    """Return the amount of drift in words."""
    words = wording.drift(document)
    return f"Drift: {words}" if words else ""


def _drifted(item: DriftRecord, document: PlanDocument) -> list[str]:
    values = (wording.value_words(value, document["remote_ids"]) for value in (item["applied"], item["live"]))
    return [code(item["address"]), code(item["attribute"]), *(code(value) for value in values)]


def untouched(document: PlanDocument, *, names: bool) -> str:
    """Live objects that no block names, folded; their number alone without `names`."""
    found = document["unmanaged"]
    if not found:
        return ""
    words = f"Not touched: {count(document['summary']['unmanaged'], 'live object')} that no block names"
    return details(words, _listed(found)) if names else words


def provisioning(document: PlanDocument) -> str:
    """Return the objects that the portal is still creating."""
    found = document["provisioning"]
    return f"⏳ Still being made at the portal: {_listed(found)}" if found else ""


def _listed(addresses: Sequence[str]) -> str:
    shown, rest = cut_after(addresses, _LISTED)
    return " ".join(filter(None, [", ".join(map(code, shown)), rest.words]))
