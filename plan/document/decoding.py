"""Decode a document into its plan."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from plan.address import Address, Origin
from plan.budget import Budget, Limit
from plan.call import Call, Effect, OperationClass
from plan.change import FORGET, Closing, Create, Delete, Edit, Instructions, Manual, PlannedChange, Update
from plan.diagnostic import Diagnostic, Severity
from plan.document.asked import decode_request
from plan.document.before_2 import digest_before_format_2
from plan.document.before_2_2 import as_before_2_2
from plan.document.encoding import encode
from plan.document.form import ADDED_SINCE, FORMAT_VERSION, document_digest
from plan.document.money import decode_background, decode_recurrence
from plan.drift import Drift
from plan.errors import DocumentError
from plan.ledger.entry import NO_PREVIOUS
from plan.ledger.facts import OpenIntent
from plan.ledger.position import Position
from plan.money import Money, Price
from plan.plan import Plan
from plan.records.document import PlanDocument
from plan.refusal import Refusal
from plan.values import attributes_from_plain, canonical, value_from_plain

# What somebody else may have written. This module alone looks into it; a name that is missing is an error.
_Undecoded: TypeAlias = Mapping[str, Any]


def decode(document: object) -> Plan:
    """Return the plan of a document: what an apply compares, an approval names and a comment shows.

    Raises:
        DocumentError: it is no plan document, of another format, or was changed after it was written.
    """
    found = _checked_form(document)
    version = str(found["format_version"])
    if version not in ADDED_SINCE:
        raise DocumentError(
            f"the plan document has format {version[:20]!r}; this version accepts {' and '.join(ADDED_SINCE)}",
            fix="plan again with this version of agencyfile",
        )
    plan = _decoded(found)
    for what, is_so in (
        ("a part of it was changed", found.get("document_digest") == document_digest(found)),
        ("what it would do was changed", found.get("digest") == plan.digest),
        ("what it shows is not what it would do", canonical(_encoded_as(version, plan)) == canonical(found)),
    ):
        if not is_so:
            raise DocumentError(
                f"the plan document was changed after it was written: {what}, and its digest differs",
                fix="plan again",
            )
    return plan


def _encoded_as(version: str, plan: Plan) -> Mapping[str, object]:
    """Return the document that a version of agencyfile with that format writes of `plan`."""
    if version == FORMAT_VERSION:
        return encode(plan)
    left_out = ("document_digest", *ADDED_SINCE[version])
    document = {key: value for key, value in as_before_2_2(plan, encode(plan)).items() if key not in left_out}
    document["format_version"] = version
    return {**document, "document_digest": document_digest(document)}


def read_back(document: object) -> PlanDocument:
    """Return the document as it is to be shown, made anew from its plan in today's format.

    A document before format 2.0 keeps its version and its digest: it is shown, and neither applied nor approved.

    Raises:
        DocumentError: as `decode`.
    """
    found = _checked_form(document)
    version = str(found["format_version"])
    if not version.startswith("1."):
        return encode(decode(found))
    plan = _decoded(found)
    if found.get("digest") != digest_before_format_2(plan):
        raise DocumentError("the plan document was changed after it was written: its digest differs", fix="plan again")
    return {**encode(plan), "format_version": version, "digest": found["digest"]}


def _checked_form(document: object) -> _Undecoded:
    if not isinstance(document, Mapping) or "format_version" not in document:
        raise DocumentError("this is not a plan document", fix="make one", id="no-plan-document")
    return document


def _decoded(document: _Undecoded) -> Plan:
    try:
        return _decode(document)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise DocumentError(
            f"the plan document is damaged ({type(error).__name__}: {error})", fix="plan again"
        ) from None


def _decode(document: _Undecoded) -> Plan:
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
        budget=Budget(tuple(map(_decode_limit, document["budget"])), _decode_amount(document.get("max_monthly"))),
        managed={str(kind): int(count) for kind, count in document.get("managed", {}).items()},
        refusals=tuple(
            Refusal(str(item["rule"]), str(item["message"]), str(item["fix"])) for item in document.get("refusals", ())
        ),
        left_out=int(document.get("left_out", 0)),
        drift=tuple(_decode_drift(item) for item in document.get("drift", ())),
        ledger=_decode_position(document.get("ledger", {})),
        background=decode_background(document.get("background")),
        request=decode_request(document.get("request")),
    )


def _decode_position(item: _Undecoded) -> Position:
    identity = item.get("identity")
    return Position(
        int(item.get("serial", 0)), str(item.get("digest", NO_PREVIOUS)), None if identity is None else str(identity)
    )


def _addresses(texts: Sequence[str]) -> tuple[Address, ...]:
    return tuple(Address.parse(text) for text in texts)


def _decode_step(item: _Undecoded) -> PlannedChange:
    address = Address.parse(item["address"])
    return PlannedChange(
        change=_DECODERS[item["change"]["actions"][0]](item, address),
        calls=tuple(_decode_call(call, address) for call in item["calls"]),
        basis=str(item["basis"]),
        after=_addresses(item["depends_on"]),
        recurrence=decode_recurrence(item.get("recurrence")),
    )


def _decode_creation(item: _Undecoded, address: Address) -> Create:
    return Create(
        address=address,
        attributes=attributes_from_plain(item["change"]["after"]),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        price=_decode_price(item["price"]),
        baseline=tuple(str(remote_id) for remote_id in item["baseline"]),
        words=_words(item),
        stated=str(item.get("stated", "")),
    )


def _decode_update(item: _Undecoded, address: Address) -> Update:
    return Update(
        address=address,
        remote_id=item["remote_id"],
        edits=tuple(_decode_edit(edit) for edit in item["edits"]),
        before=attributes_from_plain(item["change"]["before"]),
        attributes=attributes_from_plain(item["change"]["after"]),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        price=_decode_price(item["price"]),
        words=_words(item),
        stated=str(item.get("stated", "")),
    )


def _words(item: _Undecoded) -> tuple[str, ...]:
    return tuple(map(str, item.get("words", ())))


def _decode_removal(item: _Undecoded, address: Address) -> Delete:
    attributes = dict(item["removal"])
    return Delete(
        address=address,
        action=str(attributes.pop("action")),
        attributes=attributes_from_plain(attributes),
        effect=Effect(item["effect"]),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        forgets=_addresses(item.get("forgets", ())),
        remote_id=item["remote_id"],
        words=_words(item),
    )


_DECODERS: Mapping[str, Callable[[_Undecoded, Address], Create | Update | Delete]] = {
    "create": _decode_creation,
    "update": _decode_update,
    "delete": _decode_removal,
    FORGET: _decode_removal,
}


def _decode_manual(item: _Undecoded) -> Manual:
    return Manual(
        address=Address.parse(item["address"]),
        edits=tuple(_decode_edit(edit) for edit in item["edits"]),
        instruction=Instructions(str(item["title"]), str(item["text"])),
        reason=str(item["reason"]),
        origin=_require_origin(item["origin"]),
        topic=str(item.get("topic", "")),
        after=_addresses(item.get("after", ())),
        closes=Closing(item.get("closes", Closing.EVIDENCE)),
        effect=Effect(item["effect"]),
        done=attributes_from_plain(item.get("done", {})),
    )


def _decode_edit(item: _Undecoded) -> Edit:
    return Edit(
        str(item["attribute"]),
        value_from_plain(item["before"]),
        value_from_plain(item["after"]),
        _decode_origin(item["origin"]),
    )


def _decode_call(item: _Undecoded, address: Address) -> Call:
    return Call(
        address=address,
        api=str(item["api"]),
        operation=str(item["operation"]),
        method=str(item["method"]),
        parameters=attributes_from_plain(item["parameters"]),
        operation_class=OperationClass(item["operation_class"]),
        effect=Effect(item["effect"]),
        price=_decode_price(item["price"]),
    )


def _decode_price(item: _Undecoded | None) -> Price | None:
    if item is None:
        return None
    return Price(_decode_amount(item["now"]), _decode_amount(item["per_month"]), at_most=bool(item.get("at_most")))


def _decode_amount(text: str | None) -> Money | None:
    return Money.parse(text) if text else None


def _decode_origin(item: _Undecoded | None) -> Origin | None:
    return Origin(str(item["file"]), int(item["line"]), int(item["column"])) if item else None


def _require_origin(item: _Undecoded | None) -> Origin:
    origin = _decode_origin(item)
    if origin is None:
        raise DocumentError("a change has no origin", fix="plan again")
    return origin


def _decode_diagnostic(item: _Undecoded) -> Diagnostic:
    return Diagnostic(
        rule=str(item["rule"]),
        summary=str(item["summary"]),
        detail=str(item["detail"]),
        fix=str(item["fix"]),
        origin=_decode_origin(item["origin"]),
        address=Address.parse(item["address"]) if item["address"] else None,
        severity=Severity(item["severity"]),
    )


def _decode_drift(item: _Undecoded) -> Drift:
    return Drift(
        Address.parse(item["address"]),
        str(item["attribute"]),
        value_from_plain(item["applied"]),
        value_from_plain(item["live"]),
    )


def _decode_limit(item: _Undecoded) -> Limit:
    return Limit(str(item["name"]), Money.parse(item["most"]), Money.parse(item["spent"]).amount)


def _decode_intent(item: _Undecoded) -> OpenIntent:
    return OpenIntent(
        serial=int(item["serial"]),
        address=Address.parse(item["address"]),
        operation=str(item["operation"]),
        time=str(item["time"]),
        message=str(item["message"]),
    )
