"""The report for the maintainers: made of fixed words, versions and rounded numbers, whatever the document holds.

Nothing is taken out of the document here. Each field is made anew from a list of what it may be, and what is not on the
list is `other`, or is left out. So no text of the user, of the portal or of the file system can get into it.
"""

import platform
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, get_args

from agencyfile import __version__
from agencyfile.cli.console import json_text
from agencyfile.cli.doctor.basics import is_ci, library_versions
from agencyfile.cli.doctor.examination import Examined
from agencyfile.cli.doctor.records import (
    CheckId,
    CheckRecord,
    Code,
    PortalRecord,
    ReadingRecord,
    ReadingState,
    ReportCheck,
    ReportDocument,
    ReportLedger,
    ReportReading,
    ReportVersions,
    State,
)
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.files import create_file

FORMAT_VERSION: Final = "1.0"
_VERSION: Final = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)
_SYSTEMS: Final[Mapping[str, Literal["linux", "macos", "windows"]]] = {
    "linux": "linux",
    "darwin": "macos",
    "win32": "windows",
}
_MACHINES: Final[Mapping[str, Literal["x86-64", "arm64"]]] = {
    "x86_64": "x86-64",
    "amd64": "x86-64",
    "arm64": "arm64",
    "aarch64": "arm64",
}


def make_report(examined: Examined) -> ReportDocument:
    """Return the report."""
    document = examined.document
    return {
        "format_version": FORMAT_VERSION,
        "versions": _versions(),
        "system": _SYSTEMS.get(sys.platform, "other"),
        "machine": _MACHINES.get(platform.machine().lower(), "other"),
        "is_ci": is_ci(),
        "checks": _checks(document["checks"]),
        "readings": list(_readings(document["readings"])),
        "portal": _portal(document["portal"]),
        "ledger": _ledger(examined),
    }


def write_report(examined: Examined, path: Path) -> None:
    """Write the report, readable by its owner alone, where nothing bears that name.

    Raises:
        CommandExit: something does, be it a link; or it cannot be written.
    """
    try:
        create_file(path, json_text(make_report(examined), ascii_only=True) + "\n")
    except FileExistsError:
        raise CommandExit(
            ExitCode.ERROR, f"{path} exists already; it is left as it is", fix="name another file: --report FILE"
        ) from None
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None


def rounded(number: int) -> int:
    """Return a number of which only the first digit is kept: 286 becomes 300."""
    size: int = 10 ** (len(str(abs(number))) - 1)
    return round(number / size) * size


def _versions() -> ReportVersions:
    found = {name: version_or_other(text) for name, text in library_versions().items()}
    return {
        "agencyfile": version_or_other(__version__),
        "python": version_or_other(platform.python_version()),
        "click": found["click"],
        "pydantic": found["pydantic"],
        "requests": found["requests"],
        "urllib3": found["urllib3"],
        "pyrage": found["pyrage"],
    }


def version_or_other(text: str) -> str:
    """Return a version that is made of numbers alone, or `other`."""
    return text if _VERSION.fullmatch(text) else "other"


def _checks(checks: Iterable[CheckRecord]) -> list[ReportCheck]:
    """Count the lines that say the same. Of each, only words of the fixed lists are kept."""
    counted: Counter[tuple[CheckId, State, Code]] = Counter()
    for check in checks:
        if check["id"] in get_args(CheckId) and check["state"] in get_args(State) and check["code"] in get_args(Code):
            counted[check["id"], check["state"], check["code"]] += 1
    return [
        {"id": name, "state": state, "code": code, "count": rounded(number)}
        for (name, state, code), number in counted.items()
    ]


def _readings(readings: Iterable[ReadingRecord]) -> Iterable[ReportReading]:
    from agencyfile.kinds.readings import QUESTIONS  # noqa: PLC0415 - the provider's part is loaded by now

    seen = {each["question"]: each for each in readings}
    for name, question in QUESTIONS.items():
        if name in seen:
            shown = [reading for reading in question.readings if reading in seen[name]["readings"]]
            yield {"question": name, "readings": shown, "state": _state(seen[name])}


def _state(reading: ReadingRecord) -> ReadingState:
    return reading["state"] if reading["state"] in get_args(ReadingState) else "not-seen"


def _portal(portal: PortalRecord) -> PortalRecord:
    return {
        "first_page": _number(portal["first_page"]),
        "page_size": _number(portal["page_size"]),
        "clock_seconds": _number(portal["clock_seconds"]),
        "requests": portal["requests"],
    }


def _number(value: object) -> int | None:
    return value if type(value) is int else None


_STORES: Final[Mapping[str, Literal["file", "branch"]]] = {"file": "file", "git+branch": "branch"}


def _ledger(examined: Examined) -> ReportLedger:
    if examined.ledger is None or examined.workspace is None:
        return {"store": "none", "entries": 0, "open_calls": 0}
    return {
        "store": _STORES.get(examined.workspace.place.partition(":")[0], "shared"),
        "entries": rounded(examined.ledger.serial),
        "open_calls": rounded(len(examined.ledger.history.open_intents)),
    }
