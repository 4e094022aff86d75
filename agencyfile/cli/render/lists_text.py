"""Accounts and plans of the portal as tables for a terminal."""

from collections.abc import Mapping, Sequence

from agencyfile.cli.records import AccountListing, OfferListing
from agencyfile.cli.render import money
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table
from plan.records.money import BilledRecord


def render_accounts(accounts: Sequence[AccountListing], *, width: int | None) -> str:
    """One line for each account."""
    plans = [account["plan"] for account in accounts]
    credit = [account.get("email_credits") for account in accounts]
    balances = [
        Column("LEFT", [_number(one["left"]) if one else "" for one in credit], is_number=True),
        Column("GRANTED", [_number(one["granted"]) if one else "" for one in credit], is_number=True),
    ]
    return render_table(
        [
            Column("NAME", [one_line(account["name"]) for account in accounts]),
            Column("STATUS", [one_line(account["status"]) for account in accounts]),
            Column("PLAN", [_plan_words(plan) for plan in plans]),
            Column("SIZE", [_number(plan.get("contacts")) for plan in plans], is_number=True),
            *(balances if any("email_credits" in account for account in accounts) else ()),
            Column("PRICE", [_amount(account["price"]) for account in accounts], weight=6, is_number=True),
            Column("PER MONTH", [_amount(account["per_month"]) for account in accounts], weight=7, is_number=True),
            Column("EXPIRES", [account["expires"] or "" for account in accounts], weight=3),
            Column("CREATED", [(account["created"] or "")[:10] for account in accounts], weight=2),
            Column("MANAGED", [_yes_or_no(account["managed"]) for account in accounts], weight=4),
            Column("CLIENT", [one_line(account["client"]) for account in accounts], weight=1),
        ],
        width=width,
    )


def render_total(total: BilledRecord) -> str:
    """One line: the amounts that are billed for the accounts of a list."""
    return f"Billed at list prices: {money.per_month(total)} a month\n"


def render_plans(plans: Sequence[OfferListing], *, width: int | None) -> str:
    """One line for each plan, at its list price."""
    return render_table(
        [
            Column("ID", [one_line(plan["id"]) for plan in plans], is_number=True),
            Column("TIER", [one_line(plan["tier"] or "(not told)") for plan in plans]),
            Column("BILLING", [plan["billing"] or "" for plan in plans]),
            Column("CONTACTS", [_number(plan["contacts"]) for plan in plans], is_number=True),
            Column("LIST PRICE", [one_line(plan["list_price"] or "(not told)") for plan in plans], is_number=True),
        ],
        width=width,
    )


def _plan_words(plan: Mapping[str, object]) -> str:
    words = [str(plan[word]) for word in ("tier", "billing") if word in plan]
    return one_line(" ".join(words) or f"id {plan['id']}")


def _amount(text: str | None) -> str:
    return money.amount(text) if text else ""


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def _yes_or_no(value: bool | None) -> str:  # noqa: FBT001 - a value that is shown
    return {True: "yes", False: "no", None: ""}[value]
