"""`agencyfile approve`: say yes to a plan by its digest, with a name and an end, in the ledger."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Duration, agency_file, lock_timeout, no_color
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.turn import holder, turn
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Plan
from plan.approval import approval_of
from plan.ledger import EntryType

DAY = 86_400.0


@click.command("approve")
@click.argument("digest", required=False)
@click.option("--by", help="Who approves.  [default: the user]")
@click.option("--expires", type=Duration(), default=DAY, metavar="DURATION", help="How long it holds.  [default: 24h]")
@click.option("--clear", is_flag=True, help="Take the last approval back.")
@lock_timeout
@no_color
@agency_file
def command(
    digest: str | None,
    by: str | None,
    expires: float,
    clear: bool,  # noqa: FBT001
    lock_timeout: float,
    no_color: bool,  # noqa: FBT001
    path: Path,
) -> None:
    """Approve the plan of DIGEST: what a plan made now must still be.

    `agencyfile apply --approved DIGEST` then makes exactly these changes, also when an earlier run of it was cut short.
    An approval takes the place of the one before it.
    """
    if clear == (digest is not None):
        raise click.UsageError("say either DIGEST or --clear")
    workspace = open_workspace(path, color=not no_color)
    who = by or holder()
    if digest is None:
        _clear(workspace, who, lock_timeout)
        return
    plan = _fresh(workspace, color=not no_color)
    if plan.digest != digest:
        raise CommandExit(
            ExitCode.APPROVAL, f"{digest} is not what would be done now: that is {plan.digest}", fix="review that plan"
        )
    until = (datetime.now(UTC) + timedelta(seconds=expires)).isoformat(timespec="milliseconds")
    approval = approval_of(plan, by=who, until=until)
    with turn(workspace.ledger, duration=workspace.agency_file.settings.lease, patience=lock_timeout) as ledger:
        ledger.append((EntryType.APPROVED, None, approval.body()))
    click.echo(f"approved by {one_line(who)} until {until}: {len(plan.steps)} changes")
    click.echo(f"\n  agencyfile apply --approved {digest}")


def _fresh(workspace: Workspace, *, color: bool) -> Plan:
    from agencyfile.activecampaign import open_reader  # noqa: PLC0415 - heavy

    with open_reader(workspace.endpoint()) as reader:
        plan = workspace.plan(reader, workspace.ledger())
    if not plan.is_applicable:
        print_diagnostics(plan.diagnostics, workspace.sources, color=color)
        raise CommandExit(ExitCode.ERROR, "a plan with errors cannot be approved", fix="mend the file, or the portal")
    return plan


def _clear(workspace: Workspace, who: str, patience: float) -> None:
    with turn(workspace.ledger, duration=workspace.agency_file.settings.lease, patience=patience) as ledger:
        approval = ledger.history.approval
        if approval is None:
            raise CommandExit(ExitCode.ERROR, "the ledger holds no approval", fix="agencyfile ledger show")
        ledger.append((EntryType.APPROVED, None, {"digest": None, "by": who}))
    click.echo(f"taken back: the approval of {approval.digest} by {one_line(approval.by)}")
