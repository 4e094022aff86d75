"""All checks of `agencyfile doctor`, in the order of its table."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agencyfile.cli.doctor import basics
from agencyfile.cli.doctor.addresses import portal_addresses
from agencyfile.cli.doctor.ledger import check_ledger, open_ledger
from agencyfile.cli.doctor.lines import guarded, not_looked_at
from agencyfile.cli.doctor.passwords import check_passwords
from agencyfile.cli.doctor.pipelines import check_pipelines
from agencyfile.cli.doctor.portal import check_portal_answers, check_readings, portal_record, reading_records
from agencyfile.cli.doctor.records import CheckId, CheckRecord, DoctorDocument, DoctorSummary, ReadingRecord
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
    checks = guarded("version", "versions", basics.check_versions)
    checks += guarded("environment", "environment", basics.check_environment)
    found = basics.find_agency_file(path)
    checks += found.lines
    workspace = found.workspace
    files = list(workspace.sources) if workspace else []
    checks += guarded("git-repository", "git", lambda: check_repository(path, files))
    ledger, lines = open_ledger(workspace) if workspace else (None, [_no_file("ledger", "ledger")])
    checks += lines
    if workspace and ledger:
        opened, book = workspace, ledger
        checks += guarded("ledger", "ledger", lambda: check_ledger(opened, book))
    addresses = portal_addresses(found)
    if workspace:
        history, declared = ledger.history if ledger else None, workspace
        checks += guarded(
            "recipients", "recipients", lambda: check_passwords(declared, history, is_local=addresses.is_local)
        )
    else:
        checks.append(_no_file("recipients", "recipients"))
    recorded = ledger.history.observed if ledger else None
    portal_lines, readings, portal = _portal(addresses, recorded or Observed(), seconds)
    checks += portal_lines
    checks += guarded("pipelines", "pipelines", lambda: check_pipelines(path.parent, workspace))
    document: DoctorDocument = {
        "format_version": FORMAT_VERSION,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "agency": workspace.agency if workspace else None,
        "exit_code": _exit_code(checks),
        "summary": _summary(checks, readings),
        "checks": checks,
        "readings": readings,
        "portal": portal,
    }
    return Examined(document, workspace, ledger)


def _no_file(check: CheckId, subject: str) -> CheckRecord:
    return not_looked_at(check, subject, "there is no valid agency file")
