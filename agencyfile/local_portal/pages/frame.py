"""The frame of every page: head, tabs, the menu on the right, notices, and a line that says what this is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from agencyfile.local_portal.pages.forms import button, form, link
from agencyfile.local_portal.pages.markup import Markup, element, void
from agencyfile.local_portal.pages.plan_fields import rules
from agencyfile.local_portal.pages.visit import Page, Visit, hosted_url, url

TABS: Final = {"resold": "Resold", "commission": "Commission"}
MENU: Final = (
    ("Account Snapshots", ("snapshots",)),
    ("Billing profile", ("billing", "profile")),
    ("Billing history", ("billing", "history")),
    ("Prepaid credit", ("credit", "prepaid")),
    ("SMS sending credits", ("credit", "sms")),
    ("Compatibility credits", ("credit", "compatibility")),
    ("Default account settings", ("defaults",)),
    ("Common questions", ("questions",)),
    ("Agency API", ("api",)),
    ("Contact support", ("support",)),
)
CONTACTS: Final = (("Contact management", ("contacts",)), ("Set Subscription", ("contacts", "set")))
REHEARSAL: Final = (("Mailbox", ("mailbox",)), ("Support desk", ("desk",)))
HOSTED_MENU: Final = (
    ("Overview", ()),
    ("Campaigns", ("campaigns",)),
    ("Settings", ("settings",)),
)
_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b57c9'/%3E"
    "%3Cpath d='M4 11V5l4 4 4-4v6' stroke='%23fff' stroke-width='2' fill='none'/%3E%3C/svg%3E"
)


def render(visit: Visit, page: Page) -> str:
    """Return the whole page."""
    title = f"{'Error: ' if page.problems else ''}{page.title} - {page.account or 'partner portal'}"
    head = element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="robots", content="noindex"),
        void("link", rel="icon", href=_ICON),
        void("link", rel="stylesheet", href=f"{url('style.css')}?{fingerprint()}"),
        element("title", title),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *_body(visit, page)), lang='en')}\n"


@cache
def style() -> str:
    """Return the style sheet of all pages."""
    return f"{files(__package__).joinpath('style.css').read_text(encoding='utf-8')}{rules()}\n"


@cache
def fingerprint() -> str:
    """Return a text that changes with the style sheet, so that no browser keeps an old one."""
    return sha256(style().encode()).hexdigest()[:12]


def _body(visit: Visit, page: Page) -> Iterator[Markup]:
    yield element("a", "Skip to the content", href="#content", class_="skip")
    yield _header(visit, page)
    menu = _menu(page) if page.has_menu and _is_inside(visit, page) else None
    main = element(
        "main",
        _notices(visit),
        _problems(page),
        element("h1", page.title),
        element("p", page.lead, class_="lead") if page.lead else None,
        *page.content,
        id="content",
    )
    yield element("div", main, menu, class_="columns" if menu else "columns alone")
    yield element(
        "footer",
        element(
            "p",
            "This is agencyfile's stand-in for the vendor's pages, for rehearsals on this machine. "
            "Nothing here is real, no card is charged and no mail leaves it. ",
            link("Everything that it holds", "/_portal/"),
        ),
    )


def _is_inside(visit: Visit, page: Page) -> bool:
    return page.account in visit.session.accounts if page.account else visit.session.is_partner


def _header(visit: Visit, page: Page) -> Markup:
    home = hosted_url(page.account) if page.account else url("resold")
    brand = element(
        "p", link(page.account or "Partner portal", home), element("small", "local stand-in"), class_="brand"
    )
    return element("header", brand, *(_bar(visit, page) if _is_inside(visit, page) else ()))


def _bar(visit: Visit, page: Page) -> Iterator[Markup]:
    if page.account:
        if visit.session.is_partner:
            yield element("nav", _items(Markup(""), link("Back to Resold", url("resold"))), aria_label="Portal")
        yield form(visit, "out").render(
            button("Log out of the account", kind="plain"), to=hosted_url(page.account, "logout")
        )
        return
    yield link("Menu", "#menu", class_="to-menu")
    tabs = (
        link(text, url(name), aria_current="page" if name == page.tab and page.has_menu else None)
        for name, text in TABS.items()
    )
    yield element("nav", _items(*tabs), aria_label="Tabs", class_="tabs")
    yield element("nav", _items(link("My account", url("me"))), aria_label="You")
    yield form(visit, "out").render(button("Log out", kind="plain"), to=url("logout"))


def _menu(page: Page) -> Markup:
    if page.account:
        items = (_item(text, hosted_url(page.account, *parts), page) for text, parts in HOSTED_MENU)
        return element("nav", element("h2", "Account"), element("ul", *items), aria_label="Account", class_="menu")
    return element(
        "nav",
        element("h2", "Menu"),
        element("ul", *(_item(text, url(*parts), page) for text, parts in MENU)),
        element("h2", "Contacts of an operator"),
        element("ul", *(_item(text, url(*parts), page) for text, parts in CONTACTS)),
        element("h2", "For rehearsals"),
        element("ul", *(_item(text, url(*parts), page) for text, parts in REHEARSAL)),
        aria_label="Menu",
        class_="menu",
        id="menu",
    )


def _item(text: str, to: str, page: Page) -> Markup:
    return element("li", link(text, to, aria_current="page" if text == page.title else None))


def _items(*links: Markup) -> Markup:
    return element("ul", *(element("li", each) for each in links if each))


def _notices(visit: Visit) -> Markup:
    """Return the notices of what was done; the element is there without one, so that a screen reader knows it."""
    return element(
        "div", *(element("p", each) for each in visit.session.take_notices()), role="status", class_="said-done"
    )


def _problems(page: Page) -> Markup | None:
    if not page.problems:
        return None
    items = (element("li", link(text, f"#{_target(page.form, field)}")) for field, text in page.problems.items())
    heading = element("h2", "There is a problem", id="problems-heading")
    return element(
        "div", heading, element("ul", *items), role="alert", class_="problems", tabindex="-1", autofocus=True,
        aria_labelledby="problems-heading",
    )  # fmt: skip


def _target(name: str, field: str) -> str:
    return f"{name}-{field}" if field else f"form-{name}"
