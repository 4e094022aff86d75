"""The sheets of a report's workbook."""

from collections.abc import Iterator

from agencyfile.cli.render.account_cells import accounts_sheet, amount_of, currency_of, day_of
from agencyfile.cli.render.cells import Cell, Sheet
from agencyfile.cli.reporting.records import ReportDocument


def report_sheets(document: ReportDocument) -> list[Sheet]:
    """One sheet for each part of the report."""
    accounts = accounts_sheet({"accounts": document["accounts"], "total": document["total"], "unlisted": 0})
    return [
        _clients(document),
        accounts,
        _renewals(document),
        _renewal_months(document),
        Sheet(
            "Trials",
            ("account", "client", "ends"),
            [(one["address"], one["client"], day_of(one["ends"])) for one in document["trials"]],
        ),
        Sheet(
            "Steps",
            ("person", "step", "title", "account", "since"),
            [
                (group["person"], step["id"], step["title"], step["address"], day_of(step["since"]))
                for group in document["steps"]
                for step in group["steps"]
            ],
        ),
        Sheet(
            "Credits",
            ("credit", "account", "granted", "declared", "left"),
            [
                (one["address"], one["account"], one["granted"], one["declared"], one["left"])
                for one in document["credits"]
            ],
        ),
        Sheet(
            "Drift",
            ("address", "attribute", "applied", "live"),
            [(one["address"], one["attribute"], str(one["applied"]), str(one["live"])) for one in document["drift"]],
        ),
        _history(document),
    ]


def _clients(document: ReportDocument) -> Sheet:
    rows: list[list[Cell]] = []
    for client in document["clients"]:
        recurring = client["recurring"]
        for month, year in zip(recurring["per_month"], recurring["per_year"], strict=True):
            rows.append(
                [client["client"], client["number"], amount_of(month), amount_of(year), currency_of(month), None]
            )
        if not recurring["per_month"] or recurring["untold"]:
            rows.append([client["client"], client["number"], None, None, "", recurring["untold"]])
    total = document["total"]
    totals: list[list[Cell]] = [
        ["total", None, amount_of(month), amount_of(year), currency_of(month), total["untold"] or None]
        for month, year in zip(total["per_month"], total["per_year"], strict=True)
    ]
    head = ("client", "accounts", "per month", "per year", "currency", "accounts at a price that is not told")
    return Sheet("Clients", head, rows, totals)


def _renewals(document: ReportDocument) -> Sheet:
    rows = [
        (
            day_of(one["day"]),
            one["address"],
            one["client"],
            one["billed"],
            amount_of(one["price"]),
            currency_of(one["price"]),
        )
        for month in document["renewals"]
        for one in month["renewals"]
    ]
    return Sheet("Renewals", ("day", "account", "client", "plan", "price", "currency"), rows)


def _renewal_months(document: ReportDocument) -> Sheet:
    rows = [
        (month["month"], month["number"], amount_of(text), currency_of(text))
        for month in document["renewals"]
        for text in (month["total"] or [""])
    ]
    return Sheet("Months", ("month", "renewals", "total", "currency"), rows)


def _history(document: ReportDocument) -> Sheet:
    head = ("time", "address", "what", "outcome", "price", "currency", "by", "approved by", "run", "note")
    return Sheet("History", head, list(_history_rows(document)))


def _history_rows(document: ReportDocument) -> Iterator[list[Cell]]:
    for one in document["history"]:
        yield [
            one["time"][:19],
            one["address"] or "",
            one["what"],
            one["outcome"],
            amount_of(one["price"]),
            currency_of(one["price"]),
            one["by"],
            one["approved_by"],
            one["run"] or "",
            one["note"],
        ]
