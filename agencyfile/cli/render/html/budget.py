"""What a plan charges, held against its budgets."""

from collections.abc import Iterator
from decimal import Decimal

from agencyfile.cli.render.html.markup import Markup, element, join
from agencyfile.cli.render.html.wording import amount
from agencyfile.cli.render.wording import Document
from plan.money import Money


def render_budget(document: Document) -> Markup | None:
    """One line with a bar for each limit; nothing where nothing is charged or limited."""
    charges = [Money.parse(text) for text in document["summary"]["charges_now"]]
    if not document["budget"] or not document["summary"]["effects"].get("billed"):
        return None
    return element("ul", *(element("li", *_limit(limit, charges)) for limit in document["budget"]), class_="budget")


def _limit(limit: Document, charges: list[Money]) -> Iterator[Markup]:
    most, spent = Money.parse(limit["most"]), Money.parse(limit["spent"])
    now = sum((money.amount for money in charges if money.currency == most.currency), Decimal(0))
    over = spent.amount + now - most.amount
    yield _bar(spent.amount, now, most.amount)
    yield element("span", *_words(most, spent, now), f" {limit['name']}")
    others = [money for money in charges if money.currency != most.currency]
    if others:
        yield _warning(f"{' + '.join(map(amount, others))} cannot be held against it: an apply refuses this")
    if over > 0:
        yield _warning(f"over by {amount(Money(most.currency, over))}: an apply refuses this")


def _words(most: Money, spent: Money, now: Decimal) -> Iterator[Markup]:
    if spent.amount:
        yield join([f"{spent.amount:,.2f} spent + "])
    yield element("b", f"{now:,.2f}")
    yield join([f" of {amount(most)}"])


def _warning(words: str) -> Markup:
    return element("strong", words, class_="over")


def _bar(spent: Decimal, now: Decimal, most: Decimal) -> Markup:
    """How much of the limit is gone, and how much of it this plan takes. The words beside it say the same."""
    whole = max(most, spent + now) or Decimal(1)
    parts = [
        element("rect", class_="spent", width=_percent(spent / whole), height="100%"),
        element("rect", class_="now", x=_percent(spent / whole), width=_percent(now / whole), height="100%"),
    ]
    return element("svg", *parts, class_="bar over" if spent + now > most else "bar", aria_hidden="true")


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}%"
