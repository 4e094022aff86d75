"""The documentation site: Sphinx over the same Markdown that a forge shows. `make docs` builds it into build/site."""

import posixpath
import re
from pathlib import Path
from typing import Final

import click
from docutils import nodes
from sphinx.application import Sphinx

from agencyfile import __version__

TOP: Final = Path(__file__).parent.parent

project = "agencyfile"
author = "the agencyfile authors"
version = release = __version__

extensions = ["myst_parser", "sphinx_click"]
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4
highlight_language = "none"
nitpicky = True
suppress_warnings = ["myst.header"]  # a page that includes a document begins with the document's own title

html_theme = "furo"
html_title = "agencyfile"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False

# Documents at the top of the repository are pages too: each of these pages includes one of them.
PAGES: Final = {
    "ARCHITECTURE.md": "docs/explanation/architecture.md",
    "CHANGELOG.md": "docs/reference/changelog.md",
    "CONTRIBUTING.md": "docs/how-to/contribute.md",
    "README.md": "docs/how-to/install.md",
    "SECURITY.md": "docs/how-to/report-a-vulnerability.md",
}
LINK: Final = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^()\s#]+)")
ANCHOR: Final = re.compile(r'<a id="([^"]+)"></a>')


def for_the_site(text: str, source: str, page: str) -> str:
    """Return a document's text with links that lead from the page, and anchors that Sphinx knows.

    `source` and `page` are paths in the repository; a forge shows the text as it is.
    """

    def from_the_page(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link[1]))
        return posixpath.relpath(PAGES.get(target, target), posixpath.dirname(page))

    return ANCHOR.sub(r"[]{#\1}", LINK.sub(from_the_page, text))


def _read_page(_app: Sphinx, docname: str, content: list[str]) -> None:
    page = f"docs/{docname}.md"
    content[0] = for_the_site(content[0], page, page)


def _read_included(app: Sphinx, path: Path, _parent: str, content: list[str]) -> None:
    source = posixpath.normpath(posixpath.join("docs", path.as_posix()))
    page = f"docs/{app.env.docname}.md"
    content[0] = for_the_site(content[0], source, page)


def _know_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Let other pages refer to the anchors in tables: MyST itself knows those of headings alone."""
    known = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.inline):
        known.update((name, (node.line, name, "")) for name in node["ids"])


def _as_literals(text: str) -> str:
    """Help texts are plain text: a name in backquotes is code, a star is a star."""
    parts = re.split(r"(?<!`)`([^`]+)`(?!`)", text)
    return "".join(f"``{part}``" if place % 2 else part.replace("*", r"\*") for place, part in enumerate(parts))


def _plain(_app: Sphinx, _context: click.Context, lines: list[str]) -> None:
    lines[:] = [_as_literals(line) for line in lines]


def setup(app: Sphinx) -> None:
    """Connect what the site needs besides the documents as they are."""
    app.connect("source-read", _read_page)
    app.connect("include-read", _read_included)
    app.connect("doctree-read", _know_anchors)
    for part in ("description", "options", "epilog"):
        app.connect(f"sphinx-click-process-{part}", _plain)
