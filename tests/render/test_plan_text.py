"""The text of a plan on a terminal of any width."""

import re
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rehearsal import Rehearsal
from render.documents import of_every_part, of_new_accounts

from agencyfile.cli.render.folding import LEAST, Line, columns, painted, span
from agencyfile.cli.render.plan_text import render_plan
from agencyfile.cli.render.safe import one_line, pieces, printable

SPANS = st.lists(
    st.tuples(st.text(max_size=60), st.sampled_from([{}, {"fg": "red"}, {"bold": True, "fg": "green"}])), max_size=5
)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@given(SPANS, st.integers(LEAST, 90), st.integers(0, 30))
@example(
    [("0" * 13, {}), (" \x1f\x1f0\U000f0000\U000f0000", {})], LEAST, 12
)  # a word that fits a row without margin only
def test_painted_line_fits_its_width_and_loses_nothing_but_blanks(
    spans: list[tuple[str, Any]], width: int, hanging: int
) -> None:
    """Every row fits, and together they say what one row would."""
    line = Line([span(one_line(text), **style) for text, style in spans], hanging)
    rows = [click.unstyle(row) for row in painted(line, width)]
    (whole,) = painted(line, None)

    assert all(columns(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == click.unstyle(whole).replace(" ", "")


@given(st.text(st.sampled_from("\x1b\u202e\U000e0001\n a"), max_size=200), st.integers(LEAST, 90))
def test_painted_line_of_escapes_is_cut_inside_none(text: str, width: int) -> None:
    """An escape stands in one row, or it would read as something else."""
    shown = one_line(text)
    rows = painted(Line([span(shown, fg="red")]), width)

    found = [piece for row in rows for piece in pieces(click.unstyle(row)) if piece != " "]
    assert found == [piece for piece in pieces(shown) if piece != " "]


@given(SPANS, st.integers(LEAST, 90))
def test_painted_rows_each_end_the_paint_that_they_begin(spans: list[tuple[str, Any]], width: int) -> None:
    """A row cut out of its place, by a pager or a scroll, paints nothing else."""
    line = Line([span(one_line(text), **style) for text, style in spans], 4)

    for row in painted(line, width):
        assert "\x1b" not in row or re.search(r"\x1b\[\d+;0m[^\x1b]*$", row)


def test_plan_folded_or_not_says_the_same(rehearsal: Rehearsal) -> None:
    """A narrow terminal gets more lines and no other words."""
    document = of_every_part(rehearsal)
    whole = click.unstyle(render_plan(document))

    for width in (40, 60, 80, 120):
        folded = click.unstyle(render_plan(document, width=width))
        assert max(map(columns, folded.splitlines())) <= width
        assert "".join(folded.split()) == "".join(whole.split())


def test_plan_in_concise_form_has_one_line_for_each_change_and_step(rehearsal: Rehearsal) -> None:
    """What, how much, why and where in a line; then what they come to."""
    document = of_every_part(rehearsal)
    lines = click.unstyle(render_plan(document, concise=True)).splitlines()
    figures = lines.index("Plan: settings to record, 5 to create, 1 to change, 1 to end, 6 by hand.")

    assert figures == sum(len(document[part]) for part in ("resource_changes", "manual_steps", "blocked")) + 3
    assert lines[figures - 3].startswith("! an apply refuses this: 7 of 12 live objects")
    assert lines[3] == "+ account.acme charges 50.00 USD  new block, from snapshot `base`  agency.yaml:21"
    assert lines[figures + 1].startswith("  Card               180.00 USD now")


@pytest.mark.parametrize("concise", [True, False])
def test_plan_of_hostile_names_gives_a_log_no_command(rehearsal: Rehearsal, *, concise: bool) -> None:
    """No line begins with `::`, none holds `##[`: GitHub's runner would obey them, whoever chose the name."""
    document = of_new_accounts(rehearsal, 1)
    (settings, change) = document["resource_changes"]
    settings.update(words=["::add-mask::a", "##[group]b"], address="agency.##[error]x")
    change.update(reason="::add-mask::a", address="account.##[error]x", name="x")
    step = {
        "id": "account.x",
        "topic": "",
        "address": "account.x",
        "title": "::warning::x",
        "text": "one\n  ::stop-commands::t\n\t::error::\n##[group]a",
        "reason": " ::notice::x",
        "effect": "manual",
        "origin": change["origin"],
    }
    document["manual_steps"] = [step]
    text = click.unstyle(render_plan(document, concise=concise))

    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "##[" not in text


@given(st.text())
def test_printable_text_says_the_same_again(text: str) -> None:
    """What is escaped already is not escaped once more."""
    assert printable(printable(text)) == printable(text)
