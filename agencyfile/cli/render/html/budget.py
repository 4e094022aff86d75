"""The plan's charges, compared with its budgets."""

from collections.abc import Iterator

from agencyfile.cli.render.html.markup import Markup, element, join
from agencyfile.cli.render.html.wording import amount, is_nothing, number
from plan.records.document import LimitTotalRecord, PlanDocument


def render_budget(document: PlanDocument) -> Markup | None:
    """One line with a bar for each limit; nothing where nothing is charged or limited."""
    totals, is_billed = document["totals"], "billed" in document["summary"]["effects"]
    limits = [*(totals["budget"] if is_billed else []), *([totals["max_monthly"]] if totals["max_monthly"] else [])]
    if not limits:
        return None
    return element("ul", *(element("li", *_limit(limit)) for limit in limits), class_="budget")


def _limit(limit: LimitTotalRecord) -> Iterator[Markup]:
    yield _bar(limit)
    yield element("span", *_words(limit), f" {limit['name']}")
    if limit["other_currencies"]:
        others = " + ".join(map(amount, limit["other_currencies"]))
        yield _warning(f"{others} cannot be held against it: an apply refuses this")
    if limit["over"]:
        yield _warning(f"over by {amount(limit['over'])}: an apply refuses this")


def _words(limit: LimitTotalRecord) -> Iterator[Markup]:
    if not is_nothing(limit["spent"]):
        yield join([f"{number(limit['spent'])} spent + "])
    yield element("b", number(limit["charged"]))
    yield join([f" of {amount(limit['most'])}"])


def _warning(words: str) -> Markup:
    return element("strong", words, class_="over")


def _bar(limit: LimitTotalRecord) -> Markup:
    """A bar of what is spent and what this plan charges. The words beside it say the same."""
    spent, charged = f"{limit['spent_percent']}%", f"{limit['charged_percent']}%"
    parts = [
        element("rect", class_="spent", width=spent, height="100%"),
        element("rect", class_="now", x=spent, width=charged, height="100%"),
    ]
    return element("svg", *parts, class_="bar over" if limit["over"] else "bar", aria_hidden="true")
