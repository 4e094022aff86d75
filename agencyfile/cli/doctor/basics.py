"""Versions, the environment, and the agency file."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from agencyfile import __version__
from agencyfile.cli.doctor.lines import line
from agencyfile.cli.doctor.records import CheckRecord
from agencyfile.cli.endpoints import number_of
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.ledger_marks import noted_anchor
from agencyfile.cli.workspace import Workspace, open_workspace
from plan.diagnostic import Severity

LIBRARIES: Final = ("click", "pydantic", "requests", "urllib3", "pyrage")
_NUMBERS: Final = (
    "AGENCYFILE_RATE_LIMIT",
    "AGENCYFILE_SETTLE",
    "AGENCYFILE_WAIT_FIRST",
    "AGENCYFILE_LIMIT_BYTES",
    "AGENCYFILE_LIMIT_SECONDS",
    "AGENCYFILE_LIMIT_PAGES",
    "AGENCYFILE_LIMIT_READ",
)
_MAY_BE_ZERO: Final = "AGENCYFILE_SETTLE"
_ADDRESSES: Final = ("AGENCYFILE_AGENCY_API", "AGENCYFILE_HUB_API", "AGENCYFILE_ACCOUNT_API")
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class AgencyFileFound:
    """The agency file as far as it can be used.

    `workspace` is None without a valid file. `has_all_keys` is False where variables that it names are not set: then
    everything but its keys can be used.
    """

    workspace: Workspace | None
    lines: tuple[CheckRecord, ...]
    has_all_keys: bool = True


def is_ci() -> bool:
    """Does this run in a pipeline?"""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def library_versions() -> Mapping[str, str]:
    """Return the versions of the libraries that matter; empty where one is missing."""
    return {name: _version(name) for name in LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def check_versions() -> Iterator[CheckRecord]:
    """Return the versions of agencyfile, Python, the platform and the libraries."""
    libraries = ", ".join(f"{name} {found or 'missing'}" for name, found in library_versions().items())
    here = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield line("version", "ok", "well", "versions", f"agencyfile {__version__}, {here}; {libraries}")


def check_environment() -> Iterator[CheckRecord]:
    """Return every variable of agencyfile that cannot be used, and where it leads away from the vendor's portal."""
    wrong = 0
    readers: tuple[Callable[[], object], ...] = (*map(_Number, _NUMBERS), noted_anchor)
    for read in readers:
        try:
            read()
        except CommandExit as error:
            wrong += 1
            fix = error.fix or "correct the variable, or unset it"
            yield line("environment", "problem", "bad-variable", "environment", error.message, fix)
    elsewhere = [name for name in _ADDRESSES if os.environ.get(name)]
    if elsewhere:
        words = f"{', '.join(elsewhere)} lead elsewhere than the agency file says, as for a rehearsal"
        yield line("environment", "note", "differs", "environment", words, "unset them to speak to the vendor's portal")
    elif not wrong:
        yield line("environment", "ok", "well", "environment", "every variable of agencyfile can be used")


@dataclass(frozen=True, slots=True)
class _Number:
    name: str

    def __call__(self) -> float:
        return number_of(self.name, 1.0, least=0 if self.name == _MAY_BE_ZERO else None)


def find_agency_file(path: Path) -> AgencyFileFound:
    """Open the agency file. One that only lacks variables of the environment is used without its keys.

    Its mistakes and warnings are printed on standard error, as by every command.
    """
    if not path.exists():
        fix = "agencyfile init NAME starts one; -f FILE names one that is elsewhere"
        found = line("agency-file", "note", "missing", "agency file", f"there is no {path}", fix)
        return AgencyFileFound(None, (found,))
    try:
        workspace = open_workspace(path, color=False)
    except CommandExit:
        return _with_mistakes(path)
    return AgencyFileFound(workspace, (line("agency-file", "ok", "well", "agency file", f"{path} is valid"),))


def _with_mistakes(path: Path) -> AgencyFileFound:
    from agencyfile.language import load  # noqa: PLC0415 - YAML and pydantic are loaded by now
    from agencyfile.language.environment import AnyEnvironment  # noqa: PLC0415 - as above

    errors = [found.rule for found in load(path, os.environ).diagnostics if found.severity is Severity.ERROR]
    if not errors or not set(errors) <= {"environment-unset", "environment-value"}:
        rules = ", ".join(list(dict.fromkeys(errors))[:_NAMED])
        words, fix = f"{path} has errors: {len(errors)} ({rules})", "agencyfile validate shows each"
        return AgencyFileFound(None, (line("agency-file", "problem", "invalid", "agency file", words, fix),))
    words = f"{path} names variables that are not set, or hold no key: {len(errors)}"
    fix = "agencyfile validate names them; set them where the keys belong"
    found = line("agency-file", "problem", "no-variable", "agency file", words, fix)
    workspace = open_workspace(path, color=False, environ=AnyEnvironment())
    return AgencyFileFound(workspace, (found,), has_all_keys=False)
