"""The content of a message about a run. Names are untrusted: they are cut, and steer nothing where they are shown."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from agencyfile.cli.notify.records import Event, Notification, NotifiedChange
from agencyfile.cli.records import DriftDocument
from agencyfile.cli.render.safe import shortened
from plan import Report
from plan.records.document import PlanDocument

_MOST: Final = 20  # changes
_LONGEST: Final = 120  # characters of a name
_COUNTED: Final = ("create", "update", "delete", "forget", "settings", "manual", "drift", "unmanaged")


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of a run, before it is known whether and how they are sent."""

    agency: str
    what: Event
    title: str
    digest: str | None = None
    summary: Mapping[str, int] = field(default_factory=dict)
    now: Sequence[str] = ()
    per_month: Sequence[str] = ()
    refusals: Sequence[str] = ()
    unknown: Sequence[str] = ()
    changes: Sequence[tuple[str, str]] = ()


def told_plan(document: PlanDocument) -> Told:
    """Return the facts of a plan."""
    summary = document["summary"]
    changes = [(item["address"], item["change"]["actions"][0]) for item in document["resource_changes"]]
    counts: Mapping[str, int] = {name: summary[name] for name in _COUNTED if summary[name]}
    return Told(
        agency=document["agency"],
        what="plan",
        title=_plan_title(document),
        digest=document["digest"],
        summary=counts,
        now=document["money"]["now"]["amounts"],
        per_month=document["money"]["recurring"]["difference"]["per_month"],
        refusals=[item["rule"] for item in document["refusals"]],
        unknown=[item["address"] for item in document["blocked"]],
        changes=changes,
    )


def _plan_title(document: PlanDocument) -> str:
    if not document["applicable"]:
        return "the plan has errors"
    if document["refusals"]:
        return "an apply refuses the plan"
    number = document["totals"]["changes"]
    return f"{number:,} {'change' if number == 1 else 'changes'} planned" if number else "nothing to change"


def told_apply(agency: str, report: Report) -> Told:
    """Return the facts of an apply."""
    changes = [(str(address), "done") for address in report.done]
    changes += [(str(address), "failed") for address in report.failed]
    counts = {
        "done": len(report.done),
        "failed": len(report.failed),
        "unknown": len(report.unknown),
        "not_started": len(report.not_started),
        "calls": report.calls_made,
    }
    title = "applied in full" if report.is_complete else "applied in part"
    return Told(
        agency=agency,
        what="apply",
        title=title,
        summary={name: number for name, number in counts.items() if number},
        now=[str(money) for money in report.charges_made],
        unknown=[str(address) for address in report.unknown],
        changes=changes,
    )


def told_end(agency: str) -> Told:
    """Return the facts of an apply that ended before it made a call."""
    return Told(agency, "apply", "the apply ended before it changed anything")


def told_drift(document: DriftDocument) -> Told:
    """Return the facts of a look for drift."""
    summary = document["summary"]
    return Told(
        agency=document["agency"],
        what="drift",
        title=f"{summary['objects']:,} {'object' if summary['objects'] == 1 else 'objects'} changed at the portal",
        summary={"attributes": summary["attributes"], "objects": summary["objects"]},
        changes=[(item["address"], item["attribute"]) for item in document["drift"]],
    )


def message_of(told: Told, event: Event, *, exit_code: int, run: str | None, is_rehearsal: bool) -> Notification:
    """Return the message."""
    shown: list[NotifiedChange] = [
        {"address": _name(address), "what": _name(what)} for address, what in told.changes[:_MOST]
    ]
    return {
        "format_version": "1.0",
        "id": str(uuid.uuid4()),
        "event": event,
        "agency": told.agency,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": "the outcome of a call is unknown" if event == "unknown" else told.title,
        "rehearsal": is_rehearsal,
        "exit_code": exit_code,
        "digest": told.digest,
        "run": run,
        "summary": dict(told.summary),
        "money": {"now": list(told.now), "per_month": list(told.per_month)},
        "refusals": list(told.refusals),
        "unknown": [_name(address) for address in told.unknown[:_MOST]],
        "changes": shown,
        "more_changes": max(0, len(told.changes) - _MOST),
    }


def _name(text: str) -> str:
    return shortened(text, _LONGEST)
