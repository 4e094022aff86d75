"""Plan documents that somebody has changed, in every form: a clear error or a plan, never a bug."""

import json
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsal import Ran, Rehearsal, stream, text_of
from render.documents import names_of, recounted, with_name
from sampling import examples, sampled

from agencyfile.cli.plan_output import FORMS, Output, print_plan
from plan.errors import DocumentError

HALF = "\ud800"
ODD: list[Any] = [
    None, True, -1, 10**30, 0.5, "", "x", "NaN USD", "Infinity USD", "1e999 USD", "-1.00 USD", "5.00", [], [None], {},
    {"reference": "x"}, {"reference": "account.x"}, {"a": [1, {"b": None}]}, HALF, "a.b",
]  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document, branches and leaves."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in ((*path, key), *places(item, (*path, key)))]


@settings(max_examples=examples(300))
@given(data=st.data(), form=st.sampled_from(list(FORMS)), odd=st.sampled_from(ODD))
def test_show_of_a_damaged_document_is_no_bug(
    rehearsal: Rehearsal, every_part: dict[str, Any], data: st.DataObject, form: str, odd: Any
) -> None:
    """Whatever stands wherever: it is shown, or refused with what is wrong."""
    path = data.draw(st.sampled_from(places(every_part)))
    check_no_bug(shown(rehearsal, with_name(every_part, path, odd), form), path)


# Places whose lone surrogate ended in "this is a bug" before, each in every form.
FOUND = [("manual_steps", 0, "title"), ("manual_steps", 0, "done", "client.name"), ("budget", 0, "name")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", FOUND, ids=[".".join(map(str, path)) for path in FOUND])
def test_show_of_a_lone_surrogate_that_was_a_bug_is_none(
    rehearsal: Rehearsal, every_part: dict[str, Any], path: tuple[str | int, ...], form: str
) -> None:
    """Every counterexample that was ever found."""
    check_no_bug(shown(rehearsal, with_name(every_part, path, HALF), form), path)


@pytest.mark.long
def test_show_of_a_lone_surrogate_at_any_place_is_no_bug(rehearsal: Rehearsal, every_part: dict[str, Any]) -> None:
    """JSON can write half of a character. Wherever it stands, the document was changed: no form is asked for then."""
    for path in sampled(places(every_part), every=97):
        ran = shown(rehearsal, with_name(every_part, path, HALF), "text")
        assert (ran.code, ran.out) == (1, ""), path
        check_no_bug(ran, path)


@pytest.mark.long
def test_plan_with_half_a_character_for_any_name_is_printed(every_part: Any) -> None:
    """A file or a portal may have chosen it. The plan is as it was written: nothing refuses it before it is shown."""
    for path in sampled(sorted(names_of(every_part), key=str), every=29):
        try:
            document = recounted(with_name(every_part, path, HALF))
        except DocumentError:  # no plan has such a text there: an address, an amount
            continue
        for form in FORMS:
            out = stream("strict")
            with redirect_stdout(out):
                print_plan(document, Output(form, concise=False, link=None, summary=False, no_color=True))
            assert text_of(out), (path, form)


def shown(rehearsal: Rehearsal, document: dict[str, Any], form: str) -> Ran:
    """What `show` makes of a document."""
    plan_file = rehearsal.folder / "plan.json"
    plan_file.write_text(json.dumps(document), "utf-8")
    return rehearsal.run("show", str(plan_file), "--format", form)


def check_no_bug(ran: Ran, place: object) -> None:
    """It is shown, or refused with what is wrong."""
    assert ran.code in (0, 1), ran
    assert "this is a bug" not in ran.err, place
    assert ran.err.startswith("error: ") is (ran.code == 1)
