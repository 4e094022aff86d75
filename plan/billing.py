"""Recurring amounts, before and after a change: exact, by currency, at list prices.

Terms of different lengths are compared by the year, where monthly and annual prices are both exact. What a month costs
is the twelfth part of that, rounded half up to the cent, once, where it is shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from plan.money import Money

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Subscription:
    """A recurring charge for one object: `price` at the beginning of each term of so many `months`.

    `plan` names it in a few words. `price` is None where the portal does not tell it. A term of 0 months is billed once
    at most, or never: a trial, a sandbox.
    """

    plan: str
    price: Money | None
    months: int = 1

    @property
    def is_untold(self) -> bool:
        """Is it billed at a price that is not known?"""
        return bool(self.months) and self.price is None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The subscriptions of one object before and after a change; None where nothing is billed."""

    before: Subscription | None
    after: Subscription | None


@dataclass(frozen=True, slots=True)
class Yearly:
    """Amounts of a year, one for each currency, and the number of objects whose price is not told."""

    amounts: Mapping[str, Fraction] = field(default_factory=dict)
    untold: int = 0

    def plus(self, other: "Yearly") -> "Yearly":
        """Return both together."""
        amounts = dict(self.amounts)
        for currency, amount in other.amounts.items():
            amounts[currency] = amounts.get(currency, Fraction(0)) + amount
        return Yearly(amounts, self.untold + other.untold)

    @property
    def per_month(self) -> tuple[Money, ...]:
        """The twelfth part of each amount, rounded half up to the cent."""
        return tuple(_money(currency, amount / _MONTHS) for currency, amount in sorted(self.amounts.items()))

    @property
    def per_year(self) -> tuple[Money, ...]:
        """The amounts themselves."""
        return tuple(_money(currency, amount) for currency, amount in sorted(self.amounts.items()))


@dataclass(frozen=True, slots=True)
class Movement:
    """Amounts before and after, and the signed difference.

    A difference counts as untold where the price before or after it is, unless both are the same. `may_raise` counts
    those among them after which something is billed.
    """

    before: Yearly = field(default_factory=Yearly)
    after: Yearly = field(default_factory=Yearly)
    difference: Yearly = field(default_factory=Yearly)
    may_raise: int = 0

    def beside(self, unchanged: Yearly) -> "Movement":
        """Return the movement together with what stays as it is."""
        return replace(self, before=self.before.plus(unchanged), after=self.after.plus(unchanged))


def yearly(subscriptions: Iterable[Subscription | None]) -> Yearly:
    """Return what is billed for all of them in a year. Currencies in which nothing is billed are left out."""
    amounts: dict[str, Fraction] = {}
    untold = 0
    for subscription, count in Counter(subscriptions).items():
        if subscription is None or not subscription.months:
            continue
        if subscription.price is None:
            untold += count
            continue
        amount = count * _of_a_year(subscription.price, subscription.months)
        amounts[subscription.price.currency] = amounts.get(subscription.price.currency, Fraction(0)) + amount
    return Yearly(_without_nothing(amounts), untold)


def movement(recurrences: Iterable[Recurrence]) -> Movement:
    """Return what some changes make of what is billed."""
    found = tuple(recurrences)
    return _of_one(*found) if len(found) == 1 else _movement(found)


@lru_cache(maxsize=1024)
def _of_one(recurrence: Recurrence) -> Movement:
    """Return what one change makes of it: a plan asks for each, and most are like others."""
    return _movement((recurrence,))


def _movement(found: Sequence[Recurrence]) -> Movement:
    changed = [item for item in found if item.before != item.after]
    may_raise = sum(_is_untold(item) and _is_billed(item.after) for item in changed)
    before, after = yearly(item.before for item in found), yearly(item.after for item in found)
    return Movement(before, after, _difference(changed), may_raise)


def _is_untold(item: Recurrence) -> bool:
    return any(one is not None and one.is_untold for one in (item.before, item.after))


def _is_billed(subscription: Subscription | None) -> bool:
    return subscription is not None and bool(subscription.months)


def _difference(found: Iterable[Recurrence]) -> Yearly:
    amounts: dict[str, Fraction] = {}
    untold = 0
    for item, count in Counter(found).items():
        if _is_untold(item):
            untold += count
            continue
        before, after = yearly([item.before]), yearly([item.after])
        for currency in (*before.amounts, *after.amounts):
            amounts.setdefault(currency, Fraction(0))
        for currency, amount in after.amounts.items():
            amounts[currency] += count * amount
        for currency, amount in before.amounts.items():
            amounts[currency] -= count * amount
    return Yearly(_without_nothing(amounts), untold)


@lru_cache(maxsize=1024)
def _of_a_year(price: Money, months: int) -> Fraction:
    return Fraction(price.amount) * _MONTHS / months


def _without_nothing(amounts: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {currency: amount for currency, amount in amounts.items() if amount}


def _money(currency: str, amount: Fraction) -> Money:
    """Return an amount in whole cents. Half a cent is rounded away from zero."""
    cents, half = divmod(abs(amount) * 100, 1)
    whole = int(cents) + (1 if half >= Fraction(1, 2) else 0)
    return Money(currency, Decimal(whole if amount >= 0 else -whole).scaleb(-2))


def parse_yearly(texts: Iterable[str], untold: int) -> Yearly:
    """Read `per_year` back.

    Raises:
        ValueError: a text is not money.
    """
    amounts = (Money.parse(text) for text in texts)
    return Yearly({money.currency: Fraction(money.amount) for money in amounts}, untold)
