"""Plan documents that somebody has changed, in every form: a clear error or a plan, never a bug."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rehearsal import Rehearsal
from render.documents import with_name

from agencyfile.cli.plan_output import FORMS

ODD: list[Any] = [
    None, True, -1, 10**30, 0.5, "", "x", "NaN USD", "Infinity USD", "1e999 USD", "-1.00 USD", "5.00", [], [None], {},
    {"reference": "x"}, {"reference": "account.x"}, {"a": [1, {"b": None}]}, "\ud800", "a.b",
]  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document, branches and leaves."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in ((*path, key), *places(item, (*path, key)))]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), form=st.sampled_from(FORMS), odd=st.sampled_from(ODD))
def test_show_of_a_damaged_document_is_no_bug(
    rehearsal: Rehearsal, every_part: dict[str, Any], data: st.DataObject, form: str, odd: Any
) -> None:
    """Whatever stands wherever: it is shown, or refused with what is wrong."""
    path = data.draw(st.sampled_from(places(every_part)))
    plan_file = rehearsal.folder / "plan.json"
    plan_file.write_text(json.dumps(with_name(every_part, path, odd)), "utf-8")

    ran = rehearsal.run("show", str(plan_file), "--format", form)

    assert ran.code in (0, 1), ran
    assert "this is a bug" not in ran.err, path
    assert ran.err.startswith("error: ") is (ran.code == 1)
