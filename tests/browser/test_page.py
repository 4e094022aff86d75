"""The fixture sees what a page does: a test that asks it may trust the answer."""

from pathlib import Path

import pytest
from browser.page import Page

LOUD = """<!doctype html><title>Loud</title><meta charset="utf-8">
<style>
p { color: rgb(1, 2, 3) } @media print { p { color: rgb(4, 5, 6) } }
@media (prefers-color-scheme: dark) { p { color: rgb(7, 8, 9) } }
</style>
<h1>Plan</h1><p>seen</p><p hidden>not seen</p>
<details><summary>More</summary><b>folded</b></details>
<script>document.querySelector("p").textContent += " and run"; console.error("wrong");</script>
"""


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """A page on disk that says an error."""
    path = tmp_path / "loud page.html"
    path.write_text(LOUD, encoding="utf-8")
    return path


def test_page_console_holds_what_the_page_said(page: Page, loud: Path) -> None:
    """An error on the console is recorded, and kept when it was asked for before."""
    page.open(loud)

    assert "wrong" in page.console[0]
    assert page.console[0].startswith("SEVERE: ")
    assert len(page.console) == 1


def test_page_console_starts_empty_for_each_test(page: Page) -> None:
    """What another test's page said is not held against this one."""
    assert page.console == []
    assert page.requests == []


def test_page_requests_hold_what_the_page_asked_for(page: Page, tmp_path: Path) -> None:
    """A picture, a style, a script, a fetch: each is seen though nothing answers; a data URL is none."""
    path = tmp_path / "asks.html"
    path.write_text(
        '<link rel="stylesheet" href="https://style.example/a.css"><img src="https://picture.example/b.png">'
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>fetch("https://fetch.example/c")</script>',
        encoding="utf-8",
    )
    page.open(path)

    assert page.requests[0] == path.as_uri()
    assert set(page.requests[1:]) == {
        "https://style.example/a.css",
        "https://picture.example/b.png",
        "https://fetch.example/c",
    }
    assert any("ERR_NAME_NOT_RESOLVED" in line for line in page.console)


def test_page_text_is_what_a_person_reads(page: Page, loud: Path) -> None:
    """Hidden and folded text is not read until somebody unfolds it."""
    page.open(loud)
    assert "seen and run" in page.text()
    assert "not seen" not in page.text()
    assert "folded" not in page.text()

    page.click("summary")

    assert "folded" in page.text("details")


def test_page_without_scripts_runs_none(page: Page, loud: Path) -> None:
    """A page is as it is for somebody who has switched scripts off."""
    page.set_scripts(enabled=False)
    page.open(loud)

    assert page.text("p") == "seen"
    assert page.console == []


@pytest.mark.parametrize(
    ("wanted", "colour"),
    [({}, "rgb(1, 2, 3)"), ({"media": "print"}, "rgb(4, 5, 6)"), ({"prefers_color_scheme": "dark"}, "rgb(7, 8, 9)")],
)
def test_page_emulates_print_and_darkness(page: Page, loud: Path, wanted: dict[str, str], colour: str) -> None:
    """Media queries answer as they would on paper and at night."""
    page.open(loud)
    page.emulate(**wanted)

    assert page.run("getComputedStyle(document.querySelector('p')).color") == colour


def test_page_size_is_that_of_a_telephone(page: Page, loud: Path) -> None:
    """A width below that of a desktop window can be had."""
    page.resize(360, 640)
    page.open(loud)

    assert page.run("document.documentElement.clientWidth") == 360


def test_page_accessible_tree_has_roles_and_names(page: Page, loud: Path) -> None:
    """A screen reader hears the heading and is not told hidden text."""
    page.open(loud)

    assert ("heading", "Plan") in page.accessible()
    assert "not seen" not in {name for _, name in page.accessible()}
