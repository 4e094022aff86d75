"""Rows: the one shape that changes, manual steps, diagnostics and unknown outcomes share."""

from collections.abc import Iterable, Iterator, Sequence

from agencyfile.cli.render.html.markup import Markup, element, join, name_of
from agencyfile.cli.render.html.wording import EFFECTS
from plan.records.diagnostic import OriginRecord


def cells(
    mark: Markup,
    subject: Markup,
    reason: Markup,
    *,
    effect: str = "reversible",
    money: str | None = None,
    origin: OriginRecord | None = None,
) -> Iterator[Markup]:
    """Yield the cells of a folded row. A reversible effect is not shown."""
    yield mark
    yield element("span", subject, class_="subject")
    yield element("span", reason, class_="reason")
    if effect not in ("reversible", "manual"):
        known = effect if effect in EFFECTS else None
        yield element("span", name_of(effect), class_=f"effect {known or ''}".rstrip())
    if money is not None:
        yield element("span", name_of(money), class_="money")
    if origin is not None:
        yield _place(origin)


def mark(glyph: str, words: str, kind: str) -> Markup:
    """The sign at the start of a row; `words` are what a screen reader says."""
    return element("b", glyph, class_=f"mark {kind}", role="img", aria_label=words)


def fold(summary: Iterable[Markup], *inside: Markup | None) -> Markup:
    """A row that unfolds."""
    return element("details", element("summary", *summary), *inside)


def fact_list(facts: Iterable[tuple[str, Markup]]) -> Markup:
    """Render the facts about a row that are not attributes."""
    items = [join([element("dt", name), element("dd", value)]) for name, value in facts]
    return element("dl", *items, class_="facts")


def heading(title: str, number: int) -> Markup:
    """Render the heading of a section with the number of its entries."""
    return element("h2", f"{title} ", element("small", f"{number:,}"))


def section(
    identity: str, title: str, note: Markup | str | None, items: Sequence[Markup], number: int
) -> Markup | None:
    """A section of rows, each an item; nothing where there is none. `number` is how many things they are."""
    if not items:
        return None
    said = element("p", note, class_="note") if note else None
    rows = element("ul", *items, class_="list", role="list")
    return element("section", heading(title, number), said, rows, id=identity)


def _place(origin: OriginRecord) -> Markup:
    """File and line apart: a path that is too long for its column is cut at its start, the line never."""
    return element(
        "span", element("span", element("bdi", name_of(origin["file"]))), f":{origin['line']}", class_="place"
    )
