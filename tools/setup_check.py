"""Prove the set-up: old and new pips on every Python, with an index that offers higher versions of what is locked.

Each line of the table is an environment of its own, empty but for one pip. The Makefile fills it as it does for a
newcomer: `make demo`, and for some `make .venv/.ready`. Meanwhile pip sees, beside the usual index, one that offers
version 9999.0 of every locked package. What is installed in the end has to be what the locks say, and nothing more.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.version import Version

from tools import higher_index, locks
from tools.higher_index import Index

PYTHONS: Final = ("3.11", "3.12", "3.13")
PIPS: Final = ("22.3.1", "23.0.1", "23.2.1", "24.2", "newest")

# The locks of users by their columns. That of the parts holds all others of users.
USERS: Final = {"runtime": locks.RUNTIME, "parts": locks.FLEET}

# What is asked of an environment: its packages, and the values that markers have there.
PACKAGES: Final = """
import importlib.metadata, json, re
print(json.dumps({re.sub("[-_.]+", "-", d.metadata["Name"]).lower(): d.version
                  for d in importlib.metadata.distributions()}))
"""

# An unlocked install takes the higher versions: of packages that are named, and of what an extra brings.
UNLOCKED: Final = (
    *("click", "coverage[toml]", "hatchling", "pip", "pydantic", "pytest", "pyyaml", "requests", "setuptools"),
    *("urllib3", "markdown-it-py[linkify]"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One environment: an interpreter, a pip, and whether the other locks are installed too."""

    python: str
    interpreter: Path
    pip: Path
    whole: bool

    @property
    def pip_version(self) -> str:
        """The version, as the name of the wheel has it."""
        return self.pip.name.split("-")[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    python: str
    pip: str
    runtime: str = ""
    demo: str = ""
    parts: str = ""
    development: str = ""
    seconds: float = 0.0
    trouble: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether the set-up is at fault; a pip that does not run on this Python is not."""
        return "FAILED" in {self.runtime, self.demo, self.parts, self.development}


class CheckFailed(Exception):
    """A step of a cell went wrong; `where` is the column of the table."""

    def __init__(self, where: str, detail: str) -> None:
        super().__init__(detail)
        self.where = where


def run(command: Iterable[str | Path], environ: Mapping[str, str], where: str) -> str:
    """Run a command and return what it prints.

    Raises:
        CheckFailed: with the end of the output, if it does not exit 0.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=locks.TOP,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=580,
    )
    if done.returncode:
        raise CheckFailed(where, "\n".join(done.stdout.strip().splitlines()[-12:]))
    return done.stdout


def interpreters() -> dict[str, Path]:
    """Find the Pythons: on the PATH, else among those of pyenv."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found: dict[str, Path] = {}
    for python in PYTHONS:
        named = shutil.which(f"python{python}")
        candidates = [*([Path(named)] if named else []), *sorted(versions.glob(f"{python}.*/bin/python"), reverse=True)]
        runs = [path for path in candidates if version_of(path) == python]
        found |= {python: runs[0]} if runs else {}
    return found


def version_of(interpreter: Path) -> str:
    """Return `3.12`, or nothing for a program that does not run: pyenv has placeholders on the PATH."""
    ask: list[str | Path] = [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()


def environ(index: Index | None) -> dict[str, str]:
    """Return the environment of a cell: no trace of an outer make, and the index with the higher versions."""
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "PYTHONPATH"}}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COMPILE": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    extra = [os.environ.get("PIP_EXTRA_INDEX_URL", ""), index.url if index else ""]
    return {**kept, **quiet, "PIP_EXTRA_INDEX_URL": " ".join(filter(None, extra))}


def fetch_pips(folder: Path) -> list[Path]:
    """Download each pip as a wheel; what pip keeps in its cache is not downloaded again."""
    for pip in PIPS:
        wanted = "pip" if pip == "newest" else f"pip=={pip}"
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--dest",
            folder,
            wanted,
        ]
        run(command, environ(None), "pip")
    return sorted(folder.glob("pip-*.whl"), key=lambda path: Version(path.name.split("-")[1]))


def empty_environment(folder: Path, interpreter: Path, pip: Path) -> Path:
    """Make an environment that holds one pip alone, and return its interpreter."""
    run([interpreter, "-m", "venv", "--without-pip", folder], environ(None), "runtime")
    (packages,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(pip) as archive:
        archive.extractall(packages)
    return folder / "bin" / "python"


def why_pip_does_not_run(python: Path, cell: Cell) -> str:
    """Return why a pip cannot run on its Python; only one that is older than Python's own may be so excused."""
    bundled = run([cell.interpreter, "-c", "import ensurepip; print(ensurepip.version())"], environ(None), "runtime")
    listed = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=False)
    if listed.returncode == 0 or Version(cell.pip_version) >= Version(bundled.strip()):
        return ""
    last = listed.stderr.strip().splitlines()[-1]
    return f"pip does not run on this Python, which brings {bundled.strip()}: {last.split('. Did you')[0]}"


def installed(python: Path, where: str) -> dict[str, str]:
    """Return what an environment holds."""
    found: dict[str, str] = json.loads(run([python, "-c", PACKAGES], environ(None), where))
    return found


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Say where an environment is not what its locks say."""
    names = sorted(found.keys() | wanted.keys())
    return [
        f"{name}: locked {wanted.get(name, 'not at all')}, installed {found.get(name, 'not at all')}"
        for name in names
        if found.get(name) != wanted.get(name)
    ]


def locked(python: str, *paths: Path) -> dict[str, str]:
    """Return what the locks install on a Python of this platform."""
    values = locks.environment(python, sys.platform)
    pins = [pin for path in paths for pin in locks.read(path).values()]
    return {pin.name: pin.version for pin in pins if pin.holds(values)}


def compare(cell: Cell, python: Path, where: str) -> str:
    """Hold an environment against its locks, ask pip whether it is complete, and return how many packages it has.

    Raises:
        CheckFailed: if a package is missing, additional, or of another version.
    """
    found = installed(python, where)
    if where in USERS:
        wanted = {**locked(cell.python, USERS[where]), "pip": cell.pip_version}
    else:
        own = {"agencyfile": found.get("agencyfile", "")}
        wanted = {**locked(cell.python, locks.RUNTIME, locks.BUILD, locks.DEVELOPMENT), **own}
    if wrong := differences(found, wanted):
        raise CheckFailed(where, "\n".join(wrong))
    run([python, "-m", "pip", "check"], environ(None), where)
    return str(len(found) - 1)


def steps(cell: Cell, folder: Path, python: Path, index: Index) -> Iterator[tuple[str, str]]:
    """Fill an environment as the Makefile does; yields each column with its figure."""
    make = ["make", "--silent", f"VENV={folder}"]
    run([*make, folder / ".runtime"], environ(index), "runtime")
    yield "runtime", compare(cell, python, "runtime")
    last = run([*make, "demo"], environ(index), "demo").strip().splitlines()[-1]
    yield "demo", "exit 0" if last else "FAILED"
    if cell.whole:
        lock = ("--require-hashes", "--no-deps", "--requirement", USERS["parts"])
        run([python, "-m", "pip", "install", "--quiet", *lock], environ(index), "parts")
        yield "parts", compare(cell, python, "parts")
        run([*make, folder / ".ready"], environ(index), "development")
        yield "development", compare(cell, python, "development")


def check(cell: Cell, index: Index, scratch: Path) -> Row:
    """Carry out one cell of the matrix."""
    started = time.monotonic()
    folder = scratch / f"{cell.python}-{cell.pip_version}"
    columns: dict[str, str] = {}
    trouble = ""
    try:
        python = empty_environment(folder, cell.interpreter, cell.pip)
        trouble = why_pip_does_not_run(python, cell)
        if not trouble:
            columns.update(steps(cell, folder, python, index))
    except CheckFailed as error:
        columns[error.where], trouble = "FAILED", str(error)
    shutil.rmtree(folder, ignore_errors=True)
    return Row(cell.python, cell.pip_version, seconds=time.monotonic() - started, trouble=trouble, **columns)


def cells(found: Mapping[str, Path], pips: list[Path], *, every: bool) -> list[Cell]:
    """List the matrix; unless `every`, the other locks go into one environment for each Python.

    It is the one with the pip that most people have there: 23.2.1 came with 3.11 and 3.12, 24.2 with 3.13.
    """
    common = {"3.11": "23.2.1", "3.12": "23.2.1", "3.13": "24.2"}
    return [
        Cell(python, interpreter, pip, whole=every or pip.name.split("-")[1] == common[python])
        for python, interpreter in found.items()
        for pip in pips
    ]


def prove_that_it_can_fail(interpreter: Path, pip: Path, index: Index, scratch: Path) -> list[str]:
    """Install without a lock, and with one that is not complete: both times the higher version is there.

    Returns:
        what did not happen; nothing, if the check can see what it is for.
    """
    python = empty_environment(scratch / "unlocked", interpreter, pip)
    options = ("-m", "pip", "install", "--quiet")
    run([python, *options, "--upgrade", "--no-deps", *UNLOCKED], environ(index), "runtime")
    names = [re.sub(r"\[.*", "", name) for name in UNLOCKED]
    silent = [name for name in names if installed(python, "runtime").get(name) != higher_index.VERSION]

    python = empty_environment(scratch / "incomplete", interpreter, pip)
    pins = locks.read(locks.RUNTIME)
    some = [f"{name}=={pins[name].version}" for name in ("requests", "urllib3", "idna")]
    run([python, *options, *some], environ(index), "runtime")
    brought = {name: installed(python, "runtime").get(name, "") for name in ("certifi", "charset-normalizer")}
    if not differences(brought, {name: pins[name].version for name in brought}):
        silent.append("certifi, which requests brings")
    return silent


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Draw the table."""
    titles = ("Python", "pip", "runtime lock", "demo", "lock of parts", "development lock", "seconds")
    form = "{:<7} {:<8} {:<13} {:<8} {:<14} {:<17} {:>7}  {}"
    yield form.format(*titles, "").rstrip()
    for row in rows:
        figures = (row.runtime or "-", row.demo or "-", row.parts or "-", row.development or "-", f"{row.seconds:.0f}")
        reason = "" if row.failed else row.trouble
        yield form.format(row.python, row.pip, *figures, reason).rstrip()
        if row.failed:
            yield from (f"    {line}" for line in row.trouble.splitlines())


def carry_out(found: Mapping[str, Path], index: Index, *, every: bool, jobs: int) -> Iterator[str]:
    """Fill every environment, and yield the report; a line that begins with `error` is one of the set-up's faults."""
    with tempfile.TemporaryDirectory(prefix="agencyfile-setup-") as name:
        scratch = Path(name)
        pips = fetch_pips(scratch / "pips")
        with ThreadPoolExecutor(jobs) as pool:
            rows = list(pool.map(lambda cell: check(cell, index, scratch), cells(found, pips, every=every)))
        looked, taken = sum(index.looked.values()), sum(index.taken.values())
        silent = prove_that_it_can_fail(next(iter(found.values())), pips[-2], index, scratch)
    yield from table(rows)
    yield from (f"{python:<7} not on this machine" for python in PYTHONS if python not in found)
    yield f"An index offered {higher_index.VERSION} of {len(index.names)} packages: seen {looked} times, taken {taken}."
    yield f"Without a lock pip took it, of {len(UNLOCKED) - len(silent)} packages of {len(UNLOCKED)} that were tried."
    if failed := sum(row.failed for row in rows):
        yield f"error: {failed} environments are not as locked, or do not work"
    if taken or not looked:
        yield "error: pip took a higher version, or never saw that there is one"
    if silent:
        yield f"error: without a lock, pip should have taken the higher version of {', '.join(silent)}"


def main() -> int:
    """Print the table, and what the other index offered."""
    parser = argparse.ArgumentParser(description="old and new pips on every Python, beside an index of higher versions")
    parser.add_argument("--all", action="store_true", help="install every lock in every environment")
    parser.add_argument("--jobs", type=int, default=2, help="environments at a time")
    options = parser.parse_args()
    found = interpreters()
    if not found:
        print(f"error: none of Python {', '.join(PYTHONS)} is on this machine")
        return 1
    names = {name for path in (locks.RUNTIME, locks.BUILD, locks.DEVELOPMENT) for name in locks.read(path)}
    with higher_index.serving(names) as index:
        lines = list(carry_out(found, index, every=options.all, jobs=options.jobs))
    print("\n".join(lines))
    return 1 if any(line.startswith("error") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
