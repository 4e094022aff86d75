"""Charges for plans, from their list prices (`docs/portal.md` rules 31, 32, 46)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from plan.call import Effect
from plan.money import Money, Price
from plan.values import Attributes, Value

Plan = Mapping[str, Value]

PRORATED: Final = "prorated"  # in a plan: the price of the change to it, where the portal tells it
FREE_PLAN_ID: Final = "0"  # of accounts that are free for ever, where the portal makes them (section 8, R18)
UNTOLD: Final = Price(None, None)
_MONTHS: Final = {"annual": 12}


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


def _plan(attributes: Attributes) -> Plan | None:
    plan = attributes.get("plan")
    return plan if isinstance(plan, Mapping) else None


def _full_price(plan: Plan) -> Price | None:
    term = _list_price(plan)
    if term is None:
        return UNTOLD
    return Price(term, per_month(plan, term)) if term.amount else None


def _change_price(current: Plan, target: Plan) -> Price | None:
    """Return what the portal tells (`docs/portal.md` section 8, R11), or else the difference of the two list prices.

    A change of billing is always billed, and the portal does not say how it settles the old term. If the new term costs
    less, or the two list prices cannot be compared (another currency, a plan that is no longer listed), the charge is
    the whole new list price: the most that can be charged.
    """
    old, new = _list_price(current), _list_price(target)
    told = target.get(PRORATED)
    if isinstance(told, str):
        return _told_price(Money.parse(told), current, target)
    if new is None:
        return UNTOLD
    if old is None or old.currency != new.currency:
        return _full_price(target)
    difference = Money(new.currency, new.amount - old.amount)
    if difference.amount > 0:
        monthly = per_month(target, new).amount - per_month(current, old).amount
        return Price(difference, Money(new.currency, monthly))
    return _full_price(target) if current.get("billing") != target.get("billing") else None


def _told_price(charge: Money, current: Plan, target: Plan) -> Price | None:
    """Return a charge that the portal tells, with the difference per month of list prices that can be compared."""
    if charge.amount <= 0:
        return None
    old, new = _list_price(current), _list_price(target)
    if old is None or new is None or old.currency != new.currency:
        return Price(charge, None)
    monthly = per_month(target, new).amount - per_month(current, old).amount
    return Price(charge, Money(new.currency, max(monthly, Decimal(0))))


def _list_price(plan: Plan) -> Money | None:
    text = plan.get("list_price")
    return Money.parse(text) if isinstance(text, str) else None


def per_month(plan: Plan, term: Money) -> Money:
    """Return a list price for the whole term as an amount per month."""
    months = _MONTHS.get(str(plan.get("billing")), 1)
    return Money(term.currency, (term.amount / months).quantize(Decimal("0.01"))) if months > 1 else term
