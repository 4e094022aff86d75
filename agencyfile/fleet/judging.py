"""The meaning of a child's end: its result, what is wrong, and the figures of its document."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from agencyfile.fleet.child import Ended
from agencyfile.fleet.records import Status, WorkRecord
from plan.money import Money, total
from plan.records.event import REASONS_ELSEWHERE

_STATUSES: Final[Mapping[int, Status]] = {
    0: "done",
    2: "changes",
    3: "refused",
    4: "approval",
    5: "unknown",
    6: "lease",
    7: "partial",
    8: "pending",
    130: "interrupted",
}
WELL: Final[frozenset[Status]] = frozenset({"done", "changes", "pending"})
HARMLESS: Final[frozenset[Status]] = WELL | {"not_started", "paused"}
# From the best to the gravest: what is unknown has to be settled before anything else.
_GRAVITY: Final = (0, 2, 8, 6, 4, 3, 7, 1, 130, 64, 5)
INTERRUPTED: Final = 130
# An error on the terminal: a title, and indented lines with the place, the source, the detail and the fix.
_ERROR: Final = re.compile(r"^error(?:\[[a-z0-9-]+\])?: (.*)$((?:\n +.*$)*)", re.MULTILINE)
_PLACE: Final = re.compile(r"^ +--> (.*)$", re.MULTILINE)
_DETAIL: Final = re.compile(r"^ +(?!-->|fix: |\||\d+ \|)(\S.*)$", re.MULTILINE)
_FIX: Final = re.compile(r"^ +fix: (.*)$", re.MULTILINE)
_VERBS: Final = ("create", "update", "delete", "forget", "settings")
_LONGEST: Final = 500  # characters of a sentence


def status_of(code: int) -> Status:
    """Return the result that an exit code stands for; one below zero is a signal that ended the child."""
    return "interrupted" if code < 0 else _STATUSES.get(code, "failed")


def exit_code_of(code: int) -> int:
    """Return the exit code for a report: that of a child that a signal ended is that of an interrupted run.

    What such an apply left open is settled by the next one, from the ledger.
    """
    return INTERRUPTED if code < 0 else code


def worst(codes: Iterable[int]) -> int:
    """Return the gravest of these exit codes; 0 where there is none."""
    return max(codes, key=lambda code: _GRAVITY.index(code) if code in _GRAVITY else _GRAVITY.index(1), default=0)


def problem_of(ended: Ended) -> tuple[str, str]:
    """Return what is wrong and the way out: from the last event of an apply, or from the messages."""
    if ended.code in (0, 2):
        return "", ""
    for event in ended.output:
        if event.get("event") == "error" and event.get("message") not in (None, "", REASONS_ELSEWHERE):
            return _short(event["message"]), _short(event.get("fix", ""))
    problem, fix = _first_error(ended.messages)
    failures = [text for event in ended.output for text in _failures(event)]
    if failures:
        return _short(failures[0]), fix
    if ended.code < 0:
        return f"signal {-ended.code} ended the run", "start it again: an apply goes on from what the ledger knows"
    return problem, fix


def _failures(event: Mapping[str, Any]) -> Iterable[str]:
    for word in ("unknown", "failed"):
        if event.get("event") == "finished":
            for address, message in event.get(word, {}).items():
                yield f"{address}: {message}"


def _first_error(messages: str) -> tuple[str, str]:
    """Return the first error of a child's messages, with its place in the file where it has one, and its fix.

    A warning has a fix too, which is none for an error.
    """
    found = _ERROR.findall(messages)
    if not found:
        return "", ""
    title, block = found[0]
    place, fix = _PLACE.search(block), _FIX.search(block)
    others = len(found) - 1
    more = f" (and {others:,} more error{'s' if others > 1 else ''})" if others else ""
    if place:
        title = ": ".join([place[1], title, " ".join(_DETAIL.findall(block))]).removesuffix(": ")
    return _short(title + more), _short(fix[1]) if fix else ""


def _short(text: object) -> str:
    return " ".join(str(text).split())[:_LONGEST]


def no_work() -> WorkRecord:
    """Return the figures of a run that has told none."""
    return {
        "agency": "",
        "digest": "",
        "changes": {},
        "manual_steps": 0,
        "drift": 0,
        "open_calls": 0,
        "charges": [],
        "per_month": [],
        "calls": 0,
        "refusals": [],
    }


def work_of(output: Sequence[Mapping[str, Any]]) -> WorkRecord:
    """Return the figures of a plan document, of the events of an apply, or of a drift document.

    An apply that was cut off has told each charge that the portal confirmed.
    """
    work = no_work()
    for document in output:
        match document.get("event"):
            case None if "resource_changes" in document:
                work |= _planned(document)
            case None if isinstance(document.get("drift"), list):
                work |= {"agency": document["agency"], "drift": document["summary"]["attributes"]}
            case "planned":
                work |= {**_planned(document), "charges": work["charges"], "calls": work["calls"]}
            case "call_ended":
                work |= {"charges": sums([*work["charges"], document["price"]]), "calls": work["calls"] + 1}
            case "finished":
                work |= {"calls": document["calls"]["made"], "charges": list(document["charges"]["made"])}
                work["open_calls"] = max(work["open_calls"], len(document["unknown"]))
            case _:
                pass
    return work


def _planned(document: Mapping[str, Any]) -> WorkRecord:
    summary = document["summary"]
    return {
        "agency": document["agency"],
        "digest": document["digest"],
        "changes": {verb: summary[verb] for verb in _VERBS if summary[verb]},
        "manual_steps": summary["manual"],
        "drift": summary["drift"],
        "open_calls": len(document.get("blocked", ())),
        "charges": list(summary["charges_now"]),
        "per_month": list(summary["per_month"]),
        "calls": summary["writes"],
        "refusals": [refusal["message"] for refusal in document.get("refusals", ())],
    }


def sums(amounts: Iterable[str]) -> list[str]:
    """Add amounts up, one sum per currency."""
    return [str(money) for money in total(map(Money.parse, amounts))]


def added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add numbers up by name, in the order of the verbs."""
    found: Counter[str] = Counter()
    for each in counts:
        found.update(each)
    return {verb: found[verb] for verb in _VERBS if found[verb]}
