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
    found = sorted(document["diagnostics"], key=lambda diagnostic: diagnostic["severity"] != "error")
    totals = document["totals"]
    counts = ((totals["errors"], "error"), (totals["warnings"], "warning"))
    head = ", ".join(count(number, noun) for number, noun in counts if number)
    return _remarks(f"{head}:", found, _diagnostic, room)


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
    """The checklist with the words for whoever does it, folded."""
    steps = document["manual_steps"]
    if not steps:
        return ""
    return details(count(document["summary"]["manual"], "manual step"), "\n\n".join(map(_manual_step, steps)))


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
