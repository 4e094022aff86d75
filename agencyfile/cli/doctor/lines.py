"""Lines of the table, made in one way."""

from collections.abc import Callable, Iterable
from typing import Final

from agencyfile.cli.doctor.records import CheckId, CheckRecord, Code, State, Topic
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.fixes import fix_of
from plan.errors import PlanError

_TOPICS: Final[dict[CheckId, Topic]] = {
    "version": "agencyfile",
    "environment": "agencyfile",
    "agency-file": "file",
    "git-repository": "git",
    "git-committed": "git",
    "git-secrets": "git",
    "ledger": "ledger",
    "ledger-open-calls": "ledger",
    "ledger-marks": "ledger",
    "ledger-portal": "ledger",
    "lease": "ledger",
    "recipients": "passwords",
    "identity": "passwords",
    "sealed-logins": "passwords",
    "agency-api": "portal",
    "hub-api": "portal",
    "account-api": "portal",
    "clock": "portal",
    "account-list": "portal",
    "readings": "portal",
    "pipelines": "pipelines",
}


def line(check: CheckId, state: State, code: Code, subject: str, words: str, fix: str = "") -> CheckRecord:
    """Return one line."""
    return {
        "id": check,
        "topic": _TOPICS[check],
        "state": state,
        "code": code,
        "subject": subject,
        "words": words,
        "fix": fix,
    }


def not_looked_at(check: CheckId, subject: str, why: str) -> CheckRecord:
    """Return the line of a check that needs what is not there."""
    return line(check, "unknown", "not-looked-at", subject, f"not looked at: {why}")


def guarded(check: CheckId, subject: str, look: Callable[[], Iterable[CheckRecord]]) -> list[CheckRecord]:
    """Return the lines of `look`. Where it fails, the failure is its last line, and every other check goes on."""
    lines: list[CheckRecord] = []
    try:
        lines.extend(look())
    except (CommandExit, PlanError) as error:
        lines.append(line(check, "problem", "unreadable", subject, str(error), fix_of(error)))
    except OSError as error:
        words = f"cannot be read: {error.strerror or type(error).__name__}"
        lines.append(line(check, "problem", "unreadable", subject, words, "find out who may read it"))
    return lines
