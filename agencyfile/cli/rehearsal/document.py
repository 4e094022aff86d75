"""The document of a rehearsal, with everything that is compared in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypedDict

from agencyfile.cli.prices import billed_for, subscription_of
from agencyfile.cli.rehearsal.portal_rows import Books, ChargeRow
from agencyfile.cli.rehearsal.records import (
    FORMAT_VERSION,
    CardRecord,
    ListedChangeRecord,
    ListedRecord,
    ListsRecord,
    NextPlanRecord,
    RehearsalDocument,
    RehearsedCallRecord,
    SnapshotChangeRecord,
)
from agencyfile.kinds import operation_named
from plan import Address, Confirmed, Money, Plan, Refused, Report, Severity, Unknown
from plan.apply import CallEnded, Event, Finished
from plan.money import total
from plan.records.document import RefusalRecord

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry, Inventory

Calls = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class After:
    """The local portal after the apply.

    Attributes:
        local: the plan that was made and applied there.
        events: the events of that apply; none where it was not begun.
        following: the plan that was made there afterwards.
        inventory: its lists afterwards.
        books: its own books.
    """

    local: Plan
    events: Sequence[Event]
    following: Plan
    inventory: "Inventory"
    books: Books


class _Head(TypedDict):
    """The part of the document that is known before anything is rehearsed."""

    format_version: str
    agency: str
    digest: str
    refusals: list[RefusalRecord]
    reads: Mapping[str, int]
    requests: int
    left_out: list[str]
    predicted_charges: list[str]
    before: ListsRecord


def rehearsed_document(plan: Plan, inventory: "Inventory", left_out: Sequence[str], after: After) -> RehearsalDocument:
    """Return the document of a plan that was rehearsed on a copy of `inventory`."""
    made, report, predicted = list(_made(after.events)), _report(after.events), _calls(plan)
    recorded = [row["action"] for row in after.books["requests"] if row["write"]]
    is_same = _digests(after.local) == _digests(plan)
    is_as_predicted = _is_as_predicted(predicted, made, recorded)
    following = _next(after.following)
    card = [_charge(row) for row in after.books["charges"]]
    return {
        **_head(plan, inventory, left_out),
        "same_plan": is_same,
        "ok": is_same and is_as_predicted and report.is_complete and not following["changes"],
        "calls": {"predicted": predicted.total(), "made": len(made), "recorded": len(recorded)},
        "made": made,
        "failures": list(_failures(report, after.local)),
        "card": card,
        "charges": [str(money) for money in total(Money.parse(one["amount"]) for one in card)],
        "after": _lists(after.inventory),
        "changed": list(_changed(inventory, after.inventory)),
        "snapshots": list(_changed_snapshots(inventory, after.inventory)),
        "next_plan": following,
    }


def refused_document(plan: Plan, inventory: "Inventory") -> RehearsalDocument:
    """Return the document of a plan that an apply would not begin: nothing was rehearsed."""
    return {
        **_head(plan, inventory, ()),
        "same_plan": True,
        "ok": False,
        "calls": {"predicted": _calls(plan).total(), "made": 0, "recorded": 0},
        "made": [],
        "failures": [found.summary for found in plan.diagnostics if found.severity is Severity.ERROR],
        "card": [],
        "charges": [],
        "after": _lists(inventory),
        "changed": [],
        "snapshots": [],
        "next_plan": _next(plan),
    }


def _head(plan: Plan, inventory: "Inventory", left_out: Sequence[str]) -> _Head:
    reads = Counter(inventory.reads) + Counter(plan.reads)
    return {
        "format_version": FORMAT_VERSION,
        "agency": plan.agency,
        "digest": plan.digest,
        "refusals": [{"rule": one.rule, "message": one.message, "fix": one.fix} for one in plan.refusals],
        "reads": dict(sorted(reads.items())),
        "requests": reads.total(),
        "left_out": list(left_out),
        "predicted_charges": [str(money) for money in plan.charges],
        "before": _lists(inventory),
    }


def _calls(plan: Plan) -> Calls:
    return Counter((str(call.address), call.operation) for call in plan.calls)


def _digests(plan: Plan) -> Counter[str]:
    """Count the calls by what they would send."""
    return Counter(call.digest() for call in plan.calls)


def _is_as_predicted(predicted: Calls, made: Sequence[RehearsedCallRecord], recorded: Sequence[str]) -> bool:
    """Return whether the apply made the calls of the plan, and the local portal took down the same writes."""
    writes = Counter(name for _, name in predicted.elements() if not operation_named(name).fetches_key)
    return (
        Counter((one["address"], one["operation"]) for one in made) == predicted
        and Counter(recorded) == writes
        and all(one["outcome"] == "confirmed" for one in made)
    )


def _made(events: Sequence[Event]) -> Iterator[RehearsedCallRecord]:
    for event in events:
        if isinstance(event, CallEnded):
            message = None if isinstance(event.outcome, Confirmed) else event.outcome.message
            yield {
                "address": str(event.call.address),
                "operation": event.call.operation,
                "outcome": _OUTCOMES[type(event.outcome)],
                "message": message,
            }


def _report(events: Sequence[Event]) -> Report:
    last = events[-1] if events else None
    return last.report if isinstance(last, Finished) else Report(ledger_failure="the apply was not begun")


def _failures(report: Report, local: Plan) -> Iterator[str]:
    yield from (found.summary for found in local.diagnostics if found.severity is Severity.ERROR)
    yield from (refusal.message for refusal in local.refusals)
    for found in (report.failed, report.unknown, report.not_started):
        yield from (f"{address}: {message}" for address, message in found.items())
    yield from (f"{address}: the portal was still making it" for address in report.provisioning)


def _charge(row: ChargeRow) -> CardRecord:
    amount = Money(row["currency"], Decimal(str(row["amount"])))
    return {"account": row["account"], "amount": str(amount), "description": row["description"]}


def _next(plan: Plan) -> NextPlanRecord:
    return {
        "changes": [str(step.address) for step in plan.steps],
        "number": len(plan.steps),
        "manual_steps": len(plan.manual_steps),
    }


def _lists(inventory: "Inventory") -> ListsRecord:
    archived = sum(entry.is_archived for entry in inventory.accounts)
    return {
        "accounts": len(inventory.accounts) - archived,
        "archived": archived,
        "snapshots": len(inventory.snapshots),
        "per_month": [str(money) for money in billed_for(inventory.accounts).per_month],
    }


def _changed(before: "Inventory", after: "Inventory") -> Iterator[ListedChangeRecord]:
    old, new = ({entry.address: _listed(entry) for entry in found.accounts} for found in (before, after))
    for address in sorted({*old, *new}, key=Address.__str__):
        if old.get(address) != new.get(address):
            yield {"address": str(address), "before": old.get(address), "after": new.get(address)}


def _listed(entry: "AccountEntry") -> ListedRecord:
    subscription = subscription_of(entry)
    return {
        "status": entry.status,
        "plan": subscription.plan if subscription else "",
        "client": entry.client_name,
        "domain": entry.domain,
        "notification": entry.notification,
    }


def _changed_snapshots(before: "Inventory", after: "Inventory") -> Iterator[SnapshotChangeRecord]:
    old, new = (Counter(entry.address.name for entry in found.snapshots) for found in (before, after))
    for name in sorted({*old, *new}):
        if old[name] != new[name]:
            yield {"name": name, "before": old[name], "after": new[name]}


_OUTCOMES: Mapping[type, Literal["confirmed", "refused", "unknown"]] = {
    Confirmed: "confirmed",
    Refused: "refused",
    Unknown: "unknown",
}
