"""`agencyfile approve`: approve a plan by its digest, with a name and an expiry, in the ledger."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.evidence import checked_name
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Duration, Selection, agency_file, lock_timeout, no_color, targets
from agencyfile.cli.lease import holder, waiting
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.selection import part_of
from agencyfile.cli.signing import signed_body
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Ledger, LedgerConflict, Plan
from plan.approval import approval_of
from plan.ledger import EntryType
from plan.ledger.approval import WithdrawalBody
from plan.ledger.ledger import Draft

_Said = tuple[Draft | None, str]  # what to append, and what to say then

DAY: Final = 86_400.0
_ATTEMPTS: Final = 5  # at a ledger that others write to meanwhile


@click.command("approve")
@click.argument("digest", required=False)
@click.option("--by", metavar="NAME", help="Who approves.  [default: the user]")
@click.option(
    "--expires",
    type=Duration(),
    default=DAY,
    metavar="DURATION",
    help="How long the approval is valid.  [default: 24h]",
)
@click.option("--clear", is_flag=True, help="Withdraw the last approval.")
@targets
@lock_timeout
@no_color
@agency_file
def command(
    *,
    digest: str | None,
    by: str | None,
    expires: float,
    clear: bool,
    selection: Selection,
    lock_timeout: float,
    no_color: bool,
    path: Path,
) -> None:
    """Approve the plan with this DIGEST; a plan made now must still have it.

    `agencyfile apply --approved DIGEST` then makes exactly these changes, also after an earlier run was cut short. Each
    approval replaces the one before. To approve a plan that was made with --target, --exclude or --changed-since, pass
    the same flags.
    """
    if clear == (digest is not None):
        raise click.UsageError("say either DIGEST or --clear")
    if clear and selection.is_made:
        raise click.UsageError("--clear takes back the whole approval: no --target, --exclude or --changed-since")
    options = _Options(checked_name(by or holder()), expires, time.monotonic() + lock_timeout, color=not no_color)
    _until(options)
    workspace = open_workspace(path, color=options.color)
    if workspace.is_ledger_lost:
        raise CommandExit(
            ExitCode.REFUSED,
            "a ledger in a file is discarded after this CI run, together with the approval",
            fix="keep it in the repository: agency.ledger: git+branch:agencyfile-ledger",
        )
    if digest is None:
        _append(workspace, options, lambda ledger: _withdrawal(ledger, options))
    else:
        _approve(workspace, digest, options, selection)


@dataclass(frozen=True, slots=True)
class _Options:
    """The approver, the validity in seconds, and the deadline (monotonic) of waiting for somebody else's lease."""

    by: str
    expires: float
    deadline: float
    color: bool


def _approve(workspace: Workspace, digest: str, options: _Options, selection: Selection) -> None:
    from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy

    with naming_open_calls(workspace), open_reader(workspace) as reader:
        part = part_of(workspace, selection)

        def approval(ledger: Ledger) -> _Said:
            plan = workspace.plan(reader, ledger, part=part)
            _check(plan, digest, workspace, color=options.color)
            return _approval(plan, options, workspace.signers(ledger.history))

        _append(workspace, options, approval)


def _approval(plan: Plan, options: _Options, signers: Collection[str] | None) -> _Said:
    if plan.is_empty and plan.blocked:
        names = ", ".join(one_line(str(intent.address)) for intent in plan.blocked)
        raise CommandExit(
            ExitCode.UNKNOWN,
            f"the outcome of {names} is still unknown",
            fix="agencyfile ledger reconcile, then plan again",
        )
    if plan.is_empty:
        return None, "nothing to approve: an apply would change nothing"
    approval = approval_of(plan, by=options.by, until=_until(options))
    body, name = signed_body(EntryType.APPROVED, None, approval.body(), agency=plan.agency, signers=signers)
    who = f"by {one_line(name)}" if name else f"(says: {one_line(options.by)})"
    words = f"approved {who} until {approval.until}: {count(len(plan.steps), 'change')}"
    return (EntryType.APPROVED, None, body), f"{words}\n\n  agencyfile apply --approved {plan.digest}"


def _withdrawal(ledger: Ledger, options: _Options) -> _Said:
    approval = ledger.history.approval
    if approval is None:
        raise CommandExit(ExitCode.ERROR, "the ledger holds no approval", fix="agencyfile ledger show")
    words = f"taken back: the approval of {one_line(approval.digest)} by {one_line(approval.by)}"
    return (EntryType.APPROVED, None, WithdrawalBody(digest=None, by=options.by)), words


def _append(workspace: Workspace, options: _Options, make_entry: Callable[[Ledger], _Said]) -> None:
    """Append what is made of the ledger as it is, and say so; it is made anew when somebody wrote meanwhile.

    One entry needs no lease: it is appended to the very ledger that it was made of, or not at all. So nobody who is
    killed here leaves a lease behind.
    """
    for left in reversed(range(_ATTEMPTS)):
        ledger = waiting(lambda: _free(workspace), patience=max(0.0, options.deadline - time.monotonic()))
        entry, words = make_entry(ledger)
        try:
            if entry:
                ledger.append(entry)
            break
        except LedgerConflict:
            if not left:
                raise
    click.echo(words)


def _free(workspace: Workspace) -> Ledger:
    ledger = workspace.portal_ledger()
    ledger.check_free()
    return ledger


def _check(plan: Plan, digest: str, workspace: Workspace, *, color: bool) -> None:
    if not plan.is_applicable:
        print_diagnostics(plan.diagnostics, workspace.sources, color=color)
        raise CommandExit(
            ExitCode.ERROR, "a plan with errors cannot be approved", fix="correct the file, or the portal"
        )
    if plan.digest != digest:
        raise CommandExit(
            ExitCode.APPROVAL,
            f"{one_line(digest)} is not what would be done now: that is {plan.digest}",
            fix="review that plan; one of a part is approved with its --target or --changed-since",
        )


def _until(options: _Options) -> str:
    if options.expires <= 0:
        raise click.UsageError("--expires: an approval that ends at once approves nothing")
    try:
        return (datetime.now(UTC) + timedelta(seconds=options.expires)).isoformat(timespec="milliseconds")
    except OverflowError:
        raise click.UsageError("--expires: that is after the year 9999") from None
