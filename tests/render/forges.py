"""Markdown as forges read it: GitHub's own parser, and another one as a second opinion."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

_SECOND = MarkdownIt("gfm-like", {"html": True, "linkify": True})
_VOID = {"br", "hr", "img", "input", "wbr"}

# what GitHub and GitLab replace in text outside of code: mentions, references, commits, emoji, URLs
_LIVE = re.compile(
    r"@\w|[#!~&$%^]\w|\bGH-\d|\b[0-9a-fA-F]{7,40}\b|:[\w+-]+:|://|www\.\w|\w@\w|\[\[|\{\+|\[-", re.IGNORECASE
)


def github(markdown: str) -> str:
    """As cmark-gfm renders it, raw HTML and autolinks included."""
    html: str = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    return html


def second(markdown: str) -> str:
    """As markdown-it renders it."""
    return str(_SECOND.render(markdown))


PARSERS = (github, second)


@dataclass
class Page(HTMLParser):
    """A piece of HTML, taken apart."""

    elements: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        page.close()
        assert page._open == [], f"left open: {page._open}"
        return page

    @property
    def text(self) -> str:
        """The text alone, white space taken together."""
        return " ".join("".join(self.texts).split())

    @property
    def skeleton(self) -> list[str]:
        """Every element with its attributes, but for code in a line: it is what names stand in."""
        return [element for element in self.elements if element not in ("<code>", "</code>")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(f"<{' '.join([tag, *(f'{name}={value!r}' for name, value in attrs)])}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag, f"</{tag}> out of place"
            self.elements.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if not {"code", "pre", "a"} & set(self._open):
            self.live += _LIVE.findall(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(f"<!--{data}-->")
