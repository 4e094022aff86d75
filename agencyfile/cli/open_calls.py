"""Open calls: as long as there is one, whatever plans or applies exits with 5 and names it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fixes import fix_of
from agencyfile.cli.render.open_call_text import render_open_calls
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import Workspace
from plan import Address, LeaseHeld, Ledger, LedgerConflict, LedgerError, PlanError
from plan.ledger import OpenIntent

if TYPE_CHECKING:
    from agencyfile.kinds.explanation import Explanation

_KEPT = (ExitCode.LEASE, ExitCode.USAGE, ExitCode.INTERRUPTED, ExitCode.UNKNOWN)


def open_calls(ledger: Ledger) -> Mapping[Address, OpenIntent]:
    """The calls whose outcome nobody knows. Those of a run that goes on are under way, and not unknown."""
    intents = ledger.history.open_intents
    try:
        ledger.check_free()
    except LeaseHeld:
        return {}
    return intents


def print_open_calls(ledger: Ledger, *, color: bool | None, err: bool = False) -> None:
    """Print what a person needs to settle the open calls, if there are any."""
    told = [(intent, explained(ledger, intent)) for _, intent in sorted(open_calls(ledger).items())]
    if told:
        text = render_open_calls(told, width=terminal_width())
        click.echo(f"\n{text.rstrip()}", color=color, err=err)


def explained(ledger: Ledger, intent: OpenIntent) -> "Explanation":
    """The words for an open call."""
    from agencyfile.kinds import operation_named  # noqa: PLC0415 - only an open call needs them

    return operation_named(intent.operation).explanation(intent, ledger.history.sent(intent.address) or {})


def settled_code(code: ExitCode, ledger: Ledger) -> ExitCode:
    """`code`, or 5 where a call is open."""
    return ExitCode.UNKNOWN if open_calls(ledger) else code


@contextmanager
def naming_open_calls(workspace: Workspace | None) -> Iterator[None]:
    """Let a failure in the block exit with 5, and name the open calls, where there are any.

    Every command that reads the portal uses it. Without an agency file there is no ledger, and nothing is open.

    Raises:
        CommandExit, PlanError: the failure.
    """
    try:
        yield
    except (CommandExit, PlanError) as error:
        if isinstance(error, LedgerConflict | LeaseHeld) or (isinstance(error, CommandExit) and error.code in _KEPT):
            raise
        calls = _open_calls_of(workspace) if workspace else {}
        if not calls:
            raise
        fix = "; ".join(filter(None, (fix_of(error), f"then settle the open call: {first_command(calls)}")))
        raise CommandExit(ExitCode.UNKNOWN, "; ".join(filter(None, (str(error), named(calls)))), fix=fix) from None


def _open_calls_of(workspace: Workspace) -> Mapping[Address, OpenIntent]:
    """None where the ledger cannot be read: then nobody knows, and the failure itself says so."""
    try:
        return open_calls(workspace.ledger())
    except LedgerError:
        return {}


def named(calls: Mapping[Address, OpenIntent]) -> str:
    """The calls by name, as a sentence."""
    words = ", ".join(f"{one_line(str(intent.address))} ({intent.operation})" for intent in calls.values())
    return f"the outcome of an earlier call is still unknown: {words}"


def first_command(calls: Mapping[Address, OpenIntent]) -> str:
    """The command that explains the first of them."""
    return f"agencyfile ledger reconcile --explain {one_line(str(next(iter(calls))))}"
