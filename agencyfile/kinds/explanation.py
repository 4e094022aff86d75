"""Explanations for a person: possible effects of a call whose outcome is unknown, and where to look."""

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
        sign: what a person sees if it has happened.
        cost: what it takes from a pool, for a call that charges no card.
        is_shown: whether reconciliation can find it by itself.
        again: the credits that would be granted twice if it happened but is marked absent; None for no grant.
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
    """Return a parameter of the call, as a person reads it."""
    return str(intent.parameters.get(name, "?"))


def number(value: object) -> int:
    """Return a parameter as a number; 0 if it is none."""
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def clock(intent: OpenIntent) -> str:
    """Return the minute in which the call was about to be sent."""
    return f"{intent.time[:16].replace('T', ' ')} UTC"
