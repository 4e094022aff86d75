"""The stores are optional: agencyfile alone neither installs nor imports what they need."""

import os
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from contract.repositories import git, make_clone
from rehearsal import Rehearsal
from sampling import thinned

from agencyfile.ledger_stores import optional
from plan import LedgerError

ROOT = Path(__file__).parents[2]
LIBRARIES = ("psycopg", "psycopg_binary", "obstore", "procrastinate", "keyring")
SCRIPT = """
import sys
from agencyfile.cli.app import run
code = run({arguments!r})
print(code, sorted({{name.partition(".")[0] for name in sys.modules}} & set({libraries!r})))
"""


def test_installation_alone_pulls_no_library_of_a_store() -> None:
    """They stand behind extras, and not in the lock of what runs."""
    plain = [line for line in requires("agencyfile") or [] if "extra ==" not in line]
    locked = (ROOT / "requirements.txt").read_text("utf-8")

    assert plain
    for name in ("psycopg", "obstore", "pytest"):
        assert not [line for line in plain if line.startswith(name)]
        assert f"\n{name}" not in locked


@pytest.mark.parametrize("ledger", thinned(["postgres:northwind", "file:.agencyfile/ledger.jsonl"], every=2))
@pytest.mark.parametrize("arguments", [["validate"], ["plan", "--offline"]])
def test_command_that_needs_no_store_imports_none(tmp_path: Path, arguments: list[str], ledger: str) -> None:
    """Also where the file names one: only who opens it pays for it."""
    folder = make_clone(tmp_path / "agency")
    (folder / "agency.yaml").write_text(f"version: 1\nagency: {{name: northwind, ledger: '{ledger}'}}\n")
    git(folder, "commit", "--quiet", "--all", "--message=Name the ledger")

    assert imported([*arguments, "-f", str(folder / "agency.yaml")], {}) == "[]"


def test_plan_against_a_portal_imports_no_library_of_a_store(rehearsal: Rehearsal) -> None:
    """With a ledger in a file, which it reads."""
    rehearsal.write("version: 1\nagency: {name: northwind}\n")
    assert rehearsal.run("apply", "-auto-approve").code == 0

    assert imported(["plan", "-f", str(rehearsal.file)], rehearsal.environment) == "[]"


def imported(arguments: list[str], environment: dict[str, str]) -> str:
    """Run a command that exits with 0 in a process of its own; return which of the libraries it imported."""
    script = SCRIPT.format(arguments=arguments, libraries=LIBRARIES)
    command, known = [sys.executable, "-c", script], {**os.environ, **environment}
    ran = subprocess.run(command, env=known, capture_output=True, text=True, check=False, cwd=ROOT)
    code, _, found = ran.stdout.splitlines()[-1].partition(" ")
    assert code == "0", ran
    return found


def test_library_that_is_missing_is_named_with_what_installs_it() -> None:
    """No traceback."""
    with pytest.raises(LedgerError, match="needs psycopg_of_nobody, which is not installed") as caught:
        optional.optional("psycopg_of_nobody", "postgres")

    assert str(caught.value.fix).startswith("pip install 'agencyfile[postgres]'; where a pipeline lacks it,")
