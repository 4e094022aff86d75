"""Reads the folders of `cases/`: what loading one gives, and what its marks say that it should give."""

import json
import re
from pathlib import Path

import pytest

from agencyfile.language import Loaded, load

CASES = Path(__file__).parent / "cases"
MARK = re.compile(r"#( *)\^ ([a-z0-9-]+)")


def loaded(case: str, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Load a case as if its folder were the working directory."""
    monkeypatch.chdir(CASES / case)
    environ = Path("environ.json")
    return load(Path("agency.yaml"), json.loads(environ.read_text()) if environ.exists() else {})


def marked(folder: Path) -> list[tuple[str, int, int, str]]:
    """File, line, column and rule of every mark in the YAML files of a case."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        line = 0
        for number, text in enumerate(path.read_text().splitlines(), start=1):
            mark = MARK.fullmatch(text)
            if mark:
                found.append((str(path.relative_to(folder)), line, len(mark.group(1)) + 2, mark.group(2)))
            else:
                line = number
    return sorted(found)
