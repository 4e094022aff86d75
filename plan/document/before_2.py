"""The digest of plan documents before format 2.0: such documents are shown, and neither applied nor approved."""

from plan.call import Call
from plan.plan import Plan
from plan.values import digest, plain


def digest_before_format_2(plan: Plan) -> str:
    """Return the digest that a document of format 1.x holds. It covers effects alone."""
    effects = [
        [str(step.address), step.change.effect.value, step.basis, [_call(call) for call in step.calls]]
        for step in sorted(plan.steps, key=lambda step: step.address)
    ]
    manual = sorted([step.id, step.instruction.text] for step in plan.manual_steps)
    return "pln_" + digest([plan.agency, plan.desired_digest, effects, manual])[:40]


def _call(call: Call) -> list[object]:
    price = [str(call.price.now), str(call.price.per_month)] if call.price else None
    return [call.api, call.operation, plain(call.parameters), call.effect.value, price]
