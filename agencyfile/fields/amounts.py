"""Amounts of money and totals of credits, as they are written in the file."""

import re
from decimal import Decimal
from typing import Final

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown
from plan.money import Money

_MONEY: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?) +([A-Z]{3})")
_NEARLY: Final = re.compile(
    r"([0-9]{1,9}(?:\.[0-9]{1,2})?) *([A-Za-z]{3})|([A-Za-z]{3}) *([0-9]{1,9}(?:\.[0-9]{1,2})?)"
)


def needs_currency(value: object) -> object:
    """Refuse a number that stands where an amount of money is expected."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refusal("money", f"{value} has no currency.", "write an amount and its currency, as in 100 USD")
    return value


def parse_money(text: str) -> Money:
    """An amount of at most two decimals, and a currency by its three capital letters (ISO 4217)."""
    found = _MONEY.fullmatch(text)
    if found:
        return Money(found.group(2), Decimal(found.group(1)))
    near = _NEARLY.fullmatch(text.strip())
    fix = ""
    if near:
        amount, currency = near.group(1) or near.group(4), near.group(2) or near.group(3)
        fix = f"write {amount} {currency.upper()}"
    raise refusal("money", f"{shown(text)} is not an amount and a currency of three capital letters.", fix)


def parse_budget(text: str) -> Money:
    """Money that may be spent: more than none."""
    money = parse_money(text)
    if money.amount > 0:
        return money
    raise refusal("budget-amount", f"A budget of {money} lets nothing be bought.")


def parse_total(number: int) -> int:
    """A total of credits ever granted; allocation only adds (`docs/portal.md` rule 71)."""
    if number >= 0:
        return number
    raise refusal("credit-total", f"{number} is below zero: credits are granted, never taken back.")
