"""The charge of a billed call now, from a catalogue that is at most a few seconds old."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from agencyfile.kinds.catalogue import Catalogue, Offer
from agencyfile.kinds.price import per_month, plan_price
from plan.call import Call
from plan.money import Money, Price

FRESH: Final = 10.0  # seconds for which one answer of `account_plans` counts as now

Clock = Callable[[], float]


class Quotes:
    """Quotes billed calls; the portal is asked at most once in `FRESH` seconds.

    Args:
        read: reads the catalogue anew.
        clock: seconds, monotonic.
    """

    def __init__(self, read: Callable[[], Catalogue], clock: Clock = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._kept: tuple[float, Catalogue] | None = None

    def quote(self, call: Call, planned: Catalogue | None) -> Price | None:
        """Return the price of `call` now; None if the portal no longer reports it. `planned` is the price in the plan.

        An edit is charged by the difference of two plans (`docs/portal.md` rule 46), and a call names only the new one.
        So its price changes by the change of the new plan's list price. If that is not known, the price is the whole
        list price, the most that can be charged.
        """
        plan_id = call.parameters.get("plan")
        if plan_id is None:
            return call.price
        now = self._catalogue().offer(str(plan_id))
        if now is None:
            return None
        if now.list_price is None:
            return call.price if call.price and call.price.now is None else None  # as untold as it was
        before = planned.offer(str(plan_id)) if planned and not call.is_create else None
        return _moved(call.price, before, now, now.list_price)

    def _catalogue(self) -> Catalogue:
        moment = self._clock()
        if self._kept is None or not 0 <= moment - self._kept[0] <= FRESH:
            self._kept = (moment, self._read())
        return self._kept[1]


def _moved(price: Price | None, before: Offer | None, now: Offer, list_price: Money) -> Price:
    """Return the planned price, changed by the difference between the two offers."""
    old = before.list_price if before else None
    if price is None or price.now is None or old is None or old.currency != list_price.currency:
        return _whole(now, list_price)
    change = Money(list_price.currency, list_price.amount - old.amount)
    if not change.amount:
        return price
    monthly = price.per_month and _sum(price.per_month, per_month(now.normal_form, change))
    return Price(_sum(price.now, change), monthly)


def _whole(offer: Offer, list_price: Money) -> Price:
    """Return the list price of a new term, also for a plan that has become free."""
    nothing = Money(list_price.currency, Decimal(0))
    return plan_price(None, {"plan": offer.normal_form}) or Price(nothing, nothing)


def _sum(price: Money, change: Money) -> Money:
    return Money(price.currency, max(price.amount + change.amount, Decimal(0)))
