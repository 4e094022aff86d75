"""The ledger and its lease."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from agencyfile.cli.doctor.lines import guarded, line
from agencyfile.cli.doctor.records import CheckRecord, Code
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.fixes import fix_of
from agencyfile.cli.open_calls import first_command, open_calls
from agencyfile.cli.portal_pin import strangers
from agencyfile.cli.workspace import Workspace
from plan import Ledger
from plan.errors import LedgerError
from plan.ledger.marks import Marks

_OLDER: Final = "older-ledger"
_NAMED: Final = 3


def open_ledger(workspace: Workspace) -> tuple[Ledger | None, list[CheckRecord]]:
    """Return the ledger, or None with the line that says why it cannot be used."""
    try:
        ledger = workspace.ledger()
        return ledger, [_summary(workspace, ledger)]
    except (LedgerError, CommandExit) as error:
        is_older = isinstance(error, LedgerError) and error.id == _OLDER
        code: Code = "older-copy" if is_older else "unreadable"
        return None, [line("ledger", "problem", code, "ledger", str(error), fix_of(error))]


def _summary(workspace: Workspace, ledger: Ledger) -> CheckRecord:
    if workspace.is_ledger_lost:
        words = f"{ledger.location} is discarded after this CI run, together with the record of charges"
        fix = 'keep it on a branch: agency: {ledger: "git+branch:agencyfile-ledger"}'
        return line("ledger", "problem", "lost-in-ci", "ledger", words, fix)
    if not ledger.serial:
        return line("ledger", "ok", "empty", "ledger", f"{ledger.location} has no entry yet: the first apply begins it")
    last = ledger.entries()[-1]
    return line("ledger", "ok", "well", "ledger", f"{ledger.location}, last entry {last.serial} of {last.time[:19]}")


def check_ledger(workspace: Workspace, ledger: Ledger) -> Iterator[CheckRecord]:
    """Return open calls, marks, the portal that the ledger belongs to, and the lease."""
    yield _open_calls(ledger)
    if workspace.mark_paths():
        yield _marks(workspace, is_empty=ledger.serial == 0)
    yield from guarded("ledger-portal", "keys it knows", lambda: [_portal(workspace, ledger)])
    yield _lease(ledger)


def _open_calls(ledger: Ledger) -> CheckRecord:
    calls, under_way = open_calls(ledger), ledger.history.open_intents
    if not calls and under_way:
        words = f"calls of the run that holds the lease: {len(under_way)}"
        return line("ledger-open-calls", "ok", "held", "open calls", words)
    if not calls:
        return line("ledger-open-calls", "ok", "well", "open calls", "no call has an unknown outcome")
    names = ", ".join(f"{address} ({intent.operation})" for address, intent in sorted(calls.items())[:_NAMED])
    words = f"calls whose outcome is unknown: {len(calls)}: {names}"
    return line("ledger-open-calls", "problem", "open-calls", "open calls", words, first_command(calls))


def _marks(workspace: Workspace, *, is_empty: bool) -> CheckRecord:
    """Marks notice an older copy of a ledger."""
    paths = workspace.mark_paths()
    seen = Marks(paths).seen()
    if not seen:
        words = "none yet that would notice an older copy of the ledger: the next command that reads it sets them"
        return line("ledger-marks", "ok" if is_empty else "note", "no-marks", "marks", words)
    last = max(anchor.serial for _, anchor in seen)
    words = f"marks that notice an older copy: {len(seen)} of {len(paths)}, at entry {last}"
    return line("ledger-marks", "ok", "well", "marks", words)


def _portal(workspace: Workspace, ledger: Ledger) -> CheckRecord:
    keys = workspace.portal_keys()
    pin = ledger.history.portal
    if pin is None:
        words = "the ledger knows the keys of no portal yet: the first apply tells it"
        return line("ledger-portal", "ok", "no-portal", "keys it knows", words)
    names = strangers(ledger.history, keys)
    if names:
        words = f"the key of the {' and the '.join(names)} is none that the ledger knows: it may open another portal"
        fix = "use the agency's own key; if it is a new one: agencyfile ledger portal --accept --reason TEXT"
        return line("ledger-portal", "problem", "another-portal", "keys it knows", words, fix)
    words = "the ledger knows the keys of this environment" if keys else "there is no key here to compare"
    return line("ledger-portal", "ok", "well", "keys it knows", words)


def _lease(ledger: Ledger) -> CheckRecord:
    lease = ledger.history.lease
    if lease is None:
        return line("lease", "ok", "free", "lease", "nobody holds it")
    until = f"until {lease.expires.isoformat(timespec='seconds')}"
    if lease.is_over(datetime.now(UTC)):
        return line("lease", "note", "over", "lease", f"{lease}, {until}: it is over, and the next run takes it")
    fix = f"wait for that run; if it is surely dead: agencyfile lock break {lease.id}"
    return line("lease", "note", "held", "lease", f"held by {lease}, {until}", fix)
