"""A person at random: follows the links of the portal's pages, and sends their forms.

Nothing here knows a page: links and forms are taken from what the pages themselves show, so new ones are met as they come.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from soak import values
from soak.traffic import FORM, World
from soak.wire import Reply, Shot, compose

START: Final = "/_portal/"
_MOST: Final = 400  # links and forms that are remembered
# What ends a phase, or takes away the books by which it is judged, is left to the soak itself.
_LEFT_OUT: Final = ("reset", "faults")


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
                self.links.append(self._absolute(found["href"]))
            case "form":
                self._form, self._fields = (found.get("method", "get"), self._absolute(found.get("action", ""))), []
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

    def _absolute(self, target: str) -> str:
        try:
            parts = urlsplit(urljoin(f"http://127.0.0.1{self._base}", target))
        except ValueError:
            return START
        path = quote(parts.path, safe="/%")
        return f"{path}?{parts.query}" if parts.query else path


@dataclass(slots=True)
class Person:
    """Somebody who looks at the pages, and remembers what they offered."""

    links: list[str] = field(default_factory=lambda: [START])
    forms: list[Form] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def click(self, chance: random.Random, world: World) -> Shot:
        """Follow a link, or send a form, filled in more or less well."""
        if self.forms and chance.random() < 0.4:
            return Shot(kind="form", data=self._submitted(chance, chance.choice(self.forms), world))
        target = chance.choice(self.links) if chance.random() < 0.9 else START
        return Shot(kind="page", data=compose("GET", target))

    def read(self, target: str, reply: Reply) -> None:
        """Remember what a page offers."""
        reader = _Reader(target)
        reader.feed(reply.body.partition(b"\r\n\r\n")[2].decode("utf-8", "replace"))
        self.links += [each for each in reader.links if _is_ours(each) and each not in self.links]
        self.forms += [each for each in reader.forms if _is_ours(each.target) and each not in self.forms]
        self.seen |= {each.split("?")[0] for each in reader.links if _is_ours(each)}
        del self.links[1 : max(1, len(self.links) - _MOST)]
        del self.forms[: max(0, len(self.forms) - _MOST)]

    def _submitted(self, chance: random.Random, form: Form, world: World) -> bytes:
        fields: dict[str, str] = {}
        for name, given in form.fields:
            # Of the options of a choice one is taken, by chance; a field keeps what stands in it, mostly.
            if name not in fields or chance.random() < 0.4:
                fields[name] = given
        for name in [*fields]:
            if chance.random() < 0.15:
                fields[name] = chance.choice((values.text, values.number, values.name))(chance)
        encoded = values.as_form(fields)
        if form.method == "GET":
            return compose("GET", f"{form.target.split('?')[0]}?{encoded.decode()}")
        origin = f"http://{world.place[0]}:{world.place[1]}"
        host = f"{world.place[0]}:{world.place[1]}"
        return compose("POST", form.target, {**FORM, "Origin": origin}, encoded, host=host)


def target_of(shot: Shot) -> str:
    """Return what a shot asks for."""
    return shot.data.split(b" ", 2)[1].decode("latin-1")


def _is_ours(target: str) -> bool:
    return target.startswith(START) and not any(word in target for word in _LEFT_OUT)
