"""The words and glyphs of the page: colour is never alone."""

from typing import Final

from agencyfile.cli.render.wording import VERBS
from plan.money import Money
from plan.records.document import ChangeRecord

EFFECTS: Final = ("billed", "one-shot", "permanent", "guard", "reversible", "manual")  # what the style knows
GLYPHS: Final = {"create": "+", "change": "~", "end": "−", "forget": "○"}  # noqa: RUF001 - as wide as the plus
MANUAL: Final = "☐"
OTHER: Final = "›"  # noqa: RUF001 - an action that this version does not know
_LASTING: Final = {
    "one-shot": "can be done once only",
    "permanent": "cannot be undone",
    "guard": "changes what an apply may do",
}


def verb(change: ChangeRecord) -> str:
    """Return the verb for a change, as in the summary."""
    actions = change["change"]["actions"]
    return VERBS.get(actions[0], actions[0])


def charged(change: ChangeRecord) -> str | None:
    """The list price that a change charges at once, where the portal tells it."""
    return change["price"]["now"] if change["price"] else None


def money_of(change: ChangeRecord) -> str | None:
    """Return the amount that a change charges at once; None where nothing is charged."""
    if change["effect"] != "billed":
        return None
    now = charged(change)
    return amount(now) if now else "not told"


def effect_words(change: ChangeRecord) -> str:
    """Return the meaning of the effect for the agency; empty for a reversible one."""
    if change["effect"] == "billed":
        return _charge(change)
    return _LASTING.get(change["effect"], "")


def amount(money: str) -> str:
    """`2,000.00 USD`."""
    return f"{number(money)} {Money.parse(money).currency}"


def number(money: str) -> str:
    """`2,000.00`."""
    return f"{Money.parse(money).amount:,.2f}"


def is_nothing(money: str) -> bool:
    """Is it an amount of 0?"""
    return not Money.parse(money).amount


def _charge(change: ChangeRecord) -> str:
    price, now = change["price"], charged(change)
    if not (price and now):
        return "charges the card; the portal does not tell the price"
    if price.get("at_most"):
        return f"charges at most {amount(now)} now (list price; the portal does not tell how it settles the old term)"
    kind = "list price difference" if "update" in change["change"]["actions"] else "list price"
    return f"charges {amount(now)} now ({kind})"
