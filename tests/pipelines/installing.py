"""How jobs get agencyfile here: by the step that installs it, or by what is installed already."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import forks

INSTALL = "Install agencyfile"


def link_environment(place: Path, path_file: Path) -> None:
    """Put an environment at `place`, as if it had just been installed; its `agencyfile` is forked (see `forks`)."""
    programs = place / "bin"
    if not programs.exists():
        programs.mkdir(parents=True)
        forks.write_program(programs / "agencyfile")
    path_file.write_text(f"{programs}\n", encoding="utf-8")


def plain_python(folder: Path) -> Path:
    """A folder with nothing but a `python` that has no packages of these tests."""
    tools = folder / "tools"
    program = tools / "python"
    if not program.exists():
        tools.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{Path(sys.base_prefix) / "bin" / "python3"}" "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return tools


def index_of_this_machine() -> Mapping[str, str]:
    """The variables with which pip finds its index and its cache here."""
    asked = [sys.executable, "-m", "pip", "cache", "dir"]
    cache = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return {**{name: text for name, text in os.environ.items() if name.startswith("PIP_")}, "PIP_CACHE_DIR": cache}
