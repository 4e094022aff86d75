"""Prepaid, SMS sending and compatibility credit: bought, and allocated to accounts (docs/portal.md 2.6)."""

from __future__ import annotations

import re
from types import MappingProxyType

from agencyfile.local_portal.accounts import find_account
from agencyfile.local_portal.credits import COMPATIBILITY
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, facts, form, link, section, table
from agencyfile.local_portal.pages.markup import Markup
from agencyfile.local_portal.pages.resold import moment
from agencyfile.local_portal.pages.template_fields import accounts_list
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, require, url
from agencyfile.local_portal.prepaid import PREPAID
from agencyfile.local_portal.purchases import PACKAGES, SMS, allocate, buy, pool_left
from agencyfile.local_portal.shapes import parse_number

_TITLES = MappingProxyType(
    {PREPAID: "Prepaid credit", SMS: "SMS sending credits", COMPATIBILITY: "Compatibility credits"}
)
_LEADS = MappingProxyType(
    {
        PREPAID: "It is used before your card is charged. Each use authorises 1 USD on the card, which is not charged.",
        SMS: "For accounts on Trial, Plus, Pro and Enterprise: others cannot send SMS.",
        COMPATIBILITY: "Your clients see with them what their emails look like in Gmail, Outlook or on a telephone.",
    }
)
_SHOWN = 50
_AMOUNT = re.compile(r"(\d+)\.00(?: USD)?", re.ASCII)


def credit(visit: Visit) -> Page:
    """Return the page of one kind of credit."""
    pool = _pool(visit)
    left = pool_left(visit.turn.rows, pool)
    unit = ", USD" if pool == PREPAID else ""
    query = "SELECT * FROM grants WHERE pool = ? ORDER BY serial DESC LIMIT ?"
    rows = visit.turn.rows.all(query, (pool, _SHOWN))
    lines = ((link(row["account"], url("accounts", row["account"])), f"{row['credits']:,}", _time(row)) for row in rows)
    heads = ("Account", f"Credits{unit}", "Time")
    return Page(
        title=_TITLES[pool],
        lead=_LEADS[pool],
        content=(
            facts(((f"Left to allocate{unit}", f"{left:,}"),)),
            section(f"Buy {_TITLES[pool]}", _buying(visit, pool)),
            section("Allocate to an account", _allocating(visit, left)),
            section("Allocated", table("Allocated", heads, lines, empty="Nothing was allocated yet.")),
        ),
    )


def take(visit: Visit) -> Moved:
    """Buy credit, once, or allocate it."""
    pool = _pool(visit)
    if visit.sent.get("form") == "buy":
        _buy(visit, pool)
    else:
        _allocate(visit, pool)
    return Moved(url("credit", pool))


def _buy(visit: Visit, pool: str) -> None:
    wanted = parse_number(visit.text("amount")) or 0
    with by_hand(visit.turn, "buy_credit", None, pool=pool, credits=wanted) as turn:
        buy(turn, pool, wanted)
    visit.session.say(f"{_TITLES[pool]} bought: {wanted:,}. Your card was charged ${PACKAGES[pool][wanted]:,}.")


def _allocate(visit: Visit, pool: str) -> None:
    require(visit, account="the account", credits="a number")
    number = parse_number(_AMOUNT.sub(r"\1", visit.text("credits")))
    if number is None:
        raise Problems({"credits": "Enter a whole number."})
    row = find_account(visit.turn, visit.text("account"))
    with by_hand(visit.turn, "allocate_credit", row["account"], pool=pool, credits=number) as turn:
        allocate(turn, row, pool, number)
    visit.session.say(f"{number:,} allocated to {row['account']}.")


def _pool(visit: Visit) -> str:
    if visit.name not in PACKAGES:
        raise Absent("There is no such credit.")
    return visit.name


def _buying(visit: Visit, pool: str) -> Markup:
    fields = form(visit, "buy")
    packages = ((str(amount), _package(pool, amount, price)) for amount, price in PACKAGES[pool].items())
    hint = "Your card is charged at once. The prices are this stand-in's own: none is published."
    return fields.render(fields.choice("amount", "Amount", packages, hint=hint), actions(button("Buy")))


def _package(pool: str, amount: int, price: int) -> str:
    return f"${amount:,}" if pool == PREPAID else f"{amount:,} credits for ${price:,}"


def _allocating(visit: Visit, left: int) -> Markup:
    fields = form(visit, "allocate")
    hint = f"At most {left:,}. What is allocated cannot be taken back."
    return fields.render(
        *accounts_list(visit, fields, "account", "Account"),
        fields.text("credits", "Credits", hint=hint),
        actions(button("Allocate")),
    )


def _time(row: Row) -> Markup | None:
    return moment(row["time"])
