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
    """A list price before any partner discount (`portal.md` rule 31): what one term costs, and per month.

    `now` is None where the portal does not tell what a term costs.
    """

    now: Money | None
    per_month: Money | None

    def __str__(self) -> str:
        return str(self.now) if self.now else "price not told by the portal"


def total(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Return one sum per currency, ordered by currency."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return tuple(Money(currency, sums[currency]) for currency in sorted(sums))
