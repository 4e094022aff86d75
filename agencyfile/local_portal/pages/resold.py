"""The Resold tab: the list of accounts, and one account with all that the portal knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from agencyfile.local_portal.accounts import CREATING, find_account
from agencyfile.local_portal.catalogue import find_plan
from agencyfile.local_portal.clock import exact_time
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.pages.account_list import (
    GROUPS,
    ORDERS,
    SIZE,
    STATES,
    Choice,
    count_paying,
    find_accounts,
    read_choice,
    state_of,
)
from agencyfile.local_portal.pages.forms import actions, button_link, facts, form, link, section, table
from agencyfile.local_portal.pages.markup import Markup, element, join, void
from agencyfile.local_portal.pages.paging import page_links
from agencyfile.local_portal.pages.visit import Page, Visit, hosted_url, url
from agencyfile.local_portal.purchases import allocated
from agencyfile.local_portal.renewals import archived_since

_HEADS = ("Account", "State", "Plan", "Client", "Expires", "")


def resold(visit: Visit) -> Page:
    """Return the list of accounts; those that are active unless a person chooses others, the newest first."""
    choice = read_choice(visit.query)
    found = find_accounts(visit.turn, choice)
    rows = (_line(row, visit.turn.now) for row in found.rows)
    add = button_link("Add new", url("accounts", "new"), kind="main")
    return Page(
        title="Resold",
        content=(
            element("div", _discount(visit), add, class_="headed"),
            _filters(visit, choice),
            element(
                "div",
                element("h2", "Your accounts ", element("small", f"({found.total:,})")),
                button_link("Add an account", url("accounts", "new", entry="list")),
                class_="headed",
            ),
            table("Your accounts", _HEADS, rows, empty=_nothing(choice)),
            page_links(url("resold", **_query(choice)), choice.page, found.total, SIZE),
        ),
    )


def details(visit: Visit) -> Page:
    """Return one account."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    since = archived_since(row, visit.turn.now)
    does = actions(*_buttons(row, since), button_link("Edit", url("accounts", name, "edit")))
    return Page(title=name, content=(does, section("Account", facts(_facts(visit, row))), _credits(visit, row)))


def moment(time: float | None) -> Markup | None:
    """Return a moment as pages write it."""
    text = exact_time(time)
    return element("time", f"{text[:16].replace('T', ' ')} UTC", datetime=text) if text else None


def state(word: str) -> Markup:
    """Return the state of a thing."""
    return element("span", word.replace("_", " ").capitalize(), class_=f"state {word}")


def plan_label(row: Row) -> str:
    """Return the plan of an account in words."""
    plan = find_plan(row["planid"])
    return plan.label if plan else f"plan {row['planid']}"


def _discount(visit: Visit) -> Markup:
    paying = count_paying(visit.turn.rows)
    words = f"Agency discount: 0 % (charges here are list prices). Paying accounts: {paying:,}."
    return element("p", words, id="discount")


def _filters(visit: Visit, choice: Choice) -> Markup:
    fields = form(visit, "filter", **{name: str(value) for name, value in asdict(choice).items()})
    return element(
        "form",
        element("div", fields.text("search", "Search accounts", kind="search"), class_="wide"),
        fields.choice("state", "Status", ((key, text) for key, (text, _) in STATES.items())),
        fields.choice("group", "Plan type", GROUPS.items()),
        fields.choice("order", "Sort by", ((key, text) for key, (text, _) in ORDERS.items())),
        element("button", "Show", type="submit"),
        method="get",
        action=url("resold"),
        class_="filters",
        role="search",
        aria_label="Accounts",
    )


def _query(choice: Choice) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(choice).items() if name != "page" and value}


def _nothing(choice: Choice) -> str:
    return "No account matches." if choice.search or choice.group or choice.state != "active" else "No account yet."


def _line(row: Row, now: float) -> tuple[Markup | str, ...]:
    name = row["account"]
    more = [element("small", row["cname"])] if row["cname"] else []
    return (
        join((link(name, url("accounts", name)), *more)),
        state(state_of(row, now)),
        _plan(row),
        join((row["client_name"], element("small", row["client_email"]) if row["client_email"] else None)),
        element("span", row["expire"] or "never", class_="whole"),
        _does(row, now),
    )


def _plan(row: Row) -> Markup:
    plan = find_plan(row["planid"])
    words, _, _ = plan_label(row).partition(",")
    limit = f" of {plan.contacts:,}" if plan else ""
    used = element("small", f"{row['subscribers']:,}{limit} contacts", class_="whole")
    return join((element("span", words, class_="whole"), used))


def _does(row: Row, now: float) -> Markup:
    name = row["account"]
    entries = {"Edit": url("accounts", name, "edit"), "Branding": url("accounts", name, "branding")}
    items = (element("li", link(text, to)) for text, to in entries.items())
    summary = element("summary", element("span", f"More for {name}", class_="said"))
    more = element("details", summary, element("ul", *items), class_="more", name="more")
    return element("div", *_buttons(row, archived_since(row, now)), more, class_="does")


def _buttons(row: Row, since: str | None) -> Iterator[Markup]:
    name = row["account"]
    if since is not None:
        yield button_link("Renew", url("accounts", name, "change"), kind="good", aria_label=f"Renew {name}")
    elif row["status"] != CREATING:
        yield button_link("Login", url("accounts", name, "login"), aria_label=f"Login {name}")


def _facts(visit: Visit, row: Row) -> Iterator[tuple[str, Markup | str | None]]:
    name, since = row["account"], archived_since(row, visit.turn.now)
    yield "Address", join((f"{name}.activehosted.com", void("br"), link(hosted_url(name), hosted_url(name))))
    yield "State", state(state_of(row, visit.turn.now))
    if since:
        yield "Archived since", since
    yield "Plan", plan_label(row)
    yield "Expires", row["expire"] or "never"
    yield "Client", " ".join(filter(None, (row["client_name"], row["client_email"]))) or "not known"
    yield "Notifications", row["notification"] or "nobody"
    yield "Custom domain", row["cname"] or "none"
    yield "Language, time zone", f"{row['language']}, {row['timezone']}"
    yield "Country", " ".join(filter(None, (row["country"], row["currency"])))
    yield "Created", moment(row["created_at"])


def _credits(visit: Visit, row: Row) -> Markup:
    pools = allocated(visit.turn.rows, row["account"])
    pairs = ((name, f"{number:,}") for name, number in pools.items())
    return section("Credits that were allocated", facts(pairs))
