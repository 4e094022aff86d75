"""What an apply tells, as JSON: one object for each event. No parameter of a call and no secret is in any of them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from agencyfile.cli.render.safe import disarmed
from agencyfile.cli.render.wording import Document
from plan import Address, Call, Money, Outcome, Report
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

FORMAT_VERSION: Final = "1.0"

Told = dict[str, Any]


def render_event(told: Told, time: str) -> str:
    """One line; ASCII alone, and nothing in it that a pipeline's log would obey."""
    line = json.dumps({"format_version": FORMAT_VERSION, "event": told["event"], "time": time, **told})
    return disarmed(line, r"\u005b") + "\n"


def tell_plan(document: Document) -> Told:
    """What is about to be done; an apply that had to plan anew tells it again."""
    names = ("agency", "digest", "applicable", "summary", "diagnostics")
    return {"event": "planned", **{name: document[name] for name in names}}


def tell_verdict(intent: OpenIntent, verdict: Verdict) -> Told:
    """What a call of an earlier run came to."""
    return _about("settled", intent.address, verdict.message, operation=intent.operation, state=verdict.state.value)


def tell_event(event: Event) -> Told | None:  # noqa: PLR0911 - one return for each event
    """What happens; None for the end, which is told with its exit code."""
    match event:
        case CallStarted(call):
            return {"event": "call_started", **_call(call)}
        case CallEnded(call, outcome):
            return {"event": "call_ended", **_call(call), **_outcome(outcome)}
        case Provisioning(addresses):
            return {"event": "provisioning", "addresses": [str(address) for address in addresses]}
        case Done(address):
            return {"event": "done", "address": str(address)}
        case Failed(address, message):
            return _about("failed", address, message)
        case OutcomeUnknown(address, message):
            return _about("unknown", address, message)
        case NotStarted(address, message):
            return _about("not_started", address, message)
        case Finished():
            return None


def tell_end(report: Report, exit_code: int) -> Told:
    """What an apply came to: the last event, unless it is an error."""
    return {
        "event": "finished",
        "exit_code": exit_code,
        "complete": report.is_complete,
        "interrupted": report.interrupted,
        "calls": {"predicted": report.calls_predicted, "made": report.calls_made},
        "charges": {"predicted": _money(report.charges_predicted), "made": _money(report.charges_made)},
        "done": [str(address) for address in report.done],
        "failed": _messages(report.failed),
        "unknown": _messages(report.unknown),
        "not_started": _messages(report.not_started),
        "provisioning": [str(address) for address in report.provisioning],
        "ledger_failure": report.ledger_failure,
        "unclear": [str(address) for address in report.unclear],
        "lost_passwords": _messages(report.lost_passwords),
        "unsaved_credentials": _messages(report.unsaved_credentials),
    }


def tell_error(message: str, fix: str) -> Told:
    """Why nothing was begun, or why it ended early: the last event."""
    return {"event": "error", "message": message or "standard error has the reasons", "fix": fix}


def _about(event: str, address: Address, message: str, **more: str) -> Told:
    return {"event": event, "address": str(address), **more, "message": message}


def _call(call: Call) -> Told:
    price = str(call.price.now) if call.price and call.price.now else None
    return {
        "address": str(call.address),
        "operation": call.operation,
        "effect": call.effect.value,
        "price": price,
    }


def _outcome(outcome: Outcome) -> Told:
    match outcome:
        case Confirmed(remote_id):
            return {"outcome": "confirmed", "remote_id": remote_id, "message": None}
        case Refused(message):
            return {"outcome": "refused", "remote_id": None, "message": message}
        case Unknown(message):
            return {"outcome": "unknown", "remote_id": None, "message": message}


def _money(amounts: Iterable[Money]) -> list[str]:
    return [str(amount) for amount in amounts]


def _messages(messages: Mapping[Address, str]) -> dict[str, str]:
    return {str(address): message for address, message in messages.items()}
