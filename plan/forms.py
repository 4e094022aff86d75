"""Encode the parts of a plan as records: documents and digests are made of these."""

from plan.address import Origin
from plan.billing import Recurrence, Subscription
from plan.call import Call
from plan.change import FORGET, Create, Delete, Edit, Manual, PlannedChange, Update
from plan.diagnostic import Diagnostic
from plan.money import Price
from plan.records.diagnostic import DiagnosticRecord, OriginRecord
from plan.records.document import Action, CallRecord, ChangeRecord, EditRecord, ManualStepRecord, PriceRecord
from plan.records.money import RecurrenceRecord, SubscriptionRecord
from plan.values import Attributes, Reference, Secret, plain, plain_attributes


def encode_diagnostic(diagnostic: Diagnostic) -> DiagnosticRecord:
    """Return a diagnostic as its record."""
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "fix": diagnostic.fix,
        "origin": encode_origin(diagnostic.origin) if diagnostic.origin else None,
        "address": str(diagnostic.address) if diagnostic.address else None,
    }


def encode_step(step: PlannedChange) -> ChangeRecord:
    """Return a change with its calls as its record."""
    change = step.change
    update = change if isinstance(change, Update) else None
    stated = "" if isinstance(change, Delete) else change.stated
    record: ChangeRecord = {
        "address": str(change.address),
        "kind": change.address.kind,
        "name": change.address.name,
        "change": {
            "actions": [action_of(change)],
            "before": plain_attributes(update.before) if update else None,
            "after": None if isinstance(change, Delete) else plain_attributes(change.attributes),
            "after_unknown": _mask(change.attributes, Reference),
            "after_sensitive": _mask(change.attributes, Secret),
        },
        "removal": {"action": change.action, **plain_attributes(change.attributes)}
        if isinstance(change, Delete)
        else None,
        "forgets": [str(address) for address in change.forgets] if isinstance(change, Delete) else [],
        "remote_id": None if isinstance(change, Create) else change.remote_id,
        "edits": [encode_edit(edit) for edit in update.edits] if update else [],
        "baseline": list(change.baseline) if isinstance(change, Create) else [],
        "words": list(change.words),
        "effect": change.effect.value,
        "price": encode_price(change.price),
        "reason": change.reason,
        "origin": encode_origin(change.origin),
        "calls": [encode_call(call) for call in step.calls],
        "depends_on": [str(address) for address in step.after],
        "basis": step.basis,
    }
    if stated:
        record["stated"] = stated
    if step.recurrence:
        record["recurrence"] = encode_recurrence(step.recurrence)
    return record


def encode_recurrence(recurrence: Recurrence) -> RecurrenceRecord:
    """Return what recurs for one object as its record."""
    before, after = recurrence.before, recurrence.after
    return {
        "before": encode_subscription(before) if before else None,
        "after": encode_subscription(after) if after else None,
    }


def encode_subscription(subscription: Subscription) -> SubscriptionRecord:
    """Return what is billed for one object as its record."""
    price = subscription.price
    return {
        "plan": subscription.plan,
        "price": str(price) if price else None,
        "months": subscription.months,
    }


def action_of(change: Create | Update | Delete) -> Action:
    """Return the verb of a change."""
    match change:
        case Create():
            return "create"
        case Update():
            return "update"
        case Delete():
            return FORGET if change.action == FORGET else "delete"


def _mask(attributes: Attributes, marked: type[Reference] | type[Secret]) -> dict[str, bool]:
    return {name: True for name, value in attributes.items() if isinstance(value, marked)}


def encode_manual(manual: Manual) -> ManualStepRecord:
    """Return a manual step as its record."""
    return {
        "id": manual.id,
        "address": str(manual.address),
        "topic": manual.topic,
        "digest": manual.digest,
        "effect": manual.effect.value,
        "closes": manual.closes.value,
        "after": [str(address) for address in manual.after],
        "done": plain_attributes(manual.done),
        "edits": [encode_edit(edit) for edit in manual.edits],
        "title": manual.instruction.title,
        "text": manual.instruction.text,
        "reason": manual.reason,
        "origin": encode_origin(manual.origin),
    }


def encode_edit(edit: Edit) -> EditRecord:
    """Return an edit as its record."""
    return {
        "attribute": edit.attribute,
        "before": plain(edit.before),
        "after": plain(edit.after),
        "origin": encode_origin(edit.origin) if edit.origin else None,
    }


def encode_call(call: Call) -> CallRecord:
    """Return a call as its record."""
    return {
        "api": call.api,
        "operation": call.operation,
        "method": call.method,
        "parameters": plain_attributes(call.parameters),
        "operation_class": call.operation_class.value,
        "effect": call.effect.value,
        "price": encode_price(call.price),
    }


def encode_price(price: Price | None) -> PriceRecord | None:
    """Return a list price as its record."""
    if price is None:
        return None
    record: PriceRecord = {
        "list": True,
        "now": str(price.now) if price.now else None,
        "per_month": str(price.per_month) if price.per_month else None,
    }
    if price.at_most:
        record["at_most"] = True
    return record


def encode_origin(origin: Origin) -> OriginRecord:
    """Return a place in a file as its record."""
    return {"file": origin.file, "line": origin.line, "column": origin.column}
