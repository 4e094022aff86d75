"""Forms: fields with their label, their hint and their problem, and the token that lets a form be sent once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agencyfile.local_portal.pages.markup import Child, Markup, element, join, void
from agencyfile.local_portal.pages.visit import Visit

Options = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a page, with what was sent and what is wrong with it.

    Attributes:
        visit: The request that the form is shown for.
        name: Its name on the page; the ids of its fields begin with it.
        kept: The values that it shows before anything is sent.
    """

    visit: Visit
    name: str
    kept: Mapping[str, str]

    @property
    def is_back(self) -> bool:
        """Whether the form was sent and is shown again."""
        return self.visit.sent.get("form") == self.name

    def value(self, name: str) -> str:
        """Return the value of a field: what was sent, else what is kept."""
        return self.visit.sent.get(name, "") if self.is_back else self.kept.get(name, "")

    def is_ticked(self, name: str) -> bool:
        """Say whether a box is ticked."""
        return bool(self.value(name))

    def problem(self, name: str) -> str:
        """Return what is wrong with a field; empty when nothing is."""
        return self.visit.problems.get(name, "") if self.is_back else ""

    def field_id(self, name: str) -> str:
        """Return the id of a field."""
        return f"{self.name}-{name}"

    def text(
        self, name: str, label: str, *, hint: str = "", kind: str = "text", required: bool = False, after: str = "",
        options: str | None = None, auto: str = "off",
    ) -> Markup:  # fmt: skip
        """Return a field for one line."""
        shown = None if kind == "password" else self.value(name)
        field = void(
            "input", type=kind, id=self.field_id(name), name=name, value=shown, required=required, list=options,
            autocomplete=auto, **self._described(name, hint),
        )  # fmt: skip
        suffix = element("span", after, class_="after") if after else None
        return self._row(name, label, hint, join((field, suffix)))

    def area(self, name: str, label: str, *, hint: str = "", rows: int = 6) -> Markup:
        """Return a field for many lines."""
        # A browser drops the first line end of a field.
        text = f"\n{self.value(name)}"
        field = element(
            "textarea", text, id=self.field_id(name), name=name, rows=rows, **self._described(name, hint)
        )  # fmt: skip
        return self._row(name, label, hint, field)

    def choice(self, name: str, label: str, options: Options, *, hint: str = "", off: Sequence[str] = ()) -> Markup:
        """Return a drop-down list; what is off is shown, and cannot be chosen."""
        chosen = self.value(name)
        items = (
            element("option", text, value=value, selected=value == chosen, disabled=value in off)
            for value, text in options
        )
        field = element("select", *items, id=self.field_id(name), name=name, **self._described(name, hint))
        return self._row(name, label, hint, field)

    def box(self, name: str, label: str, *, hint: str = "") -> Markup:
        """Return a box to tick."""
        field = void(
            "input", type="checkbox", id=self.field_id(name), name=name, value="1", checked=self.is_ticked(name),
            **self._described(name, hint),
        )  # fmt: skip
        words = element("label", label, for_=self.field_id(name))
        return element("div", field, words, self._hint(name, hint), self._problem(name), class_="box")

    def render(self, *inside: Child, to: str | None = None, class_: str | None = None) -> Markup:
        """Return the form, which is sent to the page that it stands on unless it says another."""
        return element(
            "form",
            hidden("token", self.visit.session.issue()),
            hidden("form", self.name),
            *inside,
            method="post",
            action=to or self.visit.path,
            class_=class_,
            id=f"form-{self.name}",
            novalidate=True,
        )

    def _row(self, name: str, label: str, hint: str, field: Markup) -> Markup:
        words = element("label", label, for_=self.field_id(name))
        return element("div", words, self._hint(name, hint), self._problem(name), field, class_="field")

    def _hint(self, name: str, hint: str) -> Markup | None:
        return element("p", hint, class_="hint", id=f"{self.field_id(name)}-hint") if hint else None

    def _problem(self, name: str) -> Markup | None:
        problem = self.problem(name)
        return element("p", problem, class_="problem", id=f"{self.field_id(name)}-problem") if problem else None

    def _described(self, name: str, hint: str) -> dict[str, str | None]:
        parts = (("hint", hint), ("problem", self.problem(name)))
        ids = " ".join(f"{self.field_id(name)}-{part}" for part, text in parts if text)
        return {"aria_describedby": ids or None, "aria_invalid": "true" if self.problem(name) else None}


def form(visit: Visit, name: str, **kept: str) -> Form:
    """Return a form of a page."""
    return Form(visit, name, kept)


def hidden(name: str, value: str) -> Markup:
    """Return a field that nobody sees."""
    return void("input", type="hidden", name=name, value=value)


def user_of(name: str) -> Markup:
    """Return the user whose password a form changes, for password managers alone."""
    return void("input", type="text", name="username", value=name, autocomplete="username", hidden=True)


def button(text: Child, *, kind: str = "main", **attributes: str) -> Markup:
    """Return a button that sends its form; ``kind`` is ``main``, ``plain``, ``good`` or ``danger``."""
    return element("button", text, type="submit", class_=f"button {kind}", **attributes)


def link(text: Child, to: str, **attributes: str | None) -> Markup:
    """Return a link."""
    return element("a", text, href=to, **attributes)


def button_link(text: Child, to: str, *, kind: str = "plain", **attributes: str | None) -> Markup:
    """Return a link that looks like a button."""
    return link(text, to, class_=f"button {kind}", **attributes)


def actions(*inside: Child) -> Markup:
    """Return a line of buttons."""
    return element("div", *inside, class_="actions")


def section(heading: str, *inside: Child, id_: str | None = None, note: Child = None) -> Markup:
    """Return a part of a page with a heading."""
    more = element("p", note, class_="note") if note else None
    return element("section", element("h2", heading), more, *inside, id=id_)


def facts(pairs: Iterable[tuple[str, Child]]) -> Markup:
    """Return names and values."""
    return element(
        "dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs), class_="facts"
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Iterable[Child]], *, empty: str) -> Markup:
    """Return a table; each row becomes a card where there is no room. The first cell of a row is its heading."""
    lines = [_line(heads, row) for row in rows]
    if not lines:
        return element("p", empty, class_="empty card")
    head = element(
        "tr", *(element("th", text or element("span", "Actions", class_="said"), scope="col") for text in heads)
    )
    return element(
        "div",
        element(
            "table",
            element("caption", caption, class_="said"),
            element("thead", head),
            element("tbody", *lines),
        ),
        class_="card frame",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def _line(heads: Sequence[str], row: Iterable[Child]) -> Markup:
    first, *others = row
    cells = (element("td", value, data_head=head or None) for head, value in zip(heads[1:], others, strict=True))
    return element("tr", element("th", first, scope="row"), *cells)
