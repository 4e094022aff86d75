"""What stands beside the changes: what is wrong, what is open, what is done by hand, what nobody touches."""

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.markdown.text import blocks, code, details, prose, table
from agencyfile.cli.render.wording import Document

_LISTED: Final = 100  # names that are listed before the rest is counted
_MARKS: Final = {"error": "⛔", "warning": "⚠️"}


def blocked(document: Document, most: int) -> str:
    """Calls of which nobody knows what came of them."""
    found = document["blocked"]
    if not found:
        return ""
    lines = map(_intent, found[:most])
    head = "⛔ What the portal did with these is not known. Nothing is planned or sent for them until it is:"
    return "\n".join([head, "", *lines, *_more(len(found), most)])


def _intent(intent: Document) -> str:
    call = f"{code(intent['address'])} {code(intent['operation'])} of {code(intent['time'])}"
    return f"- {call}: {prose(intent['message'], 300)}"


def diagnostics(document: Document, most: int, *, is_short: bool = False) -> str:
    """Errors and warnings, with what to do about them."""
    found = sorted(document["diagnostics"], key=lambda diagnostic: diagnostic["severity"] != "error")
    lines = (_diagnostic(diagnostic, is_short=is_short) for diagnostic in found[:most])
    return "\n".join([*lines, *_more(len(found), most)])


def _diagnostic(found: Document, *, is_short: bool) -> str:
    parts = [f"{_MARKS[found['severity']]} {code(found['rule'])} {prose(found['summary'], 300)}"]
    if found["origin"]:
        parts[0] += f" {code(wording.place(found['origin']))}"
    if found["detail"] and not is_short:
        parts.append(prose(found["detail"]))
    if found["fix"] and not is_short:
        parts.append(f"Fix: {prose(found['fix'])}")
    return "* " + "\\\n  ".join(parts)  # another mark than that of a list before it


def _more(number: int, most: int) -> list[str]:
    return [f"- and {number - most:,} more"] if number > most else []


def manual_steps(document: Document) -> str:
    """The checklist with the words for whoever does it, folded."""
    steps = document["manual_steps"]
    if not steps:
        return ""
    return details(wording.count(len(steps), "manual step"), "\n\n".join(map(_manual_step, steps)))


def _manual_step(step: Document) -> str:
    parts = [prose(step["title"]), " · ".join(_notes(step)), *blocks(step["text"])]
    return "- ☐ " + indent("\n\n".join(parts), "  ").lstrip()


def _notes(step: Document) -> Iterator[str]:
    yield code(wording.name_of_step(step))
    yield prose(step["reason"])
    if step["effect"] == "one-shot":
        yield "**once only**"
    if step.get("after"):
        yield "after an apply of " + ", ".join(map(code, step["after"]))
    if step.get("closes") == "portal":
        yield "closes by itself when the portal shows it"
    elif step.get("closes"):
        yield code(f"agencyfile steps done {step['id']} --evidence TEXT")


def drift(document: Document) -> str:
    """What is not as it was last applied or declared, folded."""
    found = document.get("drift", [])
    if not found:
        return ""
    rows = [_drifted(item, document) for item in found[:_LISTED]]
    body = table(["Object", "Attribute", "Applied or declared", "Live"], rows)
    return details(drift_count(document), "\n\n".join([body, *_more(len(found), _LISTED)]))


def drift_count(document: Document) -> str:
    """How much of it there is."""
    words = wording.drift(document)
    return f"Drift: {words}" if words else ""


def _drifted(item: Document, document: Document) -> list[str]:
    values = (wording.value_words(item[side], document["remote_ids"]) for side in ("applied", "live"))
    return [code(item["address"]), code(item["attribute"]), *(code(value) for value in values)]


def untouched(document: Document, *, names: bool) -> str:
    """Live objects that no block names, folded; their number alone without `names`."""
    found = document["unmanaged"]
    if not found:
        return ""
    words = f"Not touched: {wording.count(len(found), 'live object')} that no block names"
    return details(words, _listed(found)) if names else words


def provisioning(document: Document) -> str:
    """What the portal is still making."""
    found = document["provisioning"]
    return f"⏳ Still being made at the portal: {_listed(found)}" if found else ""


def _listed(addresses: Sequence[str]) -> str:
    rest = len(addresses) - _LISTED
    return ", ".join(map(code, addresses[:_LISTED])) + (f" and {rest:,} more" if rest > 0 else "")
