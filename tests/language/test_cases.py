"""Every folder of `cases/` is an agency file with the diagnostics that it gives; AGENCYFILE_UPDATE=1 rewrites them.

A comment line `#    ^ rule-id` in a file says that the value above the caret breaks that rule: these marks are
compared without the renderer.
"""

import os

import pytest
from language.casebook import CASES, loaded, marked

from agencyfile.language import render_diagnostic

NAMES = sorted(path.name for path in CASES.iterdir())
ONE_EACH = [
    *("twenty-mistakes", "follow-ups", "names-in-two-files", "plans", "domains", "secrets", "credits", "removed"),
    *("spending", "currencies", "adopted", "renames", "addons", "brandings", "apis", "ignored", "template-lists"),
    *("countries", "agency-settings", "templates", "clients", "profiles"),
]


@pytest.mark.parametrize("case", NAMES)
def test_case_loaded_gives_expected_diagnostics(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person reads is what was reviewed."""
    result = loaded(case, monkeypatch)
    shown = "\n\n".join(render_diagnostic(one, result.sources, color=False) for one in result.diagnostics)
    expected = CASES / case / "expected.txt"
    if os.environ.get("AGENCYFILE_UPDATE") == "1":
        expected.write_text(shown + "\n" if shown else "")

    assert expected.read_text() == (shown + "\n" if shown else "")


@pytest.mark.parametrize("case", [name for name in NAMES if marked(CASES / name)])
def test_case_with_marks_breaks_each_rule_at_its_mark(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every marked mistake is found at its line and column."""
    result = loaded(case, monkeypatch)
    found = [(*one.origin, one.rule) for one in result.diagnostics if one.origin]

    assert not [mark for mark in marked(CASES / case) if mark not in found]


def test_file_with_twenty_mistakes_gives_exactly_twenty_diagnostics(monkeypatch: pytest.MonkeyPatch) -> None:
    """All mistakes are found in one run, each once, each at its place, and nothing follows from them."""
    result = loaded("twenty-mistakes", monkeypatch)

    assert len(result.diagnostics) == 20
    assert len({one.rule for one in result.diagnostics}) == 20
    assert marked(CASES / "twenty-mistakes") == sorted(
        (*one.origin, one.rule) for one in result.diagnostics if one.origin
    )
    assert result.agency_file is None


@pytest.mark.parametrize("case", ONE_EACH)
def test_mistake_gives_one_diagnostic_and_no_follow_ups(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fully marked case nothing is found but what is marked: a mistake is told once, where it is."""
    result = loaded(case, monkeypatch)

    assert marked(CASES / case) == sorted((*one.origin, one.rule) for one in result.diagnostics if one.origin)
