"""The page about adding a kind is true: its files make a kind, with two lines of registries and nothing else."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

TOP: Final = Path(__file__).parents[2]
PAGE: Final = (TOP / "docs" / "adding-a-kind.md").read_text("utf-8")
FILES: Final = dict(re.findall(r"^`(\S+)`:\n\n```python\n(.*?)\n```\n", PAGE, re.DOTALL | re.MULTILINE))
MOST_FILES: Final = 6

FILE: Final = """\
version: 1
agency: {name: northwind}
accounts:
  acme:
    client: {name: Acme, email: owner@acme.example}
    notification: ops@agency.example
    plan: {id: 221}
    api: {url: "https://acme.api-us1.com", key: "${env:AGENCY_ACME_KEY}"}
saved_responses:
  greeting: {account: acme, text: Hello}
"""
ASKING: Final = """\
import json
from pathlib import Path
from agencyfile.kinds import KINDS, OPERATIONS, known_kind
from agencyfile.language import agency_schema, load
from plan.change import Create
loaded = load(Path("agency.yaml"), {"AGENCY_ACME_KEY": "0123456789"})
assert loaded.agency_file, loaded.diagnostics
made = {item.address.kind: item for item in loaded.agency_file.resources}["saved_response"]
kind = KINDS["saved_response"]
change = Create(made.address, made.attributes, kind.effect(None, made.attributes), kind.reason(made), made.origin)
print(json.dumps({
    "calls": [[call.api, call.operation, call.method, call.parameters["text"]] for call in kind.lower(change)],
    "operations": [name for name in OPERATIONS if name.startswith("saved_response")],
    "section": "saved_responses" in agency_schema()["properties"],
    "provision": known_kind("saved_response").provision.value,
}))
"""


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """What a copy of agencyfile says of the kind that the page adds."""
    for package in ("agencyfile", "plan"):
        shutil.copytree(TOP / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n", "utf-8")
    kinds = tmp_path / "agencyfile" / "kinds"
    _register(kinds / "registry.py", "declaration", "SAVED_RESPONSE", r"(_KINDS: Final = \([^)]*)\)")
    _register(kinds / "provided.py", "kind", "SavedResponseKind", r"(CreditKind\(\))\)")
    (tmp_path / "agency.yaml").write_text(FILE, "utf-8")
    command = [sys.executable, "-c", ASKING]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def _register(path: Path, module: str, name: str, place: str) -> None:
    """Import `name` in a registry, and add it at `place`."""
    added = f"{name}()" if module == "kind" else name
    text, count = re.subn(place, rf"\1, {added})", path.read_text("utf-8"))
    assert count == 1, path
    line = f"from agencyfile.kinds.saved_response.{module} import {name}\n"
    path.write_text(text.replace("from agencyfile.kinds.account.", f"{line}from agencyfile.kinds.account.", 1), "utf-8")


def test_page_adds_a_kind_that_is_declared_and_planned(told: Any) -> None:
    """Its block is read, its change is a call, its operations are known, its schema is written."""
    assert told == {
        "calls": [["account_v3", "saved_response_add", "POST", "Hello"]],
        "operations": ["saved_response_add", "saved_response_edit"],
        "section": True,
        "provision": "at once",
    }


def test_page_touches_few_files() -> None:
    """The files of the room and the two registries."""
    registries = {"agencyfile/kinds/registry.py", "agencyfile/kinds/provided.py"}

    assert len(FILES.keys() | registries) <= MOST_FILES
    assert all(f"`{name}`" in PAGE for name in registries)
