"""A page read back by a parser that knows nothing of how it was written."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Read:
    """What a page holds: its elements in order, its text, and what stands inside its script and its style."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    raw: dict[str, str] = field(default_factory=dict)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of one name."""
        return [attributes for name, attributes in self.elements if name == tag]


def read_page(page: str) -> Read:
    """Parse a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.read


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read = Read()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's shape
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.read.raw[self._inside] = self.read.raw.get(self._inside, "") + data
        else:
            self.read.text += data
