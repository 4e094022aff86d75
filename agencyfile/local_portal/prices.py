"""List prices that were changed after the portal was started: plans are sold, charged and shown at these.

The vendor changes its prices without a word; a client that planned with the old ones has to notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agencyfile.local_portal.catalogue import Plan, find_plan, listed_items, make_item, plans
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.shapes import is_currency, parse_number

_TOO_LARGE = 10**9


class BadPrice(ValueError):
    """A price that no plan can be given."""


def price_of(rows: Database, plan: Plan) -> float:
    """Return the list price of a plan as it is now."""
    row = rows.first("SELECT price FROM prices WHERE planid = ?", (plan.planid,))
    return int(row["price"]) if row else plan.price


def currency_of(rows: Database, plan: Plan) -> str:
    """Return the currency that a plan is sold in."""
    row = rows.first("SELECT currency FROM currencies WHERE planid = ?", (plan.planid,))
    return str(row["currency"]) if row else plan.currency


def plan_items(rows: Database) -> Mapping[str, Mapping[str, Any]]:
    """Return ``plans`` of the ``account_plans`` answer (docs/portal.md 1.4)."""
    changed = {
        str(planid): make_item(replace(plans()[planid], price=price)) for planid, price in all_prices(rows).items()
    }
    items = {**listed_items(), **changed}
    sold_in = {str(planid): currency for planid, currency in all_currencies(rows).items()}
    return {**items, **{planid: {**items[planid], "currency": currency} for planid, currency in sold_in.items()}}


def set_prices(rows: Database, value: Any) -> dict[str, int]:
    """Give plans new list prices, in whole US dollars for the whole term, and return all that were ever changed.

    Raises:
        BadPrice: The value is no map from ids of plans to prices.
    """
    if not isinstance(value, Mapping):
        raise BadPrice("Prices are a map from plan ids to whole numbers.")
    for planid, price in value.items():
        plan = find_plan(parse_number(str(planid)))
        if plan is None or plan.is_free:
            raise BadPrice(f"There is no plan {planid!r}.")
        if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price < _TOO_LARGE:
            raise BadPrice(f"The price of plan {planid} must be a whole number, not below 0, and below a billion.")
        rows.run("INSERT OR REPLACE INTO prices VALUES (?, ?)", (plan.planid, price))
    return {str(planid): price for planid, price in all_prices(rows).items()}


def set_currencies(rows: Database, value: Any) -> dict[str, str]:
    """Sell plans in other currencies, at the same numbers, and return all that were ever changed.

    Raises:
        BadPrice: The value is no map from ids of plans to ISO codes.
    """
    if not isinstance(value, Mapping):
        raise BadPrice("Currencies are a map from plan ids to ISO codes.")
    for planid, currency in value.items():
        plan = find_plan(parse_number(str(planid)) or 0)
        if plan is None:
            raise BadPrice(f"There is no plan {planid!r}.")
        if not is_currency(str(currency)):
            raise BadPrice(f"The currency of plan {planid} must be an ISO code.")
        rows.run("INSERT OR REPLACE INTO currencies VALUES (?, ?)", (plan.planid, currency))
    return {str(planid): currency for planid, currency in all_currencies(rows).items()}


def all_currencies(rows: Database) -> dict[int, str]:
    """Return the currencies that were changed, by plan id."""
    found = rows.all("SELECT planid, currency FROM currencies ORDER BY planid")
    return {row["planid"]: row["currency"] for row in found}


def all_prices(rows: Database) -> dict[int, int]:
    """Return the prices that were changed, by plan id."""
    return {row["planid"]: row["price"] for row in rows.all("SELECT planid, price FROM prices ORDER BY planid")}
