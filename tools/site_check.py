"""Check a built site: every internal link and anchor exists, and no page loads anything from another host."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


@dataclass
class Page(HTMLParser):
    """The anchors of a page, its links, and what a browser loads with it."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if LOADED.get(tag) in given:
            self.loaded.append(given[LOADED[tag]])


def read(path: Path) -> Page:
    """Return what a page holds."""
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


def mistakes(site: Path) -> Iterator[str]:
    """Yield one line for each link that leads nowhere and each thing from another host."""
    pages = {path.resolve(): read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        yield from (f"{name}: loads {url}" for url in page.loaded if _is_foreign(url))
        local = [url for url in (*page.links, *page.loaded) if not urlsplit(url).scheme and not _is_foreign(url)]
        yield from (f"{name}: {url} leads nowhere" for url in local if not _exists(path, url, pages))
    for style in sorted(site.rglob("*.css")):
        if any(mark in style.read_text("utf-8") for mark in ("url(http", "url(//", "@import")):
            yield f"{style.relative_to(site)}: loads something from another host"


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme in ("http", "https")


def _exists(path: Path, url: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(url)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not parts.fragment or target.suffix != ".html":
        return target.exists()
    return target in pages and unquote(parts.fragment) in pages[target].anchors


def main() -> int:
    """Print the mistakes of the site that the command line names."""
    site = Path(sys.argv[1])
    pages = list(site.rglob("*.html"))
    found = list(mistakes(site))
    print(
        "\n".join(found)
        or f"{len(pages)} pages, {sum(len(read(page).links) for page in pages)} links: all lead somewhere"
    )
    return 1 if found or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
