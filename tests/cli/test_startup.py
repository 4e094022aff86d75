"""What starts without need of anything imports nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("agencyfile")
HEAVY = {"requests", "pydantic", "click", "yaml", "starlette", "uvicorn", "deepdiff", "jsonschema", "pyrage", "plan"}


def modules_of(*arguments: str) -> set[str]:
    """The modules that a run of the console script imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", SCRIPT, *arguments], capture_output=True, text=True, check=True
    )
    lines = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return set(lines)


def imports_of(*arguments: str) -> set[str]:
    """The top-level packages that a run of the console script imports."""
    return {name.partition(".")[0] for name in modules_of(*arguments)}


@pytest.mark.parametrize("argument", ["version", "--version", "-version", "--help", "-help", "help"])
def test_start_of_version_and_help_imports_nothing_heavy(argument: str) -> None:
    """Neither requests nor pydantic, nor click, nor the engine."""
    assert imports_of(argument) & HEAVY == set()


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["plan", "--help"], {"requests", "pydantic", "yaml", "starlette", "uvicorn", "deepdiff", "pyrage"}),
        (["schema"], {"requests", "pydantic", "yaml", "starlette", "uvicorn", "deepdiff", "pyrage"}),
        (["validate", "-f", "examples/first-client/agency.yaml"], {"requests", "starlette", "uvicorn", "deepdiff"}),
    ],
)
def test_start_of_a_command_imports_what_it_needs(arguments: list[str], absent: set[str]) -> None:
    """A command does not pay for another."""
    assert imports_of(*arguments) & absent == set()


def test_validate_imports_neither_changes_nor_what_documents_look_like() -> None:
    """A file without a mistake is checked without the records of plans, their calls and their charges."""
    absent = {"agencyfile.cli.records", "plan.records.document", "plan.change", "plan.call", "plan.billing"}

    assert modules_of("validate", "-f", "examples/first-client/agency.yaml") & absent == set()


def test_start_prints_the_version_and_the_help() -> None:
    """The shortcut says what click would."""
    version = subprocess.run([SCRIPT, "version"], capture_output=True, text=True, check=True).stdout
    slow = subprocess.run([SCRIPT, "version", "--"], capture_output=True, text=True, check=True).stdout
    bare = subprocess.run([SCRIPT], capture_output=True, text=True, check=False)
    asked = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True)

    assert version == slow
    assert (bare.returncode, bare.stderr) == (64, asked.stdout)
