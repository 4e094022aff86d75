"""The forms of a plan besides text and Markdown, and how the commands offer them all."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Rehearsal
from render.documents import RECIPIENT, names_of, of_new_accounts, with_name
from render.workflow_log import command_in
from stories import agency

from agencyfile.cli.render.annotations import MOST, render_annotations
from agencyfile.cli.render.gitlab import render_gitlab_terraform
from agencyfile.cli.render.markdown import COMMENT
from agencyfile.cli.render.safe import printable


def test_annotations_of_a_plan_stand_at_the_lines_of_the_file(every_part: Any) -> None:
    """The verdict has no place; an unknown outcome is an error, what cannot be undone a warning, the rest a notice."""
    commands = [command_in(line) for line in render_annotations(every_part).splitlines()]
    found = {command.properties["title"]: command for command in commands if command}

    levels = Counter(command.name for command in found.values())
    assert levels == {"error": 2, "warning": 3, "notice": MOST}
    verdict = "settings to record, 5 to create, 1 to change, 1 to end, 6 by hand · 180.00 USD"
    assert found["agencyfile northwind"].data.startswith(verdict)
    assert found["an apply refuses it: share-of-changes"].name == "error"
    assert found["account.hooli: outcome unknown"].name == "error"
    assert found["- account.old"].name == "warning"
    assert found["- account.old"].data == "end · permanent · the client has moved away"
    assert found["+ account.acme"].properties == {
        "file": "agency.yaml",
        "line": "21",
        "col": "3",
        "title": "+ account.acme",
    }
    assert found["+ account.acme"].data == "create · charges 50.00 USD (list price) · new block, from snapshot `base`"


def test_annotations_of_many_changes_are_as_many_as_github_shows(rehearsal: Rehearsal) -> None:
    """GitHub drops what is beyond ten of a level: the tenth says how many more there are."""
    lines = render_annotations(of_new_accounts(rehearsal, 200)).splitlines()

    assert len(lines) == MOST
    assert lines[-1].endswith("::and 393 more: the plan has them all")


@given(data=st.data(), text=st.one_of(st.text(), st.text("%,:\n\r\x1b=#[]ad0A25 ")).filter(str.strip))
def test_annotations_with_any_name_are_the_same_commands(every_part: Any, data: st.DataObject, text: str) -> None:
    """Whatever name stands anywhere: as many commands, the same levels, and what they say is the name."""
    path = data.draw(st.sampled_from(sorted(names_of(every_part), key=str)))
    before, after = (
        [command_in(line) for line in render_annotations(with_name(every_part, path, name)).split("\n")[:-1]]
        for name in ("harmless-1", text)
    )

    assert None not in after
    for one, other in zip(before, after, strict=True):
        assert one
        assert other
        assert other.name == one.name
        assert other.properties.keys() == one.properties.keys()
        assert other.data == one.data.replace("harmless-1", printable(text))
        for name, value in one.properties.items():
            assert other.properties[name].strip() == value.replace("harmless-1", printable(text)).strip()


def test_gitlab_report_counts_what_is_created_changed_and_ended(every_part: Any) -> None:
    """GitLab sums these three numbers up in its merge request widget."""
    assert json.loads(render_gitlab_terraform(every_part)) == {"create": 5, "update": 1, "delete": 1}


def test_plan_and_show_print_every_form_alike(rehearsal: Rehearsal) -> None:
    """A plan that is read back looks as it did when it was made, in each form."""
    rehearsal.write(agency(RECIPIENT, acme=""))
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-out", str(plan_file)).code == 0

    for arguments in (
        ["--format", "text"],
        ["--concise"],
        ["--format", "json"],
        ["-json"],
        ["--format", "markdown", "--link", "https://ci.example/1"],
        ["--format", "github"],
        ["--format", "gitlab-terraform"],
    ):
        planned, shown = rehearsal.run("plan", *arguments), rehearsal.run("show", str(plan_file), *arguments)
        assert planned.code == shown.code == 0, arguments
        assert planned.out == shown.out != "", arguments
    assert rehearsal.run("plan", "-json").out == plan_file.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-json", "--format", "markdown"],
        ["--concise", "--format", "json"],
        ["--format", "xml"],
        ["--link", "javascript:alert(1)"],
        ["--link", "http://[x"],
        ["--summary"],
    ],
)
def test_plan_with_options_that_contradict_each_other_is_a_usage_error(
    rehearsal: Rehearsal, arguments: list[str]
) -> None:
    """64, and the portal is not asked."""
    rehearsal.write(agency(RECIPIENT, acme=""))

    assert rehearsal.run("plan", *arguments, environment={"GITHUB_STEP_SUMMARY": ""}).code == 64
    assert rehearsal.book("requests") == []


def test_plan_summary_is_added_to_that_of_the_job(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Two plans of one step stand one below the other; what is printed is what was asked for."""
    summary = tmp_path / "summary.md"
    rehearsal.write(agency(RECIPIENT, acme=""))
    environment = {"GITHUB_STEP_SUMMARY": str(summary)}

    ran = rehearsal.run("plan", "--summary", "--format", "github", environment=environment)
    rehearsal.run("plan", "--summary", environment=environment)

    assert ran.out.startswith("::notice title=agencyfile northwind::")
    assert Counter(line.split(" ")[0] for line in summary.read_text("utf-8").splitlines())["###"] == 2


def test_plan_summary_holds_more_than_a_comment(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """GitHub takes a megabyte: 300 changes stand there in full."""
    summary = tmp_path / "summary.md"
    rehearsal.write(agency(RECIPIENT, **{f"client-{number}": "" for number in range(300)}))

    rehearsal.run("plan", "--summary", environment={"GITHUB_STEP_SUMMARY": str(summary)})

    assert summary.stat().st_size > COMMENT
    assert "Attributes that change" in summary.read_text("utf-8")


def test_plan_summary_that_cannot_be_written_is_a_clear_error(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A folder is no file."""
    rehearsal.write(agency(RECIPIENT, acme=""))

    ran = rehearsal.run("plan", "--summary", environment={"GITHUB_STEP_SUMMARY": str(tmp_path)})

    assert ran.code == 1
    assert "the job's summary cannot be written" in ran.err
