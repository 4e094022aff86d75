"""The page about adding a renderer is true: its module and its two additions make a form that plans are shown in."""

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

import pytest
from laws.page_changes import Changes, run_copy
from rehearsal import Rehearsal
from render.documents import RECIPIENT
from stories import agency

CHANGES: Final = Changes.of("how-to/add-a-renderer.md")
RENDER: Final = """\
import json, sys
from agencyfile.cli.render.spreadsheet import render_csv
sys.stdout.write(render_csv(json.load(open("plan.json"))))
"""


@pytest.fixture
def plan(rehearsal: Rehearsal, tmp_path: Path) -> Any:
    """A plan of two new accounts, in the file `plan.json` beside a copy of agencyfile with the new form."""
    CHANGES.make_in(tmp_path)
    rehearsal.write(agency(RECIPIENT, acme="", umbrella=""))
    assert rehearsal.run("plan", "-out", str(tmp_path / "plan.json")).code == 0
    return json.loads((tmp_path / "plan.json").read_text("utf-8"))


def test_page_adds_a_form_that_shows_a_row_for_each_change(plan: Any, tmp_path: Path) -> None:
    """The command offers it, and a program that reads such files finds the changes in it."""
    shown = run_copy(tmp_path, "-m", "agencyfile", "show", "plan.json", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(shown)))

    assert [row["address"] for row in rows] == [change["address"] for change in plan["resource_changes"]]
    assert {"account.acme", "account.umbrella"} <= {row["address"] for row in rows}
    assert "csv" in run_copy(tmp_path, "-m", "agencyfile", "plan", "--help")


def test_page_shows_a_formula_and_what_steers_a_terminal_as_text(plan: Any, tmp_path: Path) -> None:
    """A name is no formula, whoever opens the file in a spreadsheet."""
    plan["resource_changes"] = plan["resource_changes"][:1]
    plan["resource_changes"][0]["reason"] = "=HYPERLINK(1)\x1b[2J\n,"
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")

    _, row = csv.reader(io.StringIO(run_copy(tmp_path, "-c", RENDER)))
    assert row[2] == "'=HYPERLINK(1)\\x1b[2J\\n,"


def test_page_touches_two_files() -> None:
    """Its generated files and its golden files are no work."""
    assert CHANGES.files == {"agencyfile/cli/render/spreadsheet.py", "agencyfile/cli/plan_output.py"}
