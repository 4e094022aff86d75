"""A visitor of the portal's pages over plain HTTP: reads forms as a browser does, and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import requests


@dataclass
class Form:
    """One form of a page: where it is sent, and what is sent when nobody changes it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(given.get("id", "").removeprefix("form-"), Form(given["action"]))
        if self._form is None:
            return
        fields, name = self._form.fields, given.get("name", "")
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area, fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in fields):
            fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select
        self._form = None if tag == "form" else self._form


class Visitor:
    """One browser, with its own cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self.url + path, timeout=60)

    def form(self, path: str, name: str) -> Form:
        """Open a page and read one of its forms."""
        page = self.get(path)
        reader = _Forms()
        reader.feed(page.text)
        assert name in reader.forms, (page.status_code, path, list(reader.forms))
        return reader.forms[name]

    def send(self, form: Form, **values: str | None) -> requests.Response:
        """Send a form with other values; None leaves a field out, as a box that is not ticked."""
        fields = {key: value for key, value in {**form.fields, **values}.items() if value is not None}
        return self.session.post(self.url + form.action, data=fields, timeout=60)

    def fill(self, path: str, form: str, /, **values: str | None) -> requests.Response:
        """Open a page and send one of its forms."""
        return self.send(self.form(path, form), **values)

    def log_in(self, password: str = "") -> requests.Response:
        """Log in to the partner portal."""
        return self.fill("/partner/login", "login", password=password)

    def order(self, account: str, **values: str) -> requests.Response:
        """Order an account."""
        return self.fill("/partner/accounts/new", "order", **order_fields(account), **values)


def order_fields(account: str) -> dict[str, str]:
    """What a person types for a new account, besides its plan."""
    return {
        "account": account,
        "client_name": f"Client {account}",
        "client_email": f"owner@{account}.example",
        "notification": "me@northwind.example",
        "press": "paid",
    }
