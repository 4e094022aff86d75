"""The published schemas say what is written: no less, no more, and what older versions wrote as well."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from published import mistakes_in_event, mistakes_in_plan, validator
from rehearsal import Rehearsal
from sampling import sampled
from stories import agency

OLD = Path(__file__).parent / "cases" / "plan-1.0.json"
NAMES = ("agency", "plan", "event", "ledger")


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_printed_and_is_one(rehearsal: Rehearsal, name: str) -> None:
    """`schema NAME` prints what is checked in, in the dialect that it names."""
    printed = json.loads(rehearsal.run("schema", name).out)

    assert printed == validator(name).schema
    Draft202012Validator.check_schema(printed)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schema_of_no_name_is_that_of_the_agency_file(rehearsal: Rehearsal) -> None:
    """As it was before there were others."""
    assert rehearsal.run("schema").out == rehearsal.run("schema", "agency").out
    assert rehearsal.run("schema", "other").code == 64


def test_plan_of_every_part_is_as_published(every_part: dict[str, Any]) -> None:
    """No mistake, and no name that is not described."""
    assert mistakes_in_plan(every_part) == []
    assert mistakes_in_plan({**every_part, "surprise": 1}) != []


@pytest.mark.long
def test_plan_without_any_of_its_names_is_a_mistake(every_part: dict[str, Any]) -> None:
    """Every name that the engine writes may be relied on, down to the last one."""
    names = list(_names(every_part))
    assert len(names) > 200
    for path in sampled(names, every=7):
        document = copy.deepcopy(every_part)
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        assert mistakes_in_plan(document), path


def _names(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a name stands that the schema knows; names within values, masks and tables are anybody's."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _names(item, (*path, index))
    elif isinstance(value, dict) and not (path and path[-1] in _FREE):
        for key, item in value.items():
            yield (*path, key)
            yield from _names(item, (*path, key))


_FREE = {
    "before", "after", "after_unknown", "after_sensitive", "removal", "parameters", "done", "applied", "live",
    "managed", "remote_ids", "reads", "effects",
}  # fmt: skip


def test_plan_of_format_1_0_is_shown_and_says_so(rehearsal: Rehearsal) -> None:
    """A document that the first release wrote: the same plan in every form, with a line that says what it is."""
    document = json.loads(OLD.read_text("utf-8"))

    assert document["format_version"] == "1.0"
    assert mistakes_in_plan(document) == []
    for form in ("text", "markdown", "html", "github"):
        ran = rehearsal.run("show", str(OLD), "--format", form)
        assert ran.code == 0, ran
        assert "document of format" in ran.out
        assert "apply --approved" not in ran.out
    assert json.loads(rehearsal.run("show", str(OLD), "--json").out)["digest"] == document["digest"]
    assert rehearsal.run("show", str(OLD), "--format", "gitlab-terraform").code == 0
    assert "account.old" in rehearsal.run("show", str(OLD)).out


def test_plan_of_format_1_0_is_not_applied(rehearsal: Rehearsal) -> None:
    """Its digest covers less than what it shows, so nobody can have approved all of it."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("apply", str(OLD))

    assert ran.code == 1
    assert "has format '1.0'" in ran.err
    assert "plan again" in ran.err


def test_plan_of_format_1_0_that_was_changed_is_not_shown(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """What its digest covers is still checked."""
    changed = tmp_path / "plan.json"
    changed.write_text(OLD.read_text("utf-8").replace("account_cancel", "account_delete"), encoding="utf-8")

    assert rehearsal.run("show", str(changed)).code == 1


def test_event_of_no_kind_is_a_mistake() -> None:
    """The schema is of the events that there are."""
    head = {"format_version": "1.0", "time": "2026-11-21T10:00:00.000+00:00"}

    assert mistakes_in_event(json.dumps({**head, "event": "done", "address": "account.acme"})) == []
    assert mistakes_in_event(json.dumps({**head, "event": "dawn", "address": "account.acme"})) != []
    assert mistakes_in_event(json.dumps({**head, "event": "done"})) != []
    assert mistakes_in_event(json.dumps({**head, "event": "done", "address": "account.acme", "password": "x"})) != []
