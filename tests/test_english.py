"""Texts, docstrings and messages hold no phrase that has to be decoded."""

import pytest
from english import Finding, findings, in_code, in_text


def test_nothing_that_people_read_holds_a_phrase_to_decode() -> None:
    """`PYTHONPATH=tests python -m english` prints the same findings, with their places."""
    assert list(findings()) == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("What no list shows is not waited for.", "What no list shows"),
        ("If you have but one key,\nset it twice.", "have but one"),
        ("The fix mends it.", "mends"),
        ("Run `plan -out plan.json`.", "-out"),
        ("See design.md, section 3.", "design.md"),
    ],
)
def test_phrase_in_a_text_is_found(text: str, phrase: str) -> None:
    """Also across the end of a line."""
    (found,) = in_text("page.md", text)

    assert found.phrase == phrase
    assert text.startswith(found.text.partition("\n")[0])
    assert found.path == "page.md"


def test_docstring_that_asks_is_found() -> None:
    """A docstring is a verb or a noun phrase; a real question may stand."""
    code = '"""Whose turn it is."""\n\ndef turn():\n    """Is it ours?"""\n    say("mend the file please")\n'

    assert [(found.line, found.phrase) for found in in_code("turn.py", code)] == [
        (1, "Whose"),
        (1, "Whose turn"),
        (5, "mend"),
    ]


def test_plain_text_has_no_findings() -> None:
    """The plainer words of the table pass."""
    assert list(in_text("page.md", "Approve a plan by its digest: `plan --out plan.json`. Fix the file.")) == []
    assert Finding("a", 1, "b", "c") != Finding("a", 2, "b", "c")
