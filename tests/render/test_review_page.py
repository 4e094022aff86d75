"""The page on reviews says what is so."""

import re
from pathlib import Path

from tools.generators import schemas

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "review.md").read_text("utf-8")
EVENTS = (TOP / "docs" / "reference" / "events.md").read_text("utf-8")


def listed(section: str, page: str = PAGE) -> list[str]:
    """The first column of the first table of a section."""
    text = page.partition(section)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z][a-z_-]*)` \|", text, re.MULTILINE)
    assert rows, section
    return rows


def test_review_page_lists_every_guard() -> None:
    """By the ids that the engine gives."""
    source = (TOP / "plan" / "guards.py").read_text("utf-8")

    assert set(listed("## What an apply refuses")) == set(re.findall(r'(?:rule=|Refusal\()"([a-z-]+)"', source))


def test_review_page_lists_every_event() -> None:
    """By the names that the schema gives."""
    names = [kind["properties"]["event"]["const"] for kind in schemas.event_schema()["oneOf"]]

    assert listed("# Events of an apply", EVENTS) == names


def test_review_page_shows_a_comment_as_it_is() -> None:
    """The sample is the head of a golden file, word for word."""
    found = re.search(r"^```markdown\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert found
    assert (Path(__file__).parent / "cases" / "1-new.md").read_text("utf-8").startswith(found[1])
