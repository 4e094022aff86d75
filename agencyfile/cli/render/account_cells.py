"""Accounts as rows of a spreadsheet, from the documents of lists and reports."""

from datetime import date
from decimal import Decimal
from typing import Final

from agencyfile.cli.records import AccountListing, AccountsDocument
from agencyfile.cli.render.cells import Cell, Sheet
from plan.money import Money
from plan.records.money import BilledRecord

HEAD: Final = (
    "name",
    "client",
    "status",
    "plan",
    "price",
    "months",
    "per month",
    "currency",
    "expires",
    "created",
    "managed",
    "contacts",
    "emails sent",
    "domain",
    "notification",
)


def accounts_sheet(document: AccountsDocument) -> Sheet:
    """One row for each account, and one total for each currency."""
    return Sheet("Accounts", HEAD, [_row(account) for account in document["accounts"]], _total(document["total"]))


def _row(account: AccountListing) -> list[Cell]:
    return [
        account["name"],
        account["client"],
        account["status"],
        account["billed"] or "",
        amount_of(account["price"]),
        account["months"],
        amount_of(account["per_month"]),
        currency_of(account["price"]),
        day_of(account["expires"]),
        day_of(account["created"]),
        {True: "yes", False: "no", None: ""}[account["managed"]],
        account["contacts"],
        account["emails_sent"],
        account["domain"] or "",
        account["notification"] or "",
    ]


def _total(total: BilledRecord) -> list[list[Cell]]:
    return [["total", "", "", "", None, None, amount_of(text), currency_of(text)] for text in total["per_month"]]


def amount_of(text: str | None) -> Decimal | None:
    """The number of an amount."""
    return Money.parse(text).amount if text else None


def currency_of(text: str | None) -> str:
    """The currency of an amount."""
    return Money.parse(text).currency if text else ""


def day_of(text: str | None) -> date | None:
    """The day of a time."""
    return date.fromisoformat(text[:10]) if text else None
