"""Explanations for a person: what a call whose outcome is unknown may have done, and where to look."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from plan.ledger.facts import OpenIntent
from plan.values import Attributes

RESOLD_ACCOUNTS: Final = "partner portal, resold accounts"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One open call, in words for the person who has to look.

    Attributes:
        happened: what may have happened.
        where: the page of the portal, and what to search for there.
        sign: what is seen where it has happened.
        cost: what it takes from a pool, for a call that charges no card.
        is_shown: can reconciliation find it by itself?
        again: how many credits would be granted once more if it is called absent and is not; None for no grant.
    """

    happened: str
    where: str
    sign: str
    cost: str = ""
    is_shown: bool = True
    again: int | None = None


# The words for an open call; the attributes are what the ledger knows was sent for its address before.
Explain = Callable[[OpenIntent, Attributes], Explanation]


def word(intent: OpenIntent, name: str) -> str:
    """A parameter of the call, as a person reads it."""
    return str(intent.parameters.get(name, "?"))


def number(value: object) -> int:
    """A count of the call; 0 where it is none."""
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def clock(intent: OpenIntent) -> str:
    """The minute in which the call was about to be sent."""
    return f"{intent.time[:16].replace('T', ' ')} UTC"
