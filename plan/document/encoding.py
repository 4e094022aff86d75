"""A plan as its document."""

from typing import Any

from plan.address import Origin
from plan.budget import Limit
from plan.call import Call, Effect
from plan.change import FORGET, Create, Delete, Edit, Manual, Step, Update
from plan.diagnostic import Diagnostic
from plan.document.form import FORMAT_VERSION
from plan.drift import Drift
from plan.ledger.history import OpenIntent
from plan.money import Money, Price
from plan.plan import Plan
from plan.values import Attributes, Reference, Secret, plain


def encode(plan: Plan) -> dict[str, Any]:
    """The document of `plan`: JSON types only, the same bytes for the same plan."""
    return {
        "format_version": FORMAT_VERSION,
        "agency": plan.agency,
        "digest": plan.digest,
        "desired_digest": plan.desired_digest,
        "applicable": plan.is_applicable,
        "summary": _summary(plan),
        "resource_changes": [_encode_step(step) for step in plan.steps],
        "manual_steps": [_encode_manual(manual) for manual in plan.manual_steps],
        "diagnostics": [encode_diagnostic(found) for found in plan.diagnostics],
        "blocked": [_encode_intent(intent) for intent in plan.blocked],
        "unmanaged": [str(address) for address in plan.unmanaged],
        "managed": dict(sorted(plan.managed.items())),
        "remote_ids": {str(address): remote_id for address, remote_id in plan.remote_ids.items()},
        "provisioning": [str(address) for address in plan.provisioning],
        "reads": dict(plan.reads),
        "budget": [_encode_limit(limit) for limit in plan.budget.limits],
        "left_out": plan.left_out,
        "refusals": [{"rule": item.rule, "message": item.message, "fix": item.fix} for item in plan.refusals],
        "drift": [encode_drift(drift) for drift in plan.drift],
    }


def encode_diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as JSON types."""
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "fix": diagnostic.fix,
        "origin": _encode_origin(diagnostic.origin),
        "address": str(diagnostic.address) if diagnostic.address else None,
    }


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "create": plan.creations,
        "update": sum(isinstance(step.change, Update) for step in plan.steps),
        "delete": sum(_action(step.change) == "delete" for step in plan.steps),
        "forget": sum(_action(step.change) == FORGET for step in plan.steps),
        "manual": len(plan.manual_steps),
        "unmanaged": len(plan.unmanaged),
        "drift": len(plan.drift),
        "reads": sum(plan.reads.values()),
        "writes": len(plan.calls),
        "effects": {effect.value: plan.effects[effect] for effect in Effect if effect in plan.effects},
        "charges_now": [str(money) for money in plan.charges],
        "per_month": [str(money) for money in plan.monthly],
    }


def _encode_step(step: Step) -> dict[str, Any]:
    change = step.change
    update = change if isinstance(change, Update) else None
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "name": change.address.name,
        "change": {
            "actions": [_action(change)],
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
        "edits": [_encode_edit(edit) for edit in update.edits] if update else [],
        "baseline": list(change.baseline) if isinstance(change, Create) else [],
        "effect": change.effect.value,
        "price": _encode_price(change.price),
        "reason": change.reason,
        "origin": _encode_origin(change.origin),
        "calls": [_encode_call(call) for call in step.calls],
        "depends_on": [str(address) for address in step.after],
        "basis": step.basis,
    }


def _action(change: Create | Update | Delete) -> str:
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


def _encode_manual(manual: Manual) -> dict[str, Any]:
    return {
        "id": manual.id,
        "address": str(manual.address),
        "topic": manual.topic,
        "digest": manual.digest,
        "effect": manual.effect.value,
        "closes": manual.closes.value,
        "after": [str(address) for address in manual.after],
        "done": _plain_mapping(manual.done),
        "edits": [_encode_edit(edit) for edit in manual.edits],
        "title": manual.instruction.title,
        "text": manual.instruction.text,
        "reason": manual.reason,
        "origin": _encode_origin(manual.origin),
    }


def _encode_edit(edit: Edit) -> dict[str, Any]:
    return {
        "attribute": edit.attribute,
        "before": plain(edit.before),
        "after": plain(edit.after),
        "origin": _encode_origin(edit.origin),
    }


def _encode_call(call: Call) -> dict[str, Any]:
    return {
        "api": call.api,
        "operation": call.operation,
        "method": call.method,
        "parameters": plain(call.parameters),
        "operation_class": call.operation_class.value,
        "effect": call.effect.value,
        "price": _encode_price(call.price),
    }


def _encode_price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "list": True,
        "now": str(price.now) if price.now else None,
        "per_month": str(price.per_month) if price.per_month else None,
    }


def _encode_origin(origin: Origin | None) -> dict[str, Any] | None:
    return origin._asdict() if origin else None


def _encode_intent(intent: OpenIntent) -> dict[str, Any]:
    return {
        "serial": intent.serial,
        "address": str(intent.address),
        "operation": intent.operation,
        "time": intent.time,
        "message": intent.message,
    }


def encode_drift(drift: Drift) -> dict[str, Any]:
    """One attribute that drifted, as JSON types."""
    return {
        "address": str(drift.address),
        "attribute": drift.attribute,
        "applied": plain(drift.applied),
        "live": plain(drift.live),
    }


def _encode_limit(limit: Limit) -> dict[str, Any]:
    return {"name": limit.name, "most": str(limit.most), "spent": str(Money(limit.most.currency, limit.spent))}
