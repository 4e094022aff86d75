"""Encode a plan as its document."""

from plan.budget import Limit
from plan.call import Effect
from plan.change import FORGET, Update
from plan.document.asked import encode_request
from plan.document.form import FORMAT_VERSION, document_digest
from plan.document.money import encode_background, money_of
from plan.document.rows import review_of, rows_of
from plan.document.totals import totals_of
from plan.drift import Drift
from plan.forms import action_of, encode_diagnostic, encode_manual, encode_step
from plan.ledger.facts import OpenIntent
from plan.money import Money
from plan.plan import Plan
from plan.records.document import DriftRecord, LimitRecord, OpenCallRecord, PlanDocument, SummaryRecord
from plan.values import plain


def encode(plan: Plan) -> PlanDocument:
    """Return the document of `plan`: JSON types only, the same bytes for the same plan."""
    rows = rows_of(plan)
    document: PlanDocument = {
        "format_version": FORMAT_VERSION,
        "agency": plan.agency,
        "ledger": {"serial": plan.ledger.serial, "digest": plan.ledger.digest, "identity": plan.ledger.identity},
        "digest": plan.digest,
        "document_digest": "",
        "desired_digest": plan.desired_digest,
        "applicable": plan.is_applicable,
        "summary": _summary(plan),
        "totals": totals_of(plan),
        "resource_changes": [encode_step(step) for step in plan.steps],
        "manual_steps": [encode_manual(manual) for manual in plan.manual_steps],
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
        "max_monthly": str(plan.budget.monthly) if plan.budget.monthly else None,
        "money": money_of(plan),
        "rows": rows,
        "review": review_of(plan, rows),
        "background": encode_background(plan.background) if plan.background else None,
        "request": encode_request(plan.request) if plan.request else None,
    }
    return {**document, "document_digest": document_digest(document)}


def _summary(plan: Plan) -> SummaryRecord:
    return {
        "create": plan.creations,
        "settings": sum(step.is_guard for step in plan.steps),
        "update": sum(isinstance(step.change, Update) and not step.is_guard for step in plan.steps),
        "delete": sum(action_of(step.change) == "delete" for step in plan.steps),
        "forget": sum(action_of(step.change) == FORGET for step in plan.steps),
        "manual": len(plan.manual_steps),
        "unmanaged": len(plan.unmanaged),
        "drift": len(plan.drift),
        "reads": sum(plan.reads.values()),
        "writes": sum(call.is_write for call in plan.calls),
        "effects": {effect.value: plan.effects[effect] for effect in Effect if effect in plan.effects},
        "charges_now": [str(money) for money in plan.charges],
        "per_month": [str(money) for money in plan.movement.difference.per_month],
    }


def _encode_intent(intent: OpenIntent) -> OpenCallRecord:
    return {
        "serial": intent.serial,
        "address": str(intent.address),
        "operation": intent.operation,
        "time": intent.time,
        "message": intent.message,
    }


def encode_drift(drift: Drift) -> DriftRecord:
    """Return an attribute that drifted as its record."""
    return {
        "address": str(drift.address),
        "attribute": drift.attribute,
        "applied": plain(drift.applied),
        "live": plain(drift.live),
    }


def _encode_limit(limit: Limit) -> LimitRecord:
    return {"name": limit.name, "most": str(limit.most), "spent": str(Money(limit.most.currency, limit.spent))}
