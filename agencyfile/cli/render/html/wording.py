"""The words and glyphs of the page: colour is never alone."""

from typing import Final

from agencyfile.cli.render.wording import VERBS, Document
from plan.money import Money

EFFECTS: Final = ("billed", "one-shot", "permanent", "guard", "reversible", "manual")  # what the style knows
GLYPHS: Final = {"create": "+", "change": "~", "end": "−", "forget": "○"}  # noqa: RUF001 - as wide as the plus
MANUAL: Final = "☐"
OTHER: Final = "›"  # noqa: RUF001 - an action that this version does not know
_LASTING: Final = {
    "one-shot": "can be done once only",
    "permanent": "cannot be undone",
    "guard": "changes what an apply may do",
}


def verb(change: Document) -> str:
    """What is done, in the verdict's word. Where something is ended and made anew, ending it is what counts."""
    actions = change["change"]["actions"]
    action = "delete" if "delete" in actions else str(actions[0])
    return VERBS.get(action, action)


def has_price(change: Document) -> bool:
    """Does the portal tell what this change charges?"""
    return bool(change["price"] and change["price"]["now"])


def money_of(change: Document) -> str | None:
    """What a change charges at once; None where nothing is charged."""
    if change["effect"] != "billed":
        return None
    return amount(change["price"]["now"]) if has_price(change) else "not told"


def effect_words(change: Document) -> str:
    """What the effect means for the agency; nothing for what can be undone."""
    if change["effect"] == "billed":
        return _charge(change)
    return _LASTING.get(change["effect"], "")


def amount(money: Money | str) -> str:
    """`2,000.00 USD`."""
    found = Money.parse(money) if isinstance(money, str) else money
    return f"{found.amount:,.2f} {found.currency}"


def _charge(change: Document) -> str:
    if not has_price(change):
        return "charges the card; the portal does not tell the price"
    price = change["price"]
    kind = "list price difference" if "update" in change["change"]["actions"] else "list price"
    monthly = f", {amount(price['per_month'])} per month" if price["per_month"] else ""
    return f"charges {amount(price['now'])} now{monthly} ({kind})"
