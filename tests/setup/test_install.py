"""What a release hands out, and the README's commands: built twice, installed into empty environments, run.

`make smoke` runs these after `make dist`, in the checkout, as the README says it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import agencyfile

TOP = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.installs


def commands() -> list[str]:
    """Every line of shell in the README's first section."""
    text = (TOP / "README.md").read_text("utf-8")
    section = re.search(r"^## Install\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    lines = [line for block in FENCE.findall(section[1]) for line in block.splitlines()]
    return [line.partition(" #")[0].strip() for line in lines]


def with_parts() -> list[str]:
    """The commands that install agencyfile with what a shared ledger needs."""
    text = (TOP / "docs" / "how-to" / "share-a-ledger.md").read_text("utf-8")
    return [line for block in FENCE.findall(text) for line in block.splitlines() if INSTALL.match(line)]


INSTALL = re.compile(r"(uv tool|pipx) install")
INSTALLS = [line for line in commands() if INSTALL.match(line)]
OPTIONAL = ("psycopg", "obstore", "keyring", "pytest")


def shell(line: str, folder: Path, environ: Mapping[str, str]) -> str:
    """What a line prints; it has to exit 0."""
    done = subprocess.run(
        ["bash", "-euc", line],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody's account on a machine: nothing is installed but uv and pipx."""

    home: Path
    environ: dict[str, str]

    @property
    def program(self) -> Path:
        """The command that an install puts on the PATH."""
        return self.home / "bin" / "agencyfile"


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Without our environment on the PATH, so that nothing of it is found by chance."""
    for name in ("tools", "bin"):
        (tmp_path / name).mkdir()
    for name in ("uv", "pipx"):
        (tmp_path / "tools" / name).symlink_to(BIN / name)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))}
    own = {
        "PATH": f"{tmp_path / 'tools'}:{tmp_path / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "UV_TOOL_DIR": str(tmp_path / "uv"),
        "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "UV_PYTHON": sys._base_executable,  # type: ignore[attr-defined]
        "UV_PYTHON_DOWNLOADS": "never",
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_DEFAULT_PYTHON": sys._base_executable,  # type: ignore[attr-defined]
    }
    return Newcomer(tmp_path, {**kept, **own})


def test_readme_begins_with_the_ways_to_install() -> None:
    """Both tools from the wheel and from a commit, and the container; the wheel is built first."""
    found = commands()

    assert found[0] == "make dist"
    assert found[-1] == "docker build --file Containerfile --tag agencyfile ."
    assert f"#   make dist && {found[-1]}\n" in (TOP / "Containerfile").read_text("utf-8")
    assert len(INSTALLS) == len(found) - 2 == 4


@pytest.mark.parametrize("line", INSTALLS)
def test_command_of_the_readme_installs_a_program_that_does_the_main_job(newcomer: Newcomer, line: str) -> None:
    """Each into an environment of its own, and `demo` runs there."""
    shell(line, TOP, newcomer.environ)
    elsewhere = newcomer.home / "elsewhere"
    elsewhere.mkdir()

    assert agencyfile.__version__ in shell("agencyfile version", elsewhere, newcomer.environ)
    assert "$schema" in shell("agencyfile schema", elsewhere, newcomer.environ)
    assert len(shell("agencyfile demo </dev/null", elsewhere, newcomer.environ).splitlines()) > 50
    assert newcomer.program.resolve().is_relative_to(newcomer.home)
    assert optional_packages(newcomer) == []


def optional_packages(newcomer: Newcomer) -> list[str]:
    """Which packages of optional parts are installed beside the program."""
    python = newcomer.program.resolve().with_name("python")
    script = f"import importlib.util as u; print(*[name for name in {OPTIONAL} if u.find_spec(name)])"
    return shell(f'"{python}" -c "{script}"', newcomer.home, newcomer.environ).split()


@pytest.mark.parametrize("line", with_parts())
def test_command_of_the_guide_installs_what_a_shared_ledger_needs(newcomer: Newcomer, line: str) -> None:
    """A part in brackets brings its packages and no others."""
    shell(line, TOP, newcomer.environ)

    assert optional_packages(newcomer) == (["psycopg", "obstore"] if "[stores]" in line else ["psycopg"])


def build(folder: Path, *, umask: int, environ: Mapping[str, str]) -> dict[str, str]:
    """Clone the commit that is checked out, build it there, and return the digest of each file."""
    shell(f"git clone --quiet 'file://{TOP}' '{folder}'", TOP, environ)
    epoch = "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)"
    shell(f"umask {umask:03o}; {epoch} '{sys.executable}' -m hatchling build --directory dist", folder, environ)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "dist").iterdir()}


def unpack(built: Path, folder: Path) -> Path:
    """Unpack the source archive of a build."""
    (archive,) = (built / "dist").glob("*.tar.gz")
    shutil.unpack_archive(archive, folder / "unpacked", filter="data")
    (found,) = (folder / "unpacked").iterdir()
    return found


def test_two_builds_are_the_same_bytes_wherever_they_are_made(tmp_path: Path) -> None:
    """Another folder, user mask, time zone and locale; and the wheel of the source archive is the same again."""
    base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    first = build(tmp_path / "first", umask=0o022, environ={**base, "TZ": "Asia/Tokyo", "LC_ALL": "C"})
    second = build(tmp_path / "a" / "second", umask=0o077, environ={**base, "TZ": "UTC", "LC_ALL": "C.UTF-8"})

    assert len(first) == 2
    assert first == second

    unpacked = unpack(tmp_path / "first", tmp_path)
    epoch = shell("git log -1 --format=%ct", TOP, base).strip()
    again = f"'{sys.executable}' -m hatchling build --target wheel --directory dist"
    shell(again, unpacked, {**base, "SOURCE_DATE_EPOCH": epoch})
    (wheel,) = (unpacked / "dist").iterdir()
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == first[wheel.name]


def test_wheel_holds_both_packages_and_the_source_archive_what_builds_and_checks_them(tmp_path: Path) -> None:
    """`plan` is a package of its own beside `agencyfile`; tools, locks and the container's file are source."""
    build(tmp_path / "built", umask=0o022, environ={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    (wheel,) = (tmp_path / "built" / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    source = unpack(tmp_path / "built", tmp_path)

    assert {name.split("/")[0] for name in names} == {
        "agencyfile",
        "plan",
        f"agencyfile-{agencyfile.__version__}.dist-info",
    }
    assert {"tools", "tests", "requirements.txt", "requirements-dev.txt", "Containerfile", "Makefile"} <= {
        path.name for path in source.iterdir()
    }
