"""The changes by client: one row for each, the gravest first, and what is billed for accounts in no block."""

from collections.abc import Iterator

from agencyfile.cli.render import money
from agencyfile.cli.render.html.markup import Markup, element, join, name_of
from agencyfile.cli.render.html.rows import heading
from agencyfile.cli.render.html.values import Referents
from agencyfile.cli.render.numbers import count
from plan.records.document import PlanDocument
from plan.records.money import RowRecord, UnmanagedBilledRecord

_HEAD = ("Client or object", "Plan", "Now", "Per month", "With it")
_RANKS = {"setting": "settings", "ending": "ends", "permanent": "permanent", "charge": "charge", "reduction": "less"}


def render_clients(document: PlanDocument, referents: Referents) -> Markup | None:
    """A table with a row for each client that the plan changes something for."""
    rows = [row for row in document["rows"] if row["changes"]]
    if not rows:
        return None
    body = [element("tr", *_row(row, referents)) for row in rows]
    return element("section", element("h2", "By client"), _table("Rows by client", _HEAD, body), id="clients")


def render_billed(document: PlanDocument) -> Markup | None:
    """Accounts that no block names, with what they cost."""
    background = document["background"]
    if not (background and background["unmanaged"]):
        return None
    body = [element("tr", *_billed(item)) for item in background["unmanaged"]]
    head = ("Account", "Plan", "Per month", "")
    note = element("p", "No block names these accounts, and the portal bills them all the same.", class_="note")
    title = heading("Billed, in no block", document["money"]["unmanaged_objects"])
    return element("section", title, note, _table("Billed accounts", head, body), id="billed")


def _table(label: str, head: tuple[str, ...], body: list[Markup]) -> Markup:
    titles = element("tr", *(element("th", title, scope="col") for title in head))
    table = element("table", element("thead", titles), element("tbody", *body), class_="clients")
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=label)


def _row(row: RowRecord, referents: Referents) -> Iterator[Markup]:
    mark = _RANKS.get(row["rank"])
    known = element("span", mark, class_=f"effect {row['rank']}") if mark else None
    names = [element("b", name_of(row["client"])) if row["client"] else None, referents.link(row["address"]), known]
    yield element("td", join(names, " "))
    yield element("td", name_of(money.plans(row)))
    yield element("td", name_of(money.now(row["now"])), class_="money")
    yield element("td", name_of(money.row_difference(row)), class_="money")
    steps = [count(row["new_steps"], "manual step")] if row["new_steps"] else []
    yield element("td", name_of(money.beside(row, steps)))


def _billed(item: UnmanagedBilledRecord) -> Iterator[Markup]:
    client = element("b", name_of(item["client"])) if item["client"] else None
    yield element("td", join([client, name_of(item["address"])], " "))
    yield element("td", name_of(item["subscription"]["plan"]))
    yield element("td", name_of(money.per_month(item["recurring"])), class_="money")
    yield element("td", "its block has left the file" if item["left"] else "")
