"""The published schemas say what is written: no less, no more, and what older versions wrote as well."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from published import mistakes_in_event, mistakes_in_plan, validator
from rehearsal import Rehearsal
from sampling import sampled
from stories import agency

from plan.document import decode, document_digest, encode

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
    """Every name that the engine writes may be relied on, down to the last one but for two."""
    names = [path for path in _names(every_part) if path[-1] not in _NOT_EVERYWHERE]
    assert len(names) > 200
    for path in sampled(names, every=29):
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
    "actions", "drifted", "irreversible", "kinds", "manual_topics", "objects",
    "owners", "sources", "clients", "paid_until",
}  # fmt: skip
_NOT_EVERYWHERE = {"recurrence", "at_most"}  # left out where nothing recurs, and where a charge is certain


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


def test_every_mistake_of_a_document_is_named_with_its_place(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A document that somebody wrote by hand: all that is wrong with it, at once."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    document = rehearsal.plan()
    document["resource_changes"][1]["effect"] = "odd"
    document["summary"]["create"] = -1
    document["resource_changes"][1]["origin"]["line"] = "3"
    del document["agency"]
    damaged = tmp_path / "plan.json"
    damaged.write_text(json.dumps(document), encoding="utf-8")

    for command in (["show"], ["apply"], ["commit-status", "gitlab", "--commit", "a" * 40, "--plan"]):
        ran = rehearsal.run(*command, str(damaged))
        if command[0] == "commit-status" and "plan document" not in ran.err:
            continue
        assert ran.code == 1
        for words in (
            "the document: 'agency' is a required property",
            "resource_changes[1].effect: 'odd' is not one of",
            "resource_changes[1].origin.line: '3' is not of type 'integer'",
            "summary.create: -1 is less than the minimum of 0",
        ):
            assert words in ran.err, command
        assert "plan again" in ran.err


def test_document_whose_form_is_right_and_whose_digest_is_not_says_so(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The schema has nothing against it; the digest has."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    document = rehearsal.plan()
    document["resource_changes"][1]["reason"] = "another"
    changed = tmp_path / "plan.json"
    changed.write_text(json.dumps(document), encoding="utf-8")

    assert "was changed after it was written" in rehearsal.run("show", str(changed)).err


def test_totals_that_were_changed_are_refused(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Whoever edits a total and computes the document's digest anew is found out: totals follow from the plan."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    document = rehearsal.plan()
    document["totals"]["changes"] = 1
    document["document_digest"] = document_digest(document)
    changed = tmp_path / "plan.json"
    changed.write_text(json.dumps(document), encoding="utf-8")

    assert "what it shows is not what it would do" in rehearsal.run("apply", str(changed)).err


_SINCE_2_2 = ("max_monthly", "money", "rows", "review", "background", "request")


@pytest.mark.parametrize(("version", "lacks"), [("2.0", ("totals", *_SINCE_2_2)), ("2.1", _SINCE_2_2)])
def test_plan_of_an_older_format_is_shown_and_applied(
    rehearsal: Rehearsal, tmp_path: Path, version: str, lacks: tuple[str, ...]
) -> None:
    """A document as an earlier version wrote it, without what recurs: its calls are those of today's plan."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    today = rehearsal.plan()
    plan = decode(today)
    older = replace(plan, background=None, steps=tuple(replace(step, recurrence=None) for step in plan.steps))
    document = {name: part for name, part in encode(older).items() if name not in (*lacks, "document_digest")}
    document["summary"] = {**today["summary"], "per_month": ["50.00 USD"]}
    if version == "2.1":
        document["totals"] = {name: part for name, part in today["totals"].items() if name != "max_monthly"}
    document["format_version"] = version
    document["document_digest"] = document_digest(document)
    old = tmp_path / "plan.json"
    old.write_text(json.dumps(document), encoding="utf-8")

    assert mistakes_in_plan(document) == []
    shown = json.loads(rehearsal.run("show", str(old), "--json").out)
    assert (shown["digest"], shown["money"]["is_complete"]) == (document["digest"], False)
    assert rehearsal.run("apply", str(old)).code == 0
