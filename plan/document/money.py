"""Encode and decode what a plan costs. The figures themselves are made in `plan.billing`."""

from collections.abc import Iterable, Mapping
from typing import Any

from plan.address import Address
from plan.background import Background
from plan.billing import Movement, Recurrence, Subscription, Yearly, movement, parse_yearly, yearly
from plan.call import Call, Effect
from plan.change import PlannedChange
from plan.forms import encode_subscription
from plan.money import Money, total
from plan.plan import Plan
from plan.records.money import (
    BackgroundRecord,
    BilledRecord,
    ChargeRecord,
    CostRecord,
    MovementRecord,
    UnmanagedBilledRecord,
)


def money_of(plan: Plan) -> CostRecord:
    """Return what an apply of the plan charges, and what recurs before and after it."""
    background = plan.background or Background()
    unmanaged, gone = background.unmanaged, left_of(plan)
    return {
        "now": charge_of(plan.calls),
        "recurring": encode_movement(plan.movement),
        "is_complete": plan.background is not None,
        "unmanaged": encode_yearly(yearly(unmanaged.values())),
        "unmanaged_objects": len(unmanaged),
        "left": encode_yearly(yearly(unmanaged[address] for address in gone)),
        "left_objects": len(gone),
    }


def left_of(plan: Plan) -> list[Address]:
    """Return the objects that are billed and whose block has left the file, by the ledger or since the base."""
    background = plan.background or Background()
    asked = frozenset(plan.request.left) if plan.request else frozenset()
    return [address for address in background.unmanaged if address in background.left or address in asked]


def charge_of(calls: Iterable[Call]) -> ChargeRecord:
    """Return what the card is charged for calls."""
    prices = [call.price for call in calls if call.effect is Effect.BILLED]
    told = [price for price in prices if price and price.now]
    return {
        "amounts": [str(money) for money in total(price.now for price in told if price.now)],
        "untold": len(prices) - len(told),
        "at_most": any(price.at_most for price in told),
    }


def recurring_of(steps: Iterable[PlannedChange]) -> MovementRecord:
    """Return what recurs for the objects of some changes."""
    return encode_movement(movement(step.recurrence for step in steps if step.recurrence))


def encode_movement(found: Movement) -> MovementRecord:
    """Return a movement as its record."""
    return {
        "before": encode_yearly(found.before),
        "after": encode_yearly(found.after),
        "difference": encode_yearly(found.difference),
    }


def encode_yearly(found: Yearly) -> BilledRecord:
    """Return amounts as their record."""
    return {
        "per_month": [str(money) for money in found.per_month],
        "per_year": [str(money) for money in found.per_year],
        "untold": found.untold,
    }


def encode_background(found: Background) -> BackgroundRecord:
    """Return a background as its record. What left since a base alone stands in the request."""
    return {
        "standing": {
            "per_year": [str(money) for money in found.standing.per_year],
            "untold": found.standing.untold,
        },
        "unmanaged": [_unmanaged(found, address) for address in found.unmanaged],
        "owners": _texts(found.owners),
        "sources": _texts(found.sources),
        "clients": {str(address): name for address, name in found.clients.items()},
        "paid_until": {str(address): day for address, day in found.paid_until.items()},
    }


def _unmanaged(found: Background, address: Address) -> UnmanagedBilledRecord:
    subscription = found.unmanaged[address]
    return {
        "address": str(address),
        "client": found.clients.get(address, ""),
        "subscription": encode_subscription(subscription),
        "recurring": encode_yearly(yearly([subscription])),
        "left": address in found.left,
    }


def _texts(found: Mapping[Address, Address]) -> dict[str, str]:
    return {str(address): str(other) for address, other in found.items()}


def decode_background(item: Mapping[str, Any] | None) -> Background | None:
    """Read a background back.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if item is None:
        return None
    unmanaged = item["unmanaged"]
    return Background(
        standing=parse_yearly(item["standing"]["per_year"], int(item["standing"]["untold"])),
        unmanaged={Address.parse(one["address"]): decode_subscription(one["subscription"]) for one in unmanaged},
        left=frozenset(Address.parse(one["address"]) for one in unmanaged if one["left"]),
        owners=_addresses(item["owners"]),
        sources=_addresses(item["sources"]),
        clients={Address.parse(key): str(name) for key, name in item["clients"].items()},
        paid_until={Address.parse(key): str(day) for key, day in item["paid_until"].items()},
    )


def _addresses(item: Mapping[str, str]) -> dict[Address, Address]:
    return {Address.parse(key): Address.parse(value) for key, value in item.items()}


def decode_recurrence(item: Mapping[str, Any] | None) -> Recurrence | None:
    """Read what recurs for one object back.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if item is None:
        return None
    before, after = item["before"], item["after"]
    return Recurrence(
        decode_subscription(before) if before is not None else None,
        decode_subscription(after) if after is not None else None,
    )


def decode_subscription(item: Mapping[str, Any]) -> Subscription:
    """Read a subscription back.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    price = item["price"]
    return Subscription(str(item["plan"]), None if price is None else Money.parse(price), int(item["months"]))
