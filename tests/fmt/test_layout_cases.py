"""Every folder of `cases/` is a file before and after; AGENCYFILE_UPDATE=1 rewrites what comes after."""

import os
from pathlib import Path

import pytest

from agencyfile.language.document import parse_document
from agencyfile.language.layout import LayoutError, is_same, laid_out
from agencyfile.language.rules import make_report
from agencyfile.language.source import Limits

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case_is_laid_out_as_was_reviewed(case: str) -> None:
    """What a team sees after `fmt` is what somebody looked at and liked."""
    before = (CASES / case / "before.yaml").read_text("utf-8")
    after = CASES / case / "after.yaml"
    report = make_report()
    result = laid_out(before, parse_document(before, "before.yaml", report, Limits()).root)
    if os.environ.get("AGENCYFILE_UPDATE") == "1":
        after.write_text(result, "utf-8")

    assert report.diagnostics() == ()
    assert result == after.read_text("utf-8")


def test_layout_that_would_hold_other_values_is_refused() -> None:
    """The result is read again, and held against the values that the caller knows."""
    with pytest.raises(LayoutError):
        laid_out("a: 1\n", "1")


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0, False), ("", None), ([1], [1, 2]), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({}, [])],
)
def test_values_of_other_types_or_order_are_not_the_same(one: object, other: object) -> None:
    """Python takes some of them for equal; YAML does not."""
    assert not is_same(one, other)  # type: ignore[arg-type]


def test_values_that_are_no_numbers_are_the_same() -> None:
    """`.nan` is not equal to itself, and stays what it is."""
    assert is_same(float("nan"), float("nan"))
