"""The report of an agency as one page: no script, no request, complete on paper."""

from collections.abc import Iterator, Sequence
from typing import Final

from agencyfile.cli.records import AccountListing
from agencyfile.cli.render import money
from agencyfile.cli.render.html.markup import Child, Markup, element, name_of
from agencyfile.cli.render.html.page import whole_page
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import shortened
from agencyfile.cli.reporting.records import (
    ClientRecord,
    CreditRecord,
    HistoryRecord,
    PersonStepsRecord,
    RenewalMonthRecord,
    ReportDocument,
)
from plan.records.money import BilledRecord

_LONGEST: Final = 200
_WORD: Final = 40
_ACCOUNTS: Final = ("Account", "Client", "Status", "Plan", "-Price", "-Per month", "Paid until", "Block")
_HISTORY: Final = ("When", "What", "Outcome", "-Charged", "Who", "Approved by", "Note")


def render_report_page(document: ReportDocument) -> str:
    """The page: the same bytes for the same document."""
    title = f"{document['agency']}: report · agencyfile"
    return whole_page(title, [_header(document), element("main", *_sections(document))], style="report.css")


def _header(document: ReportDocument) -> Markup:
    name = element("p", element("b", "agencyfile"), " report of ", element("b", name_of(document["agency"])))
    return element("header", name, element("p", "read ", _time(document["made"])))


def _sections(document: ReportDocument) -> Iterator[Markup | None]:
    billed, accounts = money.per_month(document["total"]), count(document["active"], "account")
    yield element("h1", element("span", accounts), element("span", f"{billed} a month"))
    yield _overview(document)
    parts = [part for part in _parts(document) if part]
    links = [element("li", element("a", title, href=f"#{name}")) for name, title, _, _ in parts]
    yield element("nav", element("ul", *links), aria_label="Parts of the report")
    for name, title, note, content in parts:
        said = element("p", note, class_="note") if note else None
        yield element("section", element("h2", title), said, *content, id=name)


def _overview(document: ReportDocument) -> Markup:
    total, counts = document["total"], document["counts"]
    per_year = " + ".join(map(money.amount, total["per_year"])) or money.NOTHING
    facts = (
        ("Billed per month", money.per_month(total), f"{per_year} a year, at list prices before any partner discount"),
        ("Accounts", f"{document['active']:,}", f"{document['archived']:,} archived"),
        ("Trials", count(counts["trials"], "trial"), ""),
        ("Open steps", count(counts["steps"], "step"), ""),
        ("Drift", count(counts["drift"], "attribute"), "changed by others since the last apply"),
        ("Next apply", count(counts["pending"], "change"), "waiting in the file"),
    )
    cells = [
        cell
        for name, value, more in facts
        for cell in (
            element("dt", name),
            element("dd", element("b", name_of(value)), element("small", more) if more else None),
        )
    ]
    return element("dl", *cells, class_="overview")


Part = tuple[str, str, str, Sequence[Markup]]


def _parts(document: ReportDocument) -> Iterator[Part | None]:
    clients = [_client(client) for client in document["clients"]]
    foot = [["all clients", f"{document['active']:,}", *_billed(document["total"])]]
    yield _part("clients", "Clients", ("Client", "-Accounts", "-Per month", "-Per year"), clients, foot=foot)
    trials = [[_day(one["ends"]), name_of(one["address"]), name_of(one["client"])] for one in document["trials"]]
    yield _part("trials", "Trials that end", ("Ends", "Account", "Client"), trials)
    yield "renewals", "Renewals by month", "", tuple(_renewals(document["renewals"], document["counts"]["renewals"]))
    if document["steps"]:
        note = "By the address that gets the portal's mails for the account."
        yield "steps", "Open steps by person", note, tuple(_steps(document["steps"]))
    granted = [_credit(one) for one in document["credits"]]
    yield _part("credits", "Credits", ("Credit", "-Granted", "-Declared", "-Left"), granted)
    drift = [
        [name_of(one["address"]), name_of(one["attribute"]), _value(one["applied"]), _value(one["live"])]
        for one in document["drift"]
    ]
    yield _part("drift", "Drift", ("Object", "Attribute", "Applied", "Live"), drift)
    yield _part("accounts", "Accounts", _ACCOUNTS, [_account(one) for one in document["accounts"]])
    left = document["left_out"]
    note = f"{count(left, 'older entry').replace('entrys', 'entries')} left out; the ledger has them." if left else ""
    yield _part("history", "History", _HISTORY, [_entry(one) for one in document["history"]], note=note)


def _part(
    name: str,
    title: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    foot: Sequence[Sequence[Child]] = (),
    note: str = "",
) -> Part | None:
    return (name, title, note, (_table(title, head, rows, foot),)) if rows else None


def _table(label: str, head: Sequence[str], rows: Sequence[Sequence[Child]], foot: Sequence[Sequence[Child]]) -> Markup:
    """A table whose heads say with a dash in front of them which columns are numbers."""
    numbers = [name.startswith("-") for name in head]
    titles = [
        element("th", name.removeprefix("-"), scope="col", class_="number" if is_number else None)
        for name, is_number in zip(head, numbers, strict=True)
    ]
    body = element("tbody", *(element("tr", *_cells(row, numbers)) for row in rows))
    end = element("tfoot", *(element("tr", *_cells(row, numbers)) for row in foot)) if foot else None
    table = element("table", element("thead", element("tr", *titles)), body, end, class_="report")
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=label)


def _cells(row: Sequence[Child], numbers: Sequence[bool]) -> Iterator[Markup]:
    for place, (cell, is_number) in enumerate(zip(row, numbers, strict=True)):
        if place:
            yield element("td", cell, class_="number" if is_number else None)
        else:
            yield element("th", cell, scope="row")


def _client(client: ClientRecord) -> list[Child]:
    name = name_of(client["client"] or "(no client's name)")
    return [name, f"{client['number']:,}", *_billed(client["recurring"])]


def _billed(billed: BilledRecord) -> Iterator[Markup]:
    yield name_of(money.per_month(billed))
    yield name_of(" + ".join(map(money.amount, billed["per_year"])) or money.NOTHING)


def _renewals(months: Sequence[RenewalMonthRecord], number: int) -> Iterator[Markup]:
    rows = [[name_of(one["month"]), f"{one['number']:,}", _sum(one)] for one in months]
    yield _table("Renewals by month", ("Month", "-Renewals", "-Sum"), rows, ())
    if number:
        details = [
            [
                _day(one["day"]),
                name_of(one["address"]),
                name_of(one["client"]),
                _whole(one["billed"]),
                _amount(one["price"]),
            ]
            for month in months
            for one in month["renewals"]
        ]
        head = ("Day", "Account", "Client", "Plan", "-Price")
        table = _table("Each renewal", head, details, ())
        yield element("details", element("summary", f"Each renewal ({number:,})"), table, class_="more")


def _sum(month: RenewalMonthRecord) -> Markup:
    parts = [" + ".join(map(money.amount, month["total"]))] if month["total"] else []
    if month["untold"]:
        parts.append(f"{month['untold']:,} at a price that is not told")
    return name_of(" and ".join(parts) or money.NOTHING)


def _steps(groups: Sequence[PersonStepsRecord]) -> Iterator[Markup]:
    for group in groups:
        person = group["person"] or "nobody in the file"
        yield element("h3", name_of(f"{person}: {count(group['number'], 'step')}"))
        rows = [[name_of(step["id"]), name_of(step["title"]), _day(step["since"])] for step in group["steps"]]
        yield _table(f"Open steps of {person}", ("Step", "What", "Since"), rows, ())


def _credit(credit: CreditRecord) -> list[Child]:
    return [name_of(credit["address"]), *(_number(credit[name]) for name in ("granted", "declared", "left"))]


def _number(value: int | str | None) -> Markup:
    return name_of(f"{value:,}" if isinstance(value, int) else value or "not told")


def _account(account: AccountListing) -> list[Child]:
    return [
        name_of(account["name"]),
        name_of(account["client"]),
        name_of(account["status"]),
        _whole(account["billed"] or ""),
        _amount(account["price"]),
        _amount(account["per_month"]),
        _day(account["expires"]),
        {True: "yes", False: "no", None: ""}[account["managed"]],
    ]


def _entry(entry: HistoryRecord) -> list[Child]:
    address = f" {entry['address']}" if entry["address"] else ""
    return [
        _time(entry["time"]),
        name_of(f"{entry['what']}{address}"),
        name_of(entry["outcome"]),
        _amount(entry["price"]),
        name_of(entry["by"]),
        name_of(entry["approved_by"]),
        name_of(shortened(entry["note"], _LONGEST)),
    ]


def _amount(text: str | None) -> Markup:
    return name_of(money.amount(text) if text else "")


def _value(value: object) -> Markup:
    return name_of(shortened(str(value), _LONGEST))


def _day(text: str | None) -> Markup:
    return element("span", (text or "")[:10], class_="whole")


def _whole(text: str) -> Markup:
    """A word that is not broken, as far as it is as short as those of the portal are."""
    return element("span", shortened(text, _WORD), class_="whole")


def _time(text: str) -> Markup:
    return element("time", f"{text[:16].replace('T', ' ')} UTC", datetime=text)
