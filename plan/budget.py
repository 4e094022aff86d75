"""Budgets: how much may be charged, in one currency, at list prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from plan.billing import Movement, Yearly
from plan.ledger.history import History
from plan.money import Money, Price


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its name, the amount that it allows, and the amount that is spent already."""

    name: str
    most: Money
    spent: Decimal = Decimal(0)

    @property
    def left(self) -> Money:
        """The amount that it still allows."""
        return Money(self.most.currency, self.most.amount - self.spent)


@dataclass(frozen=True, slots=True)
class Budget:
    """Every limit that holds for an apply. Without any, everything is allowed.

    `limits` are held against charges, `monthly` against what the portal bills per month after an apply.
    """

    limits: tuple[Limit, ...] = ()
    monthly: Money | None = None

    @classmethod
    def of(
        cls,
        *,
        per_apply: Money | None,
        per_month: Money | None,
        history: History,
        now: datetime,
        max_monthly: Money | None = None,
        others: Mapping[str, Money] | None = None,
    ) -> "Budget":
        """Return the limits of the agency file, with this month's charges from the ledger, and `others` by name.

        A charge whose outcome is unknown counts as made; months are UTC.
        """
        spent = spent_in_month(history, per_month.currency, now) if per_month else Decimal(0)
        named = (
            ("per apply", per_apply, Decimal(0)),
            ("per month", per_month, spent),
            *((name, limit, Decimal(0)) for name, limit in (others or {}).items()),
        )
        return cls(tuple(Limit(name, limit, used) for name, limit, used in named if limit), max_monthly)

    def refuses(self, charges: Iterable[Price | None]) -> str | None:
        """Return why these charges together are too much; None when they are not.

        A charge whose price is not told, or is in another currency than a limit, cannot be shown to fit: it is refused.
        """
        prices = list(charges)
        return next((reason for limit in self.limits if (reason := _exceeds(limit, prices))), None) if prices else None

    def refuses_monthly(self, found: Movement) -> str | None:
        """Return why what recurs after an apply is too much; None when it is not.

        An apply that raises nothing is never refused: a limit that is exceeded already must not stand in the way of
        less. What the portal does not tell is not counted, but a change that adds some of it is refused.
        """
        if self.monthly is None:
            return None
        most, difference = self.monthly, found.difference
        raised = {currency for currency, amount in difference.amounts.items() if amount > 0}
        if found.may_raise:
            return "a change whose price per month the portal does not tell cannot be held against max_monthly"
        if foreign := sorted(raised - {most.currency}):
            return f"a change in {foreign[0]} cannot be held against max_monthly in {most.currency}"
        after = monthly_in(found.after, most.currency)
        if most.currency not in raised or after.amount <= most.amount:
            return None
        return f"{after} a month after the apply is over max_monthly: {most} may be billed"


def monthly_in(found: Yearly, currency: str) -> Money:
    """Return what is billed per month in one currency."""
    return next((money for money in found.per_month if money.currency == currency), Money(currency, Decimal(0)))


def spent_in_month(history: History, currency: str, now: datetime) -> Decimal:
    """Return what was charged in the month of `now` in one currency, with what may have been charged."""
    month = now.strftime("%Y-%m")
    charged = [charge.amount for charge in history.charges if charge.time.startswith(month)]
    perhaps = [intent.price for intent in history.open_intents.values() if intent.price]
    return sum((money.amount for money in (*charged, *perhaps) if money.currency == currency), Decimal(0))


def _exceeds(limit: Limit, prices: list[Price | None]) -> str | None:
    total = Decimal(0)
    for price in prices:
        if price is None or price.now is None:
            return f"a charge whose price the portal does not tell cannot be held against the budget {limit.name}"
        if price.now.currency != limit.most.currency:
            return f"a charge in {price.now.currency} cannot be held against a budget in {limit.most.currency}"
        total += price.now.amount
    if total <= limit.left.amount:
        return None
    return f"{Money(limit.most.currency, total)} is over the budget {limit.name}: {limit.left} of {limit.most} are left"
