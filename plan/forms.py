"""The parts of a plan as JSON types: what documents and digests are made of."""

from typing import Any

from plan.address import Origin
from plan.call import Call
from plan.change import FORGET, Create, Delete, Edit, Manual, PlannedChange, Update
from plan.diagnostic import Diagnostic
from plan.money import Price
from plan.values import Attributes, Reference, Secret, plain


def encode_diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as JSON types."""
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "fix": diagnostic.fix,
        "origin": encode_origin(diagnostic.origin),
        "address": str(diagnostic.address) if diagnostic.address else None,
    }


def encode_step(step: PlannedChange) -> dict[str, Any]:
    """A change with its calls as JSON types."""
    change = step.change
    update = change if isinstance(change, Update) else None
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "name": change.address.name,
        "change": {
            "actions": [action_of(change)],
            "before": plain(update.before) if update else None,
            "after": None if isinstance(change, Delete) else plain(change.attributes),
            "after_unknown": _mask(change.attributes, Reference),
            "after_sensitive": _mask(change.attributes, Secret),
        },
        "removal": {"action": change.action, **_plain_mapping(change.attributes)}
        if isinstance(change, Delete)
        else None,
        "forgets": [str(address) for address in change.forgets] if isinstance(change, Delete) else [],
        "remote_id": None if isinstance(change, Create) else change.remote_id,
        "edits": [encode_edit(edit) for edit in update.edits] if update else [],
        "baseline": list(change.baseline) if isinstance(change, Create) else [],
        "words": [] if isinstance(change, Delete) else list(change.words),
        "effect": change.effect.value,
        "price": encode_price(change.price),
        "reason": change.reason,
        "origin": encode_origin(change.origin),
        "calls": [encode_call(call) for call in step.calls],
        "depends_on": [str(address) for address in step.after],
        "basis": step.basis,
    }


def action_of(change: Create | Update | Delete) -> str:
    """The verb of a change."""
    match change:
        case Create():
            return "create"
        case Update():
            return "update"
        case Delete():
            return FORGET if change.action == FORGET else "delete"


def _plain_mapping(attributes: Attributes) -> dict[str, Any]:
    return {name: plain(value) for name, value in attributes.items()}


def _mask(attributes: Attributes, marked: type[Reference] | type[Secret]) -> dict[str, Any]:
    return {name: True for name, value in attributes.items() if isinstance(value, marked)}


def encode_manual(manual: Manual) -> dict[str, Any]:
    """A manual step as JSON types."""
    return {
        "id": manual.id,
        "address": str(manual.address),
        "topic": manual.topic,
        "digest": manual.digest,
        "effect": manual.effect.value,
        "closes": manual.closes.value,
        "after": [str(address) for address in manual.after],
        "done": _plain_mapping(manual.done),
        "edits": [encode_edit(edit) for edit in manual.edits],
        "title": manual.instruction.title,
        "text": manual.instruction.text,
        "reason": manual.reason,
        "origin": encode_origin(manual.origin),
    }


def encode_edit(edit: Edit) -> dict[str, Any]:
    """An edit as JSON types."""
    return {
        "attribute": edit.attribute,
        "before": plain(edit.before),
        "after": plain(edit.after),
        "origin": encode_origin(edit.origin),
    }


def encode_call(call: Call) -> dict[str, Any]:
    """A call as JSON types."""
    return {
        "api": call.api,
        "operation": call.operation,
        "method": call.method,
        "parameters": plain(call.parameters),
        "operation_class": call.operation_class.value,
        "effect": call.effect.value,
        "price": encode_price(call.price),
    }


def encode_price(price: Price | None) -> dict[str, Any] | None:
    """A list price as JSON types."""
    if price is None:
        return None
    return {
        "list": True,
        "now": str(price.now) if price.now else None,
        "per_month": str(price.per_month) if price.per_month else None,
    }


def encode_origin(origin: Origin | None) -> dict[str, Any] | None:
    """A place in a file as JSON types."""
    return origin._asdict() if origin else None
