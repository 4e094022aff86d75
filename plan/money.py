"""Money and list prices: amounts are exact, currencies are never mixed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole units of one ISO 4217 currency."""

    currency: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.amount.quantize(_CENT, rounding=ROUND_HALF_UP)} {self.currency}"

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `49.00 USD` back.

        Raises:
            ValueError: `text` is not an amount, a space and a currency.
        """
        amount, space, currency = text.partition(" ")
        if not (space and currency.isalpha()):
            raise ValueError(f"{text!r} is not money: expected an amount and a currency, as in 49.00 USD")
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"{amount!r} is not an amount")
        return cls(currency, Decimal(amount))


@dataclass(frozen=True, slots=True)
class Price:
    """The charge of one call at list price, before any partner discount (`portal.md` rule 31), and per month.

    `now` is None where the portal does not tell what is charged. `at_most`: the portal does not tell how it settles the
    term that was paid for, so that it may charge less. `per_month` is the difference that the call makes.
    """

    now: Money | None
    per_month: Money | None
    at_most: bool = False

    def __str__(self) -> str:
        if self.now is None:
            return "price not told by the portal"
        return f"at most {self.now}" if self.at_most else str(self.now)


def total(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Return one sum per currency, ordered by currency."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return tuple(Money(currency, sums[currency]) for currency in sorted(sums))
