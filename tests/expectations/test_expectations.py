"""`agencyfile test`: expectations that hold, ten and more that do not, and files that are none."""

import json
import os
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import forks
import published
import pytest
import yaml
from language.casebook import marked
from rehearsal import Ran, Rehearsal

from agencyfile.cli.expectations.reading import Suite, files_beside, read_cases

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "examples"
WITH_EXPECTATIONS = sorted({path.parent.name for path in EXAMPLES.glob("*/expectations*")})
BROKEN = sorted((HERE / "broken" / "expectations").glob("*.yaml"))


def ran(folder: Path, *arguments: str) -> Ran:
    """Run `agencyfile test` in a folder, in a process of its own, without any key."""
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1"}
    return forks.start_alone("test", *arguments, folder=folder, environment=environment).wait()


@pytest.mark.parametrize("name", WITH_EXPECTATIONS)
def test_example_holds_its_own_expectations(name: str, tmp_path: Path) -> None:
    """Every example that has expectations passes them, and leaves nothing behind."""
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder)
    before = sorted(folder.rglob("*"))

    result = ran(folder, "--json")
    document = json.loads(result.out)

    assert result.code == 0, result.out
    assert document["passed"]
    assert document["summary"]["cases"] == len(_suite(folder).cases) > 0
    assert published.mistakes_in("test", document) == []
    assert sorted(folder.rglob("*")) == before


def test_broken_expectations_each_fail_with_a_readable_difference() -> None:
    """What a person reads of each of them is what was reviewed; AGENCYFILE_UPDATE=1 writes it anew."""
    result = ran(HERE / "broken")
    expected = HERE / "broken" / "expected.txt"
    if os.environ.get("AGENCYFILE_UPDATE") == "1":
        expected.write_text(result.out, encoding="utf-8")

    assert result.code == 1
    assert result.out == expected.read_text("utf-8")
    assert result.out.count("FAIL") == len(BROKEN) >= 10
    assert not any(line.startswith("pass") for line in result.out.splitlines())


def test_broken_expectations_are_told_to_ci_systems_and_programs(tmp_path: Path) -> None:
    """JUnit counts what differs as a failure, and what could not be set up as an error; JSON fits the schema."""
    report = tmp_path / "results.xml"
    result = ran(HERE / "broken", "--json", "--junit", str(report))
    document = json.loads(result.out)
    root = ET.parse(report).getroot()
    failed = {case.get("name"): case.find("failure") for case in root.iter("testcase")}

    assert published.mistakes_in("test", document) == []
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("11", "10", "1")
    assert [case["name"] for case in document["cases"]] == list(failed)
    dearer = failed["the card is charged more than expected"]
    assert dearer is not None
    assert "- expected  49.00 USD" in str(dearer.text)
    assert "+ planned   50.00 USD" in str(dearer.text)


@pytest.mark.parametrize("file", ["expectations.yaml", "again.yaml"])
def test_file_of_expectations_with_mistakes_names_each_at_its_place(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mark in the file is a diagnostic at that line and column, and there is no other."""
    shutil.copytree(HERE / "mistakes", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    suite = read_cases([Path(file)], Path("agency.yaml"))
    found = sorted((*one.origin, one.rule) for one in suite.diagnostics if one.origin)

    assert found == [mark for mark in marked(tmp_path) if mark[0] == file]


def test_file_of_expectations_with_mistakes_runs_no_case() -> None:
    """A case that was misread must not pass."""
    result = ran(HERE / "mistakes")

    assert result.code == 1
    assert result.out == ""
    assert "expectations.yaml:1:10" in result.err


def test_test_without_expectations_says_what_to_write(tmp_path: Path) -> None:
    """No expectations are no success."""
    shutil.copy(HERE / "broken" / "agency.yaml", tmp_path)
    result = ran(tmp_path)

    assert result.code == 1
    assert "expectations.yaml" in result.err


def test_test_asks_no_portal_of_the_environment_and_writes_no_ledger(rehearsal: Rehearsal) -> None:
    """Keys and addresses of the environment are not used, and the ledger of the agency is not touched."""
    shutil.copytree(EXAMPLES / "tested-agency", rehearsal.folder, dirs_exist_ok=True)
    result = rehearsal.run("test", "-f", str(rehearsal.file), "--json")

    assert result.code == 0, result
    assert rehearsal.book("requests") == []
    assert not rehearsal.ledger.exists()


def test_schema_of_expectations_takes_the_examples_and_refuses_the_mistakes() -> None:
    """An editor that knows the schema sees what the command sees."""
    for name in WITH_EXPECTATIONS:
        for path in files_beside(EXAMPLES / name / "agency.yaml"):
            assert published.mistakes_in("expectations", yaml.safe_load(path.read_text("utf-8"))) == [], path
    mistaken = yaml.safe_load((HERE / "mistakes" / "expectations.yaml").read_text("utf-8"))

    assert len(published.mistakes_in("expectations", mistaken)) >= 5


def _suite(folder: Path) -> Suite:
    return read_cases(files_beside(folder / "agency.yaml"), folder / "agency.yaml")
