"""All checks of `agencyfile doctor`, in the order of its table."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agencyfile.cli.doctor import basics
from agencyfile.cli.doctor.addresses import PortalAddresses, portal_addresses
from agencyfile.cli.doctor.ledger import check_ledger, open_ledger
from agencyfile.cli.doctor.lines import guarded, not_looked_at
from agencyfile.cli.doctor.passwords import check_passwords
from agencyfile.cli.doctor.pipelines import check_pipelines
from agencyfile.cli.doctor.portal import check_portal_answers, check_readings, portal_record, reading_records
from agencyfile.cli.doctor.records import (
    CheckId,
    CheckRecord,
    DoctorDocument,
    DoctorSummary,
    PortalRecord,
    ReadingRecord,
)
from agencyfile.cli.doctor.repository import check_repository
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.workspace import Workspace
from plan import Ledger
from plan.ledger.observed import Observed

FORMAT_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class Examined:
    """The document, and what more a command may need of what was looked at."""

    document: DoctorDocument
    workspace: Workspace | None
    ledger: Ledger | None


def examine_everything(path: Path, *, seconds: float) -> Examined:
    """Look at everything, the portal for at most so many seconds. A part that fails is a line, and the rest goes on."""
    found = basics.find_agency_file(path)
    workspace = found.workspace
    ledger, ledger_lines = open_ledger(workspace) if workspace else (None, [_no_file("ledger", "ledger")])
    addresses = portal_addresses(found)
    portal = _portal(addresses, ledger, seconds)
    checks = [
        *guarded("version", "versions", basics.check_versions),
        *guarded("environment", "environment", basics.check_environment),
        *found.lines,
        *guarded("git-repository", "git", lambda: check_repository(path, list(workspace.sources) if workspace else [])),
        *ledger_lines,
        *(_ledger(workspace, ledger) if workspace and ledger else ()),
        *_passwords(workspace, ledger, is_local=addresses.is_local),
        *portal.lines,
        *guarded("pipelines", "pipelines", lambda: check_pipelines(path.parent, workspace)),
    ]
    document: DoctorDocument = {
        "format_version": FORMAT_VERSION,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "agency": workspace.agency if workspace else None,
        "exit_code": _exit_code(checks),
        "summary": _summary(checks, portal.readings),
        "checks": checks,
        "readings": portal.readings,
        "portal": portal.record,
    }
    return Examined(document, workspace, ledger)


@dataclass(frozen=True, slots=True)
class _PortalPart:
    lines: list[CheckRecord]
    readings: list[ReadingRecord]
    record: PortalRecord


def _portal(addresses: PortalAddresses, ledger: Ledger | None, seconds: float) -> _PortalPart:
    from agencyfile.portal import open_examiner  # noqa: PLC0415 - heavy

    recorded = (ledger.history.observed if ledger else None) or Observed()
    with open_examiner(addresses.endpoint, seconds=seconds) as reader:
        answers = reader.examine(seconds=seconds)
        readings = reading_records(reader.observations, recorded)
    lines = [*addresses.lines, *check_portal_answers(answers, addresses), check_readings(readings)]
    return _PortalPart(lines, readings, portal_record(answers))


def _ledger(workspace: Workspace, ledger: Ledger) -> list[CheckRecord]:
    return guarded("ledger", "ledger", lambda: check_ledger(workspace, ledger))


def _passwords(workspace: Workspace | None, ledger: Ledger | None, *, is_local: bool) -> list[CheckRecord]:
    if workspace is None:
        return [_no_file("recipients", "recipients")]
    history = ledger.history if ledger else None
    return guarded("recipients", "recipients", lambda: check_passwords(workspace, history, is_local=is_local))


def _exit_code(checks: list[CheckRecord]) -> ExitCode:
    if any(check["code"] == "open-calls" for check in checks):
        return ExitCode.UNKNOWN
    return ExitCode.ERROR if any(check["state"] == "problem" for check in checks) else ExitCode.DONE


def _summary(checks: list[CheckRecord], readings: list[ReadingRecord]) -> DoctorSummary:
    states = Counter(check["state"] for check in checks)
    return {
        "ok": states["ok"],
        "note": states["note"],
        "problem": states["problem"],
        "unknown": states["unknown"],
        "readings_seen": sum(bool(each["readings"]) for each in readings),
        "questions": len(readings),
    }


def _no_file(check: CheckId, subject: str) -> CheckRecord:
    return not_looked_at(check, subject, "there is no valid agency file")
