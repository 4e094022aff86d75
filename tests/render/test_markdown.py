"""The Markdown of a plan, seen through GitHub's own parser and through another."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rehearsal import Rehearsal
from render.documents import names_of, of_every_part, of_new_accounts, with_every_name, with_name
from render.forges import PARSERS, Page
from sampling import thinned

from agencyfile.cli.render.markdown import COMMENT, Stage, render_markdown, stage_of
from agencyfile.cli.render.markdown.text import blocks, code, prose, table
from agencyfile.cli.render.safe import one_line

CASES = Path(__file__).parent / "cases"
URL = "https://ci.example/runs/1?a=1&copy=2"

NASTY = [
    # tables, code, HTML
    "a|b", "a\\|b|\\\\|c\\", "`", "``a`", " ` ", "`" * 90, "a``b`c```d", "`|`" * 100, "a\\", "\\`a`", "```", "~~~",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details>", "<!--", "<b>", "&lt;b&gt;", "&#64;",
    # mentions, references, links, emoji
    "@northwind", "@org/team", "#1", "GH-1", "org/repo#1", "!1", "~label", "%1", "$1", "&1", "deadbeef", "0a1b2c3d4e",
    "[x](https://evil.example)", "![x](https://evil.example/a.png)", "[x][y]", "[x]: https://evil.example",
    "https://evil.example", "www.evil.com", "mail@evil.com", "mailto:a@b.com", "ftp://evil.example",
    ":tada:", ": tada:", ":+1:", "$`a`$", "[[a]]", "[TOC]", "{+ a +}", "[- a -]",
    # direction, control, line ends
    "\u202egnp.exe", "\u2066a\u2069", "\u200f", "\x1b[31mred\x1b[0m", "\x00", "\x07", "a\rb", "a\nb", "a\n\nb",
    "\u2028", "\ud800", "\u202e" * 100, "  ", " a ", "", "\u00a0",
    # blocks, emphasis, commands
    "*a*", "**a**", "_a_", "~~a~~", "# a", "> a", "- a", "1. a", "    a", "---", "===", "\n```\n# out\n", "x" * 600,
    "/merge", "\n/merge\n", "::error::a", "##[error]a", "(a", "a)", "(`a`)", "a:`b`:c",
]  # fmt: skip

TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.text("`|\\ ab@#:<>()[]!*_~.\n1", max_size=30),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)


def shown(text: str) -> str:
    """A text as every renderer shows it, its white space taken together."""
    return " ".join(one_line(text).split())


def without_quotes(text: str) -> str:
    """A sentence without the backquotes that made code of its words, and without the white space around them."""
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("number", [0, 1, 20, 300, pytest.param(2000, marks=pytest.mark.rest)])
def test_markdown_of_a_plan_of_any_size_is_the_golden_one(rehearsal: Rehearsal, number: int) -> None:
    """0, 1 and 20 changes in full, 300 with a line each, 2,000 counted; each within the limit of a comment."""
    document = of_new_accounts(rehearsal, number)
    stage, text = stage_of(document, url=URL)

    check_golden(f"{number}-new.md", text)
    assert stage is {300: Stage.SHORT, 2000: Stage.COUNTS}.get(number, Stage.FULL)
    assert len(text.encode()) <= COMMENT
    check_whole(text, document, stage)


def test_markdown_of_a_plan_with_every_part_is_the_golden_one(rehearsal: Rehearsal) -> None:
    """Money, what cannot be undone, what is open, what is wrong, changes, manual steps, drift, what is not touched."""
    document = of_every_part(rehearsal)

    for stage, limit in ((Stage.FULL, COMMENT), (Stage.SHORT, 4500), (Stage.COUNTS, 1)):
        found, text = stage_of(document, limit=limit)
        assert found is stage
        check_golden(f"every-part-{stage.name.lower()}.md", text)
        check_whole(text, document, stage)


def check_golden(name: str, text: str) -> None:
    """The text is that of the case file; `AGENCYFILE_UPDATE=1` writes it."""
    path = CASES / name
    if os.environ.get("AGENCYFILE_UPDATE"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text("utf-8") == text


def check_whole(text: str, document: Any, stage: Stage) -> None:
    """Both parsers see every row of every table, every fence closed, every fold closed, and nothing alive."""
    changes = sum(bool(row["changes"] or row["manual_steps"]) for row in document["rows"] if row["rank"] != "setting")
    fences, folds = len(re.findall(r"^ *```\w+$", text, re.MULTILINE)), text.count("<details>")
    rows = len(re.findall(r"^\|.*\|$", text, re.MULTILINE)) - len(re.findall(r"^\|(---\|)+$", text, re.MULTILINE))
    alike = sum(group["number"] - 1 for group in document["review"]["groups"])
    for parse in PARSERS:
        page = Page.of(parse(text))
        assert page.live == []
        assert sum(element.startswith("<pre") for element in page.elements) == fences
        assert [element for element in page.elements if "details" in element] == ["<details>", "</details>"] * folds
        assert page.elements.count("<tr>") == rows
        assert rows + alike >= changes or stage is Stage.COUNTS
        assert not any("|" in cell or "```" in cell for cell in page.texts)
    assert text.startswith(f"### agencyfile · {document['agency']} · **")


@pytest.mark.parametrize("parse", PARSERS)
@given(text=TEXTS)
def test_code_shows_any_text_as_it_is(parse: Any, text: str) -> None:
    """In a paragraph and in a table: one code element, whose text is the raw text on one line."""
    alone = Page.of(parse(f"a {code(text, 10_000)} b"))
    cell = Page.of(parse(table(["A", "B"], [[code(text, 10_000), "c"]])))

    expected = shown(text) or ("" if text else "(empty)")
    assert alone.text == " ".join(f"a {expected} b".split())
    assert alone.skeleton == ["<p>", "</p>"]
    assert alone.elements.count("<code>") == (1 if text else 0)
    assert cell.text == " ".join(f"A B {expected} c".split())
    assert cell.skeleton == Page.of(parse(table(["A", "B"], [["x", "c"]]))).skeleton


@pytest.mark.parametrize("parse", PARSERS)
@given(text=TEXTS)
@example(text="0 ::0")  # a word of it begins as a log's command, the line does not
def test_prose_shows_any_text_and_nothing_in_it_lives(parse: Any, text: str) -> None:
    """A sentence is text: no element but code, and nothing outside of code that a forge would replace."""
    page = Page.of(parse(f"- {prose(text, 10_000)}"))

    assert page.skeleton == Page.of(parse("- x")).skeleton
    assert page.live == []
    expected = without_quotes(shown(text)) if text.strip(" ") else "(empty)"
    assert without_quotes(page.text).replace(" ", "") == expected.replace(" ", "")


@given(text=st.one_of(TEXTS, st.lists(TEXTS, max_size=4).map("\n".join)))
def test_blocks_begin_no_line_with_a_name(text: str) -> None:
    """GitLab obeys lines that begin with `/`, but not those in fences."""
    for block in blocks(text):
        fence = re.fullmatch(r"(```|~~~)text\n(.*)\n\1", block, re.DOTALL)
        if fence:
            assert not re.search(rf"^ *{fence[1]}", fence[2], re.MULTILINE)
            continue
        for line in block.split("\n"):
            assert re.match(r"(\d+\. )?[`A-Za-z(,.;:)]|$", line)


@pytest.mark.parametrize("parse", PARSERS)
@given(lines=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4))
def test_blocks_show_what_is_to_be_copied_in_a_fence(parse: Any, lines: list[str]) -> None:
    """Lines that are set off stand together, each as it is; only where they would end every fence they stand alone."""
    text = "\n".join(f"  {one_line(line)}" for line in lines)
    page = Page.of(parse("\n\n".join(["- x", *blocks(text)]).replace("\n", "\n  ")))

    assert page.live == []
    assert "".join(page.text.split()) == "".join(f"x{text}".split())


@pytest.mark.parametrize("letter", thinned(["x", "a ", "|`", "\u202e", "\U0001f4b3", "`"], every=6))
def test_counts_of_a_plan_of_endless_names_fit_into_a_comment(every_part: Any, letter: str) -> None:
    """The last stage has a size of its own, whatever the names are made of and however many there are."""
    named = with_every_name(every_part, letter * 1000)
    document: Any = {name: part * 40 if isinstance(part, list) else part for name, part in named.items()}

    stage, text = stage_of(document, url=URL)

    assert stage is Stage.COUNTS
    assert len(text.encode()) <= COMMENT


@given(data=st.data(), text=TEXTS.filter(bool))  # an empty text is none
def test_document_with_any_name_differs_from_a_harmless_one_in_text_alone(
    every_part: Any, data: st.DataObject, text: str
) -> None:
    """Whatever name stands anywhere: the same elements with the same attributes, nothing alive, the name as text."""
    assume(text.strip() != ":")  # a file of that name and its line are `::3`, a command of a log: shown as an escape
    path = data.draw(st.sampled_from(sorted(names_of(every_part), key=str)))
    stage = data.draw(st.sampled_from([COMMENT, 3500, 1]))
    if path[-1] == "text":  # its lines are ours, and there are some
        text = f"Choose {text}".replace("\n", " ")
    harmless = render_markdown(with_name(every_part, path, "harmless-1"), limit=stage)
    nasty = render_markdown(with_name(every_part, path, text), limit=stage)

    for parse in PARSERS:
        before, after = Page.of(parse(harmless)), Page.of(parse(nasty))
        assert after.live == []
        assert after.skeleton == before.skeleton
        expected = without_quotes(before.text).replace("harmless-1", without_quotes(shown(text))).replace(" ", "")
        if without_quotes(text) and len(shown(text)) <= 40:  # where a name is cut, at the earliest
            assert without_quotes(after.text).replace(" ", "") == expected
