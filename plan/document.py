"""The plan document: what `-out` writes, `-json` prints, `show` reads and every renderer draws from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from plan.address import Address, Origin
from plan.budget import Budget, Limit
from plan.call import Call, Effect, OperationClass
from plan.change import FORGET, Closing, Create, Delete, Edit, Instruction, Manual, Step, Update
from plan.diagnostic import Diagnostic, Severity
from plan.drift import Drift
from plan.errors import DocumentError
from plan.ledger.history import OpenIntent
from plan.money import Money, Price
from plan.plan import Plan
from plan.values import Attributes, Reference, Secret, Value, plain, value_from_plain

FORMAT_VERSION: Final = "1.1"  # 1.1 added drift, and what makes manual steps addressable

Document = Mapping[str, Any]


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
        "remote_ids": {str(address): remote_id for address, remote_id in plan.remote_ids.items()},
        "provisioning": [str(address) for address in plan.provisioning],
        "reads": dict(plan.reads),
        "budget": [_encode_limit(limit) for limit in plan.budget.limits],
        "drift": [_encode_drift(drift) for drift in plan.drift],
    }


def decode(document: object) -> Plan:
    """The plan of a document.

    Raises:
        DocumentError: it is no plan document, or of a format that this version does not read.
    """
    if not isinstance(document, Mapping) or "format_version" not in document:
        raise DocumentError("this is not a plan document", fix="make one: agencyfile plan -out plan.json")
    version = str(document["format_version"])
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise DocumentError(
            f"the plan document has format {version}; this version reads format {FORMAT_VERSION}",
            fix="plan again with this version of agencyfile",
        )
    try:
        plan = _decode(document)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DocumentError(
            f"the plan document is damaged ({type(error).__name__}: {error})", fix="plan again"
        ) from None
    if plan.digest != document["digest"]:
        raise DocumentError("the plan document was changed after it was written: its digest differs", fix="plan again")
    return plan


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


def _decode(document: Document) -> Plan:
    return Plan(
        agency=str(document["agency"]),
        desired_digest=str(document["desired_digest"]),
        steps=tuple(_decode_step(item) for item in document["resource_changes"]),
        manual_steps=tuple(_decode_manual(item) for item in document["manual_steps"]),
        diagnostics=tuple(_decode_diagnostic(item) for item in document["diagnostics"]),
        blocked=tuple(_decode_intent(item) for item in document["blocked"]),
        unmanaged=_addresses(document["unmanaged"]),
        remote_ids={Address.parse(key): str(value) for key, value in document["remote_ids"].items()},
        provisioning=_addresses(document["provisioning"]),
        reads={str(name): int(count) for name, count in document["reads"].items()},
        budget=Budget(tuple(_decode_limit(item) for item in document["budget"])),
        drift=tuple(_decode_drift(item) for item in document.get("drift", ())),
    )


def _addresses(texts: Sequence[str]) -> tuple[Address, ...]:
    return tuple(Address.parse(text) for text in texts)


def _decode_step(item: Document) -> Step:
    address = Address.parse(item["address"])
    return Step(
        change=_DECODERS[item["change"]["actions"][0]](item, address),
        calls=tuple(_decode_call(call, address) for call in item["calls"]),
        basis=str(item["basis"]),
        after=_addresses(item["depends_on"]),
    )


def _decode_creation(item: Document, address: Address) -> Create:
    return Create(
        address=address,
        attributes=_attributes(item["change"]["after"]),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        price=_decode_price(item["price"]),
        baseline=tuple(str(remote_id) for remote_id in item["baseline"]),
    )


def _decode_update(item: Document, address: Address) -> Update:
    return Update(
        address=address,
        remote_id=item["remote_id"],
        edits=tuple(_decode_edit(edit) for edit in item["edits"]),
        before=_attributes(item["change"]["before"]),
        attributes=_attributes(item["change"]["after"]),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        price=_decode_price(item["price"]),
    )


def _decode_removal(item: Document, address: Address) -> Delete:
    attributes = dict(item["removal"])
    return Delete(
        address=address,
        action=str(attributes.pop("action")),
        attributes=_attributes(attributes),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        forgets=_addresses(item.get("forgets", ())),
        remote_id=item["remote_id"],
    )


_DECODERS: Mapping[str, Callable[[Document, Address], Create | Update | Delete]] = {
    "create": _decode_creation,
    "update": _decode_update,
    "delete": _decode_removal,
    FORGET: _decode_removal,
}


def _decode_manual(item: Document) -> Manual:
    return Manual(
        address=Address.parse(item["address"]),
        edits=tuple(_decode_edit(edit) for edit in item["edits"]),
        instruction=Instruction(str(item["title"]), str(item["text"])),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        topic=str(item.get("topic", "")),
        after=_addresses(item.get("after", ())),
        closes=Closing(item.get("closes", Closing.EVIDENCE)),
        effect=Effect(item["effect"]),
        done=_attributes(item.get("done", {})),
    )


def _decode_edit(item: Document) -> Edit:
    return Edit(
        str(item["attribute"]),
        value_from_plain(item["before"]),
        value_from_plain(item["after"]),
        _decode_origin(item["origin"]),
    )


def _decode_call(item: Document, address: Address) -> Call:
    return Call(
        address=address,
        api=str(item["api"]),
        operation=str(item["operation"]),
        method=str(item["method"]),
        parameters=_attributes(item["parameters"]),
        operation_class=OperationClass(item["operation_class"]),
        effect=Effect(item["effect"]),
        price=_decode_price(item["price"]),
    )


def _decode_price(item: Document | None) -> Price | None:
    if item is None:
        return None
    now, per_month = item["now"], item["per_month"]
    return Price(Money.parse(now) if now else None, Money.parse(per_month) if per_month else None)


def _decode_origin(item: Document | None) -> Origin | None:
    return Origin(str(item["file"]), int(item["line"]), int(item["column"])) if item else None


def _require_origin(item: Document | None) -> Origin:
    origin = _decode_origin(item)
    if origin is None:
        raise DocumentError("a change has no origin", fix="plan again")
    return origin


def _decode_diagnostic(item: Document) -> Diagnostic:
    return Diagnostic(
        rule=str(item["rule"]),
        summary=str(item["summary"]),
        detail=str(item["detail"]),
        fix=str(item["fix"]),
        origin=_decode_origin(item["origin"]),
        address=Address.parse(item["address"]) if item["address"] else None,
        severity=Severity(item["severity"]),
    )


def _encode_drift(drift: Drift) -> dict[str, Any]:
    return {
        "address": str(drift.address),
        "attribute": drift.attribute,
        "applied": plain(drift.applied),
        "live": plain(drift.live),
    }


def _decode_drift(item: Document) -> Drift:
    return Drift(
        Address.parse(item["address"]),
        str(item["attribute"]),
        value_from_plain(item["applied"]),
        value_from_plain(item["live"]),
    )


def _encode_limit(limit: Limit) -> dict[str, Any]:
    return {"name": limit.name, "most": str(limit.most), "spent": str(Money(limit.most.currency, limit.spent))}


def _decode_limit(item: Document) -> Limit:
    return Limit(str(item["name"]), Money.parse(item["most"]), Money.parse(item["spent"]).amount)


def _decode_intent(item: Document) -> OpenIntent:
    return OpenIntent(
        serial=int(item["serial"]),
        address=Address.parse(item["address"]),
        operation=str(item["operation"]),
        time=str(item["time"]),
        message=str(item["message"]),
    )


def _attributes(item: object) -> Attributes:
    value: Value = value_from_plain(item)
    if not isinstance(value, Mapping):
        raise DocumentError("attributes are not a mapping", fix="plan again")
    return value
