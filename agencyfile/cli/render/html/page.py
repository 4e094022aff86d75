"""The page: one file with its style and its script in it, and a policy that forbids everything else."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from agencyfile.cli.render.html.changes import render_changes
from agencyfile.cli.render.html.clients import render_billed, render_clients
from agencyfile.cli.render.html.contents import has_contents, render_contents
from agencyfile.cli.render.html.manual_steps import render_manual_steps
from agencyfile.cli.render.html.markup import Markup, element, name_of, void
from agencyfile.cli.render.html.overview import render_overview
from agencyfile.cli.render.html.sections import (
    render_blocked,
    render_diagnostics,
    render_drift,
    render_unmanaged,
)
from agencyfile.cli.render.html.values import Referents
from agencyfile.cli.render.wording import verdict
from plan.records.document import PlanDocument

_THEMES: Final = ("auto", "light", "dark")
_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b5cd5'/%3E"
    "%3Cpath d='M8 4v8M4 8h8' stroke='%23fff' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E"
)


def render_html(document: PlanDocument, *, approval: str = "apply") -> str:
    """The page of a plan document: the same bytes for the same document.

    It is complete without its script, which only searches, filters, folds, copies and switches the theme.
    """
    title = f"{document['agency']}: {verdict(document)} · agencyfile"
    return whole_page(title, _body(document, approval), script=_asset("page.js"), draws=has_contents(document))


def whole_page(
    title: str,
    body: Iterable[Markup | None],
    *,
    style: str = "",
    script: Markup | None = None,
    draws: bool = False,
) -> str:
    """The page with this body. `style` is the name of a file that adds to the style of all pages.

    `draws` lets HTML of others be drawn with its own styles, in a frame.
    """
    styles = Markup("".join(_asset(name) for name in ("page.css", style) if name))
    page = element("html", _head(title, styles, script, draws=draws), element("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _head(title: str, style: Markup, script: Markup | None, *, draws: bool) -> Markup:
    return element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=_policy(style, script, draws=draws)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="format-detection", content="telephone=no"),
        void("meta", name="robots", content="noindex"),
        void("link", rel="icon", href=_ICON),
        element("title", name_of(title)),
        element("style", style),
        None if script is None else element("script", script),
    )


def _body(document: PlanDocument, approval: str) -> Iterator[Markup | None]:
    referents = Referents.of(document)
    if document["resource_changes"]:
        yield element("a", "Skip to the changes", href="#changes", class_="skip")
    yield element("header", _name(document), _theme())
    yield element(
        "main",
        render_overview(document, approval),
        render_blocked(document),
        render_diagnostics(document, referents),
        render_clients(document, referents),
        render_contents(document),
        render_changes(document, referents),
        render_manual_steps(document, referents),
        render_drift(document, referents),
        render_billed(document),
        render_unmanaged(document),
    )
    yield element("p", class_="said", role="status")


def _name(document: PlanDocument) -> Markup:
    return element("p", element("b", "agencyfile"), " plan of ", element("b", name_of(document["agency"])))


def _theme() -> Markup:
    """Follows the system until somebody chooses."""
    choices = [
        element("label", void("input", type="radio", name="theme", value=theme), element("span", theme.capitalize()))
        for theme in _THEMES
    ]
    return element("fieldset", element("legend", "Theme"), *choices, class_="theme script")


def _policy(style: str, script: str | None, *, draws: bool) -> str:
    """Return the policy. A frame takes it over: HTML is drawn with its own styles, and with nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'" if draws else f"style-src '{_fingerprint(style)}'",
            "script-src 'none'" if script is None else f"script-src '{_fingerprint(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _fingerprint(text: str) -> str:
    """The hash by which a policy names a style or a script."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> Markup:
    """A file of this package, as it is: it holds no end tag."""
    return Markup(Path(__file__).with_name(name).read_text(encoding="utf-8"))
