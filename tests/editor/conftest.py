"""The language server of `make test-browser`, running in a folder as `agencyfile init` leaves it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from editor.server import LanguageServer

HERE = Path(__file__).parent
TOP = HERE.parent.parent
PROGRAM = TOP / "build/editor/node_modules/yaml-language-server/bin/yaml-language-server"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` leaves these out: it needs Python and make alone."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an agency that has just begun."""
    folder = tmp_path_factory.mktemp("northwind")
    script = Path(sys.executable).with_name("agencyfile")
    subprocess.run([script, "init", "northwind"], cwd=folder, capture_output=True, check=True)
    return folder


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[LanguageServer]:
    """One server for all tests of a worker."""
    if shutil.which("node") is None or not PROGRAM.exists():
        pytest.fail(
            "node, or the language server in build/editor, is not installed. `make test-browser` installs both."
        )
    with LanguageServer(PROGRAM, folder) as running:
        yield running
