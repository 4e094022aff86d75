"""Templates whose HTML differs from the base: the difference as text, and both drawn in frames that run nothing."""

from html import escape

from agencyfile.cli.render.html.markup import Markup, element, name_of
from agencyfile.cli.render.markdown.contents import difference
from plan.records.document import PlanDocument
from plan.records.request import ContentChangeRecord


def has_contents(document: PlanDocument) -> bool:
    """Is there any HTML to draw?"""
    return bool(document["request"] and document["request"]["contents"])


def render_contents(document: PlanDocument) -> Markup | None:
    """One fold for each template."""
    found = document["request"]["contents"] if document["request"] else []
    if not found:
        return None
    note = element("p", "Drawn without scripts, and without images of the web.", class_="note")
    return element("section", element("h2", "Templates"), note, *map(_content, found), id="templates")


def _content(content: ContentChangeRecord) -> Markup:
    lines = "\n".join(difference(content))
    frames = [
        element("figure", element("figcaption", words), _frame(html, words))
        for words, html in (("Before", content["before"]), ("After", content["after"]))
        if html is not None
    ]
    return element(
        "details",
        element("summary", name_of(content["address"])),
        element("pre", element("code", lines)),
        element("div", *frames, class_="frames"),
        open=True,
    )


def _frame(html: str, words: str) -> Markup:
    """A frame of an origin of its own, in which nothing runs and nothing leads out."""
    attributes = f'sandbox="" title="{words}" loading="lazy" referrerpolicy="no-referrer"'
    return Markup(f'<iframe srcdoc="{escape(html)}" {attributes}></iframe>')
