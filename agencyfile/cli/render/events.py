"""The events of an apply as records, and as lines of JSON. None holds a parameter of a call, or a secret."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from agencyfile.cli.render.safe import disarmed
from plan import Address, Call, Money, Report
from plan.apply import (
    CallEnded,
    CallStarted,
    Done,
    Event,
    Failed,
    Finished,
    NotStarted,
    OutcomeUnknown,
    Provisioning,
)
from plan.call import Confirmed, Refused, Unknown
from plan.ledger import OpenIntent
from plan.reconcile import Verdict
from plan.records.document import PlanDocument
from plan.records.event import (
    REASONS_ELSEWHERE,
    CallEndedEvent,
    ErrorEvent,
    EventRecord,
    FinishedEvent,
    PlannedEvent,
    SettledEvent,
)

FORMAT_VERSION: Final = "1.0"


def render_event(told: EventRecord, time: str) -> str:
    """Render one line. It is ASCII, and a pipeline's log finds no command in it."""
    line = json.dumps({"format_version": FORMAT_VERSION, "event": told["event"], "time": time, **told})
    return disarmed(line, r"\u005b") + "\n"


def tell_plan(document: PlanDocument) -> PlannedEvent:
    """Tell what is about to be done. An apply that has to plan anew tells it again."""
    return {
        "event": "planned",
        "agency": document["agency"],
        "digest": document["digest"],
        "applicable": document["applicable"],
        "summary": document["summary"],
        "diagnostics": document["diagnostics"],
    }


def tell_verdict(intent: OpenIntent, verdict: Verdict) -> SettledEvent:
    """Tell the result of a call of an earlier run."""
    return {
        "event": "settled",
        "address": str(intent.address),
        "operation": intent.operation,
        "state": verdict.state.value,
        "message": verdict.message,
    }


def tell_event(event: Event) -> EventRecord | None:  # noqa: PLR0911 - one return for each event
    """Tell what happens. The end returns None: `tell_end` tells it with its exit code."""
    match event:
        case CallStarted(call):
            return {
                "event": "call_started",
                "address": str(call.address),
                "operation": call.operation,
                "effect": call.effect.value,
                "price": _price(call),
            }
        case CallEnded():
            return _call_ended(event)
        case Provisioning(addresses):
            return {"event": "provisioning", "addresses": _addresses(addresses)}
        case Done(address):
            return {"event": "done", "address": str(address)}
        case Failed(address, message):
            return {"event": "failed", "address": str(address), "message": message}
        case OutcomeUnknown(address, message):
            return {"event": "unknown", "address": str(address), "message": message}
        case NotStarted(address, message):
            return {"event": "not_started", "address": str(address), "message": message}
        case Finished():
            return None


def tell_end(report: Report, exit_code: int) -> FinishedEvent:
    """Tell the result of an apply: the last event, unless it is an error."""
    return {
        "event": "finished",
        "exit_code": exit_code,
        "complete": report.is_complete,
        "interrupted": report.interrupted,
        "calls": {"predicted": report.calls_predicted, "made": report.calls_made},
        "charges": {"predicted": _money(report.charges_predicted), "made": _money(report.charges_made)},
        "done": _addresses(report.done),
        "failed": _messages(report.failed),
        "unknown": _messages(report.unknown),
        "not_started": _messages(report.not_started),
        "provisioning": _addresses(report.provisioning),
        "ledger_failure": report.ledger_failure,
        "unclear": _addresses(report.unclear),
        "lost_passwords": _messages(report.lost_passwords),
        "unsaved_credentials": _messages(report.unsaved_credentials),
    }


def tell_error(message: str, fix: str) -> ErrorEvent:
    """Tell why nothing was begun, or why it ended early: the last event."""
    return {"event": "error", "message": message or REASONS_ELSEWHERE, "fix": fix}


def _call_ended(event: CallEnded) -> CallEndedEvent:
    call = event.call
    ended: CallEndedEvent = {
        "event": "call_ended",
        "address": str(call.address),
        "operation": call.operation,
        "effect": call.effect.value,
        "price": _price(call),
        "outcome": "confirmed",
        "remote_id": None,
        "message": None,
    }
    match event.outcome:
        case Confirmed(remote_id):
            return {**ended, "remote_id": remote_id}
        case Refused(message):
            return {**ended, "outcome": "refused", "message": message}
        case Unknown(message):
            return {**ended, "outcome": "unknown", "message": message}


def _price(call: Call) -> str | None:
    return str(call.price.now) if call.price and call.price.now else None


def _addresses(addresses: Iterable[Address]) -> list[str]:
    return [str(address) for address in addresses]


def _money(amounts: Iterable[Money]) -> list[str]:
    return [str(amount) for amount in amounts]


def _messages(messages: Mapping[Address, str]) -> dict[str, str]:
    return {str(address): message for address, message in messages.items()}
