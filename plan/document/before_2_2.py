"""Documents before format 2.2: what they hold per month is what their charges add, without any reduction."""

from collections.abc import Mapping
from typing import cast

from plan.call import Effect
from plan.money import total
from plan.plan import Plan
from plan.records.document import PlanDocument


def as_before_2_2(plan: Plan, document: PlanDocument) -> Mapping[str, object]:
    """Return the document with `per_month` and `totals` as versions before format 2.2 wrote them."""
    prices = (call.price for call in plan.calls if call.effect is Effect.BILLED)
    monthly = total(price.per_month for price in prices if price and price.per_month)
    totals = {key: value for key, value in document["totals"].items() if key != "max_monthly"}
    summary = {**document["summary"], "per_month": [str(money) for money in monthly]}
    return {**cast(Mapping[str, object], document), "summary": summary, "totals": totals}
