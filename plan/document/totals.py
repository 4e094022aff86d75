"""Compute every number that a renderer shows and that no other part of the document holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from plan.billing import Movement
from plan.budget import Limit, monthly_in
from plan.call import Effect
from plan.change import Create, Delete, Manual, PlannedChange
from plan.diagnostic import Severity
from plan.forms import action_of
from plan.money import Money
from plan.plan import Plan
from plan.records.document import Action, LimitTotalRecord, TotalsRecord

_IRREVERSIBLE: Final = (Effect.BILLED, Effect.PERMANENT, Effect.ONE_SHOT)
_ACTIONS: Final[Sequence[Action]] = ("create", "update", "delete", "forget")


def totals_of(plan: Plan) -> TotalsRecord:
    """Return the totals of `plan`."""
    objects = [step for step in plan.steps if not step.is_guard]
    severities = Counter(found.severity for found in plan.diagnostics)
    drifted = Counter(drift.address for drift in plan.drift)
    return {
        "changes": len(plan.steps),
        "object_changes": len(objects),
        "actions": _actions(plan.steps),
        "kinds": dict(Counter(step.address.kind for step in plan.steps)),
        "objects": _by_kind(objects),
        "settings_changed": sum(map(_settings, plan.steps)),
        "irreversible": _irreversible(plan),
        "manual_one_shot": sum(_is_one_shot(manual) for manual in plan.manual_steps),
        "manual_topics": dict(Counter(manual.topic or manual.address.kind for manual in plan.manual_steps)),
        "unpriced": sum(_is_unpriced(step) for step in plan.steps),
        "diagnostics": len(plan.diagnostics),
        "errors": severities[Severity.ERROR],
        "warnings": severities[Severity.WARNING],
        "blocked": len(plan.blocked),
        "drifted": {str(address): count for address, count in drifted.items()},
        "drifted_objects": len(drifted),
        "budget": [_limit(limit, plan.charges) for limit in plan.budget.limits],
        "max_monthly": _monthly(plan.budget.monthly, plan.movement) if plan.budget.monthly else None,
    }


def _actions(steps: Sequence[PlannedChange]) -> dict[Action, int]:
    counts = Counter(action_of(step.change) for step in steps)
    return {action: counts[action] for action in _ACTIONS if counts[action]}


def _by_kind(steps: Sequence[PlannedChange]) -> dict[str, Mapping[Action, int]]:
    found: dict[str, list[PlannedChange]] = {}
    for step in steps:
        found.setdefault(step.address.kind, []).append(step)
    return {kind: _actions(some) for kind, some in found.items()}


def _settings(step: PlannedChange) -> int:
    """Return how many settings a change of them changes. Settings that are recorded for the first time count as 0."""
    change = step.change
    return 0 if not step.is_guard or isinstance(change, Create | Delete) else len(change.words)


def _irreversible(plan: Plan) -> dict[str, int]:
    effects = Counter(step.change.effect for step in plan.steps)
    effects[Effect.ONE_SHOT] += sum(_is_one_shot(manual) for manual in plan.manual_steps)
    return {effect.value: effects[effect] for effect in _IRREVERSIBLE if effects[effect]}


def _is_one_shot(manual: Manual) -> bool:
    return manual.effect is Effect.ONE_SHOT


def _is_unpriced(step: PlannedChange) -> bool:
    price = step.change.price
    return step.change.effect is Effect.BILLED and (price is None or price.now is None)


def _monthly(most: Money, found: Movement) -> LimitTotalRecord:
    """Compare what recurs in one currency with its limit: what is billed today counts as spent."""
    before = monthly_in(found.before, most.currency)
    difference = monthly_in(found.difference, most.currency)
    others = [money for money in found.difference.per_month if money.currency != most.currency]
    return _limit(Limit("max monthly", most, before.amount), [difference, *others])


def _limit(limit: Limit, charges: Sequence[Money]) -> LimitTotalRecord:
    """Compare one budget with the plan's charges. Charges in another currency cannot be compared."""
    currency, most = limit.most.currency, limit.most.amount
    charged = sum((money.amount for money in charges if money.currency == currency), Decimal(0))
    total = limit.spent + charged
    whole = max(most, total) or Decimal(1)
    return {
        "name": limit.name,
        "most": str(limit.most),
        "spent": str(Money(currency, limit.spent)),
        "charged": str(Money(currency, charged)),
        "total": str(Money(currency, total)),
        "over": str(Money(currency, total - most)) if total > most else None,
        "other_currencies": [str(money) for money in charges if money.currency != currency],
        "spent_percent": f"{limit.spent / whole * 100:.2f}",
        "charged_percent": f"{max(charged, Decimal(0)) / whole * 100:.2f}",
    }
