"""Phrases about a run of a fleet, from figures that the report holds. They are raw: whoever shows one escapes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from agencyfile.cli.render import money
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.numbers import count
from agencyfile.fleet.records import AgencyRunRecord, FleetReport, Status, WorkRecord

STATUSES: Final[Mapping[Status, str]] = {
    "done": "done",
    "changes": "changes",
    "pending": "manual steps pending",
    "failed": "failed",
    "refused": "refused by a guard",
    "approval": "not approved",
    "unknown": "outcome unknown",
    "lease": "somebody else is writing",
    "partial": "partly applied",
    "interrupted": "interrupted",
    "not_started": "not started",
    "paused": "paused",
}
GRAVE: Final[tuple[Status, ...]] = (
    "unknown",
    "failed",
    "partial",
    "refused",
    "approval",
    "lease",
    "interrupted",
    "not_started",
    "paused",
)


_MOST_NAMED: Final = 5


def status_words(status: Status, command: str) -> str:
    """Return the words for a result: a plan without changes is no work done, and what differs is drift or a change."""
    if status == "done":
        return {"plan": "no changes", "drift": "no drift"}.get(command, "applied")
    return "drift" if status == "changes" and command == "drift" else STATUSES[status]


def verdict(report: FleetReport) -> str:
    """`200 agencies: 150 no changes, 48 changes, 2 failed`."""
    totals = report["totals"]
    order: tuple[Status, ...] = ("done", "changes", "pending", *GRAVE)
    parts = (
        f"{totals['statuses'][status]:,} {status_words(status, report['command'])}"
        for status in order
        if status in totals["statuses"]
    )
    agencies = count_agencies(totals["agencies"])
    return f"{agencies}: {', '.join(parts)}" if totals["agencies"] else "no agencies"


def changes(found: Mapping[str, int]) -> str:
    """`2 to create, 1 to update`; of an apply `2 create`."""
    return ", ".join(f"{number:,} {verb}" for verb, number in found.items())


def changes_title(report: FleetReport) -> str:
    """Return a title for the changes: an apply that did not get through has planned more than it has made."""
    return "Planned changes" if report["command"] == "apply" and report["totals"]["failed"] else "Changes"


def work(record: WorkRecord, command: str) -> str:
    """Return the figures of one agency in a few words."""
    parts = [changes(record["changes"])] if command != "drift" else []
    if record["manual_steps"] and command != "drift":
        parts.append(count(record["manual_steps"], "manual step"))
    if record["drift"]:
        parts.append(f"{count(record['drift'], 'attribute')} drifted")
    return ", ".join(part for part in parts if part)


def amounts(texts: Iterable[str], *, signed: bool = False) -> str:
    """Return sums of money side by side."""
    return " + ".join(map(money.signed if signed else money.amount, texts))


def charged(report: FleetReport) -> str:
    """`1,000.00 USD now`, or what was charged; empty where nothing is."""
    found = amounts(report["totals"]["charges"])
    if not found:
        return ""
    return f"{found} charged" if report["command"] == "apply" else f"{found} now"


def problems(report: FleetReport) -> list[AgencyRunRecord]:
    """Return the agencies that somebody has to look at, the gravest first."""
    found = [record for record in report["agencies"] if record["status"] in GRAVE]
    return sorted(found, key=lambda record: GRAVE.index(record["status"]))


def count_agencies(number: int) -> str:
    """`1 agency`, `2,000 agencies`."""
    return "1 agency" if number == 1 else f"{number:,} agencies"


def names(agencies: Sequence[str], show: Callable[[str], str]) -> str:
    """`brands/acme`, or `brands/acme, brands/globex and 10 more`; `show` escapes a name."""
    shown, rest = cut_after(agencies, _MOST_NAMED)
    return f"{', '.join(map(show, shown))} {rest.words}".rstrip()


def next_command(report: FleetReport) -> str:
    """Return the one command to go on with; empty where nothing is left."""
    statuses = report["totals"]["statuses"]
    if not (report["totals"]["failed"] or "not_started" in statuses):
        return ""
    rest = " --rest" if "not_started" in statuses else ""
    command = "agencyfile fleet status --run latest" if "unknown" in statuses else f"agencyfile fleet retry{rest}"
    return command if report["engine"] == "local" else f"{command} --engine {report['engine']}"
