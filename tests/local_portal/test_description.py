"""Requests that schemathesis makes from the vendor's description of the Partners Hub, legal ones and illegal ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from local_portal.description import described, document
from local_portal.portal_client import HUB_KEY, Client, client_of
from sampling import Part, examples, part, seed

SERVED = (
    "^/api/(child-account|locales)"  # the operations that the local portal has; there are others (docs/portal.md 8)
)
EXAMPLES = 60
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")


def _phases() -> str:
    """Return what makes the requests: what is random is left to `make test-long`."""
    return "examples,coverage" if part() is Part.SAMPLE else "examples,coverage,fuzzing"


def _report(client: Client, folder: Path) -> dict[str, Any]:
    """Run schemathesis against a portal and return its report."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={CONFIGURATION}",
        *("run", str(document()), f"--url={client.portal.hub_api}", f"--header=api-key: {HUB_KEY}"),
        *(f"--include-path-regex={SERVED}", f"--max-examples={examples(EXAMPLES)}", f"--seed={seed()}"),
        *("--checks=all", f"--phases={_phases()}", "--continue-on-failure", "--no-color"),
        *("--report=json", f"--report-json-path={folder / 'report.json'}"),
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1200, check=False
    )
    assert (folder / "report.json").exists(), ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert found["complete"], ran.stdout
    return found | {"said": ran.stdout}


@described
@pytest.mark.long
def test_requests_made_from_the_description_find_no_fault(tmp_path: Path) -> None:
    """Every answer has a declared status and body; what the description forbids is refused, what it allows is taken.

    The check of undeclared methods wants 405, that of `Allow` the methods of the description, and that of keys 401.
    """
    with client_of() as client:
        client.seed({"account": "box", "plan": {"tier": "sandbox"}}, {"account": "acme"})
        client.seed(snapshots=[{"name": "gym", "source": "box"}])
        report = _report(client, tmp_path)

    assert {each["code"]: each["count"] for each in report["failures"]} == {}, report["said"]
    assert (report["operations"]["tested"], report["errors"]) == (8, [])
    assert report["test_cases"]["generated"] > 500
