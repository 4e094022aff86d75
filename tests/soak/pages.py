"""A person at random: follows the links of the portal's pages, and sends their forms.

Nothing here knows a page: links and forms are taken from what the pages show, so new ones are met as they come.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from soak import values
from soak.traffic import FORM, World
from soak.wire import Reply, Shot, compose

# The page of the books; the portal's own pages and those of its accounts, where a checkout has them.
STARTS: Final = ("/_portal/", "/partner/", "/accounts/client1/admin/", "/accounts/box/admin/")
_OURS: Final = ("/_portal/", "/partner/", "/accounts/")
_LINKS: Final = 300  # that are remembered
_FORMS: Final = 40
# What ends a phase, or takes away the books by which it is judged, is left to the soak itself.
_LEFT_OUT: Final = ("/_portal/reset", "/_portal/faults")
_LOGOUT: Final = "/logout"  # sent seldom, since most pages are behind the log-in
_HIDDEN: Final = ("token", "form")
_NUMBERS: Final = re.compile(r"(?<=/)(?:\d+|(?<=accounts/)[^/]+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it goes, and what it sends unless somebody types something else."""

    method: str
    target: str
    fields: Sequence[tuple[str, str]]


class _Reader(HTMLParser):
    """Collects the links and forms of a page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._fields: list[tuple[str, str]] | None = None
        self._form = ("get", "")
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: each or "" for key, each in attrs}
        match tag:
            case "a" if "href" in found:
                self.links.append(self.absolute(found["href"]))
            case "form":
                self._form, self._fields = (found.get("method", "get"), self.absolute(found.get("action", ""))), []
            case "select":
                self._select = found.get("name", "")
            case "option" if self._fields is not None:
                self._fields.append((self._select, found.get("value", "")))
            case "input" | "textarea" | "button" if self._fields is not None and found.get("name"):
                self._fields.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._fields is not None:
            self.forms.append(Form(self._form[0].upper(), self._form[1], tuple(self._fields)))
            self._fields = None

    def absolute(self, target: str) -> str:
        """Return the path and query of a link."""
        try:
            parts = urlsplit(urljoin(f"http://127.0.0.1{self._base}", target))
        except ValueError:
            return STARTS[0]
        path = quote(parts.path, safe="/%")
        return f"{path}?{parts.query}" if parts.query else path


@dataclass(slots=True)
class Person:
    """Somebody who looks at the pages, and remembers what they offered.

    Attributes:
        links: Pages that were linked or led to.
        forms: The last forms that were shown; most can be sent once only.
        cookies: What the portal gave this browser to keep.
        seen: Paths of pages that were shown, without names and numbers.
    """

    links: list[str] = field(default_factory=lambda: [*STARTS])
    forms: list[Form] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def click(self, chance: random.Random, world: World) -> Shot:
        """Follow a link, or send a form, filled in more or less well."""
        host = f"{world.place[0]}:{world.place[1]}"
        headers = {"Cookie": "; ".join(f"{key}={each}" for key, each in self.cookies.items())}
        if self.forms and chance.random() < 0.45:
            form = self.forms[-1] if chance.random() < 0.6 else chance.choice(self.forms)
            return Shot(kind="form", data=_submitted(chance, form, headers, host))
        if self.forms and chance.random() < 0.01:
            out = Form("POST", "/partner/logout", (*self.forms[-1].fields[:1], ("form", "out")))
            return Shot(kind="form", data=_submitted(chance, out, headers, host))
        target = chance.choice(self.links if chance.random() < 0.9 else STARTS)
        return Shot(kind="page", data=compose("GET", target, headers, host=host))

    def read(self, target: str, reply: Reply) -> None:
        """Remember what a page offers, where it leads to, and what it gives to keep."""
        head, _, body = reply.body.partition(b"\r\n\r\n")
        reader = _Reader(target)
        for key, each in _headers(head):
            if key == "set-cookie":
                name, _, value = each.split(";")[0].partition("=")
                self.cookies[name] = value
            if key == "location":
                reader.links.append(reader.absolute(each))
        reader.feed(body.decode("utf-8", "replace"))
        if head.startswith(b"HTTP/1.1 200"):
            self.seen.add(_NUMBERS.sub("*", target.split("?", maxsplit=1)[0]))
        self.links += [each for each in reader.links if _is_ours(each) and each not in self.links]
        self.forms += [each for each in reader.forms if _is_ours(each.target) and not each.target.endswith(_LOGOUT)]
        del self.links[len(STARTS) : max(len(STARTS), len(self.links) - _LINKS)]
        del self.forms[: max(0, len(self.forms) - _FORMS)]


def _submitted(chance: random.Random, form: Form, headers: Mapping[str, str], host: str) -> bytes:
    fields: dict[str, str] = {}
    for name, given in form.fields:
        # Of the options of a choice one is taken, by chance; a field keeps what stands in it, mostly.
        if name not in fields or chance.random() < 0.4:
            fields[name] = given
    if chance.random() < 0.7:
        _fill_in(chance, fields)
    encoded = values.as_form(fields)
    if form.method == "GET":
        return compose("GET", f"{form.target.split('?')[0]}?{encoded.decode()}", headers, host=host)
    return compose("POST", form.target, {**headers, **FORM, "Origin": f"http://{host}"}, encoded, host=host)


def _fill_in(chance: random.Random, fields: dict[str, str]) -> None:
    for name in [*fields]:
        if name not in _HIDDEN and chance.random() < 0.12:
            fields[name] = chance.choice((values.text, values.number, values.name, values.plausible))(chance)
        elif not fields[name]:
            fields[name] = values.plausible(chance)


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, each = line.partition(":")
        yield key.strip().lower(), each.strip()


def target_of(shot: Shot) -> str:
    """Return what a shot asks for."""
    return shot.data.split(b" ", 2)[1].decode("latin-1")


def _is_ours(target: str) -> bool:
    return target.startswith(_OURS) and not target.startswith(_LEFT_OUT)
