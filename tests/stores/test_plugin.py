"""The contract as a plugin of pytest, over the store of another package that is installed beside agencyfile."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agencyfile.fields.ledger_places import parse_ledger
from agencyfile.ledger_stores import open_ledger_store
from plan import LedgerError

ROOT = Path(__file__).parents[2]
STORE = """
from pathlib import Path
from plan import FileStore

def open_store(place, marks=(), *, is_accepted=False):
    return {store}(Path({folder!r}) / place, marks, is_accepted=is_accepted)
"""
DEFECT = """
class Forgetful(FileStore):
    def append(self, entries, *, expected):
        return super().append(entries, expected=max((entry.serial for entry in self.read(0)), default=0))
"""


def install(folder: Path, text: str) -> dict[str, str]:
    """Make a package that brings the store `cellar:`; return the environment that has it."""
    (folder / "cellar.py").write_text(text, encoding="utf-8")
    information = folder / "cellar-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: cellar\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[agencyfile.ledger_stores]\ncellar = cellar:open_store\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def suite(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the suite as somebody else would, in a folder of theirs."""
    command = [
        *(sys.executable, "-m", "pytest", "-p", "agencyfile.ledger_stores.pytest_plugin", "-p", "no:cacheprovider"),
        *("--ledger-store=cellar:ledger-{}", "--races=5", "--pyargs", "agencyfile.ledger_stores.suite", *arguments),
    ]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_plugin_runs_the_contract_over_an_installed_store(tmp_path: Path) -> None:
    """All of it passes over a store that keeps it."""
    folder = tmp_path / "site"
    folder.mkdir()
    environment = install(folder, STORE.format(store="FileStore", folder=str(tmp_path / "cellar")))

    ran = suite(tmp_path, environment, "-q")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout


def test_plugin_finds_a_store_that_compares_nothing(tmp_path: Path) -> None:
    """A store that appends wherever the ledger ends fails, with the reason."""
    folder = tmp_path / "site"
    folder.mkdir()
    text = STORE.format(store="Forgetful", folder=str(tmp_path / "cellar"))
    environment = install(folder, text.replace("def open_store", DEFECT + "\ndef open_store"))

    ran = suite(tmp_path, environment, "-q", "-k", "moved_on or ahead")

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "test_store_moved_on_refuses_and_keeps_what_it_has" in ran.stdout


def test_store_of_another_package_is_found_by_its_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """agency.ledger takes it while it is installed, and no other."""
    install(tmp_path, STORE.format(store="FileStore", folder=str(tmp_path)))
    with pytest.raises(ValueError, match="is not a ledger that this version knows"):
        parse_ledger("cellar:northwind")
    with pytest.raises(LedgerError, match="no ledger store named cellar is installed"):
        open_ledger_store("cellar:northwind")
    monkeypatch.syspath_prepend(tmp_path)

    assert parse_ledger("cellar:northwind") == "cellar:northwind"
    assert list(open_ledger_store("cellar:northwind").read(0)) == []
    for place in ("cellar:", "cellar://user@host", "cellar:a b", "attic:northwind"):
        with pytest.raises(ValueError, match="is not a ledger"):
            parse_ledger(place)
