"""Charges for plans, and what plans cost term after term, by their list prices (`docs/portal.md` rules 31, 32, 46)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from agencyfile.kinds.catalogue import NON_RECURRING
from plan.billing import Subscription
from plan.call import Effect
from plan.money import Money, Price
from plan.values import Attributes, Value

Plan = Mapping[str, Value]

PRORATED: Final = "prorated"  # in a plan: the price of the change to it, where the portal tells it
FREE_PLAN_ID: Final = "0"  # of accounts that are free for ever, where the portal makes them (section 8, R18)
UNTOLD: Final = Price(None, None)
_MONTHS: Final = {"monthly": 1, "annual": 12}


def plan_effect(before: Attributes | None, after: Attributes) -> Effect:
    """Return billed if there is a `plan_price`, reversible if nothing is charged."""
    return Effect.BILLED if plan_price(before, after) else Effect.REVERSIBLE


def plan_price(before: Attributes | None, after: Attributes) -> Price | None:
    """Return the immediate charge for creating (`before` is None) or editing, at list price; None for no charge.

    A price that the portal does not report counts as a charge of unknown size. Lowering a plan within its
    billing charges nothing.
    """
    target = _plan(after)
    if target is None or is_free(target):
        return None
    if before is None:
        return _full_price(target)
    current = _plan(before)
    if current is not None and current.get("id") == target.get("id"):
        return None
    return _full_price(target) if current is None else _change_price(current, target)


def is_free(plan: Value) -> bool:
    """Return whether a plan is the one that is free for ever. No list of plans shows it."""
    return isinstance(plan, Mapping) and plan.get("id") == FREE_PLAN_ID


def plan_subscription(attributes: Attributes) -> Subscription | None:
    """Return what the plan costs term after term. An account that is disabled is billed all the same (rule 47)."""
    plan = _plan(attributes)
    if plan is None or is_free(plan):
        return None
    months = 0 if plan.get("tier") in NON_RECURRING else _MONTHS.get(str(plan.get("billing")))
    return Subscription(
        _plan_words(plan), _list_price(plan) if months is not None else None, 1 if months is None else months
    )


def _plan_words(plan: Plan) -> str:
    """Return the plan as it is written in `portal.plan_ids`, or its number where its terms are not known."""
    parts = [str(plan[word]) for word in ("tier", "billing", "contacts") if word in plan]
    return "/".join(parts) or f"plan {plan.get('id')}"


def _plan(attributes: Attributes) -> Plan | None:
    plan = attributes.get("plan")
    return plan if isinstance(plan, Mapping) else None


def _full_price(plan: Plan) -> Price | None:
    term = _list_price(plan)
    if term is None:
        return UNTOLD
    return Price(term, per_month(plan, term)) if term.amount else None


def _change_price(current: Plan, target: Plan) -> Price | None:
    """Return what the portal tells (`docs/portal.md` section 8, R11), or else what the two list prices come to.

    That is their difference within one billing, and the whole new price otherwise.

    A change of billing begins a new term, and the portal does not say how it settles the old one. Neither can two list
    prices be compared in two currencies, or where the old plan is no longer listed. A refund is never assumed, so the
    whole new list price is charged at most.
    """
    old, new = _list_price(current), _list_price(target)
    told = target.get(PRORATED)
    if isinstance(told, str):
        charge = Money.parse(told)
        return Price(charge, _monthly_difference(current, target)) if charge.amount > 0 else None
    if new is None:
        return UNTOLD
    if not new.amount:
        return None
    is_same_term = current.get("billing") == target.get("billing")
    if old is not None and old.currency == new.currency and (is_same_term or not old.amount):
        difference = Money(new.currency, new.amount - old.amount)
        return Price(difference, _monthly_difference(current, target)) if difference.amount > 0 else None
    return Price(new, _monthly_difference(current, target), at_most=True)


def _monthly_difference(current: Plan, target: Plan) -> Money | None:
    """Return what the new plan costs more per month; None where the two cannot be compared."""
    old, new = _list_price(current), _list_price(target)
    if old is None or new is None or old.currency != new.currency:
        return None
    return Money(new.currency, per_month(target, new).amount - per_month(current, old).amount)


def _list_price(plan: Plan) -> Money | None:
    text = plan.get("list_price")
    return Money.parse(text) if isinstance(text, str) else None


def per_month(plan: Plan, term: Money) -> Money:
    """Return a list price for the whole term as an amount per month."""
    months = _MONTHS.get(str(plan.get("billing")), 1)
    return Money(term.currency, (term.amount / months).quantize(Decimal("0.01"))) if months > 1 else term
