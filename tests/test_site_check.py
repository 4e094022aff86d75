"""The check of the built site finds what a reader or a browser would."""

from pathlib import Path

from tools.site_check import mistakes

GOOD = '<h1 id="top">A</h1><a href="b.html#there">b</a><a href="https://elsewhere.example/">c</a><img src="b.html">'


def site(folder: Path, page: str) -> list[str]:
    """The mistakes of a site of two pages."""
    (folder / "a.html").write_text(page, encoding="utf-8")
    (folder / "b.html").write_text('<p id="there">', encoding="utf-8")
    return list(mistakes(folder))


def test_site_with_good_links_has_no_mistakes(tmp_path: Path) -> None:
    """A link to another host is a link, and is not followed."""
    assert site(tmp_path, GOOD) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    """A missing page, a missing anchor there, a missing anchor here."""
    assert site(tmp_path, '<a href="c.html">c</a><a href="b.html#no">b</a><a href="#no">a</a>') == [
        "a.html: c.html leads nowhere",
        "a.html: b.html#no leads nowhere",
        "a.html: #no leads nowhere",
    ]


def test_things_from_another_host_are_found(tmp_path: Path) -> None:
    """Scripts, images, styles and fonts."""
    (tmp_path / "a.css").write_text("@font-face { src: url(https://fonts.example/a.woff) }", encoding="utf-8")

    assert site(tmp_path, '<script src="https://cdn.example/a.js"></script><img src="//cdn.example/a.png">') == [
        "a.html: loads https://cdn.example/a.js",
        "a.html: loads //cdn.example/a.png",
        "a.css: loads something from another host",
    ]
