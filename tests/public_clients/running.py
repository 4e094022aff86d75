"""Public clients of the vendor's APIs, unchanged, each in a process of its own.

Three of them are a Python package of the same name, so each lies in a folder of its own, which `make` fills from locks.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

HERE: Final = Path(__file__).parent
INSTALLED: Final = HERE.parents[1] / "build" / "public_clients"


def python(client: str, *, url: str, key: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Have a Python client make calls, and return what it returned."""
    folder = INSTALLED / client
    if not folder.is_dir():
        pytest.fail(f"{client} is not in build/public_clients. `make build/public_clients/.ready` installs it.")
    program = HERE / "programs" / f"calls_{client.replace('-', '_')}.py"
    return _answers([sys.executable, str(program)], {"PYTHONPATH": str(folder)}, url=url, key=key, calls=calls)


def node(client: str, *, url: str, key: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Have a client for node make calls, and return what it returned."""
    folder = INSTALLED / "node" / "node_modules"
    if shutil.which("node") is None or not folder.is_dir():
        pytest.fail("node, or build/public_clients/node, is not installed. `make test-browser` installs both.")
    program = HERE / "programs" / f"calls_{client.replace('-', '_')}.js"
    return _answers(["node", str(program)], {"NODE_PATH": str(folder)}, url=url, key=key, calls=calls)


def _answers(
    command: Sequence[str], variables: dict[str, str], *, url: str, key: str, calls: Sequence[Sequence[Any]]
) -> list[Any]:
    asked = json.dumps({"url": url, "key": key, "calls": calls})
    environment = {**os.environ, **variables}
    ran = subprocess.run(
        command, input=asked, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stderr
    answers: list[Any] = json.loads(ran.stdout)
    return answers
