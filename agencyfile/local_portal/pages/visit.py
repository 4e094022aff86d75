"""One request to a page: what a page is made from, and what it can lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.keys import Keys
from agencyfile.local_portal.pages.markup import Markup
from agencyfile.local_portal.pages.sessions import Session
from agencyfile.local_portal.request_context import Turn

PARTNER = "/partner/"
HOSTED = "/accounts/{}/admin/"


class Problems(Exception):
    """A form that cannot be accepted as it is: messages, by the name of the field."""

    def __init__(self, found: Mapping[str, str]) -> None:
        super().__init__("; ".join(found.values()))
        self.found = dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request to a page.

    Attributes:
        turn: The database and the clock.
        session: The browser.
        keys: The keys of the two APIs.
        address: Scheme, host and port under which the portal was called.
        visitor: The IP address of the browser.
        path: The path, without the query.
        names: The variable parts of the path.
        query: The fields of the query.
        sent: The fields of the form; empty for a page that is only shown.
        problems: What is wrong with the form that was sent, by the name of the field.
    """

    turn: Turn
    session: Session
    keys: Keys
    address: str
    path: str
    visitor: str = ""
    names: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The first variable part of the path."""
        return self.names[0]

    def text(self, name: str) -> str:
        """Return a field of the form on one line, without spaces around it."""
        return " ".join(self.sent.get(name, "").split())

    def with_problems(self, problems: Mapping[str, str]) -> Visit:
        """Return the visit that shows the form again."""
        return replace(self, problems=problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to show.

    Attributes:
        title: Its title, which is its heading as well.
        content: What stands below the heading.
        tab: The tab that it belongs to; a name of ``frame.TABS``.
        account: The account whose own page it is; empty for pages of the portal.
        lead: A sentence below the heading.
        has_menu: Whether the menu of the portal stands beside it.
        status: The HTTP status.
        problems: What is wrong with a form that was sent, by the name of the field.
        form: The name of that form.
    """

    title: str
    content: Sequence[Markup | None]
    tab: str = "resold"
    account: str = ""
    lead: Markup | str = ""
    has_menu: bool = True
    status: int = 200
    problems: Mapping[str, str] = field(default_factory=dict)
    form: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """Another page to go on with.

    Attributes:
        location: Its path and query.
        seconds: How long the browser waits for it, as for an account that is being prepared.
    """

    location: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the browser to keep.

    Attributes:
        content: Its bytes.
        media_type: What it is.
        name: Its name.
    """

    content: bytes
    media_type: str
    name: str


Result = Page | Moved | Download


def url(*parts: str | int, **query: str | int) -> str:
    """Return the address of a page of the portal."""
    return PARTNER + _rest(parts, query)


def hosted_url(account: str, *parts: str | int, **query: str | int) -> str:
    """Return the address of a page of an account."""
    return HOSTED.format(quote(account, safe="")) + _rest(parts, query)


def _rest(parts: Sequence[str | int], query: Mapping[str, str | int]) -> str:
    path = "/".join(quote(str(part), safe="") for part in parts)
    return f"{path}?{urlencode(query)}" if query else path


def require(visit: Visit, **labels: str) -> None:
    """Refuse a form that lacks some of these fields.

    Raises:
        Problems: Some are empty.
    """
    missing = {name: f"Enter {label}." for name, label in labels.items() if not visit.text(name)}
    if missing:
        raise Problems(missing)


def field_of(refusal: Refusal, names: Mapping[str, str]) -> dict[str, str]:
    """Return a refusal as the problem of the field that the agency API calls by its subject."""
    return {names.get(refusal.subject, refusal.subject): refusal.message}
