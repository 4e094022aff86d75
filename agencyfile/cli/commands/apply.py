"""`agencyfile apply`: carry a plan out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli import interrupts
from agencyfile.cli.approval import require_approval, restrict_to_approved
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color, user_input
from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.render.plan_text import render_plan
from agencyfile.cli.render.progress import follow
from agencyfile.cli.render.report_text import render_report
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Ledger, Plan, Provider, Report
from plan.guards import refusals

if TYPE_CHECKING:
    from agencyfile.vault import AgeVault


@click.command("apply")
@click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@agency_file
@click.option("--auto-approve", is_flag=True, help="Do not ask. Charges need --allow billed as well.")
@click.option("--allow", default="", metavar="EFFECTS", help="What -auto-approve covers: billed, one-shot, permanent.")
@user_input
@no_color
def command(
    plan_file: Path | None,
    path: Path,
    auto_approve: bool,  # noqa: FBT001
    allow: str,
    may_ask: bool,  # noqa: FBT001
    no_color: bool,  # noqa: FBT001
) -> int:
    """Make the portal match the agency file.

    With PLAN_FILE (from `plan -out`) exactly the reviewed changes are made, or none. Without, the plan is made,
    shown, and asked about.
    """
    from agencyfile.activecampaign import open_provider  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not no_color)
    approved = parse_plan(read_text(plan_file), plan_file) if plan_file else None
    ledger = workspace.ledger()
    with open_provider(workspace.endpoint()) as provider:
        plan = workspace.plan(provider, ledger)
        if approved:
            plan = restrict_to_approved(approved, plan)
        click.echo(render_plan(encode(plan)), nl=False, color=False if no_color else None)
        print_diagnostics(plan.diagnostics, workspace.sources, color=not no_color)
        if not plan.is_applicable:
            return ExitCode.ERROR
        if plan.is_empty:
            return ExitCode.UNKNOWN if plan.blocked else ExitCode.DONE
        vault = _guarded_vault(workspace, plan, provider)
        if not approved:
            require_approval(plan, auto_approve=auto_approve, allowed=_effects(allow), may_ask=may_ask)
        report = _carry_out(workspace, plan, provider, ledger, vault)
    click.echo()
    click.echo(render_report(report), nl=False, color=False if no_color else None)
    return _exit_code(report)


def _effects(text: str) -> tuple[str, ...]:
    known = ("billed", "one-shot", "permanent")
    effects = tuple(part.strip() for part in text.split(",") if part.strip())
    for effect in effects:
        if effect not in known:
            raise click.UsageError(f"--allow {effect}: expected any of {', '.join(known)}")
    return effects


def _guarded_vault(workspace: Workspace, plan: Plan, provider: Provider) -> "AgeVault | _NoVault":
    from agencyfile.vault import AgeVault, VaultError  # noqa: PLC0415

    recipients = workspace.agency_file.settings.recipients
    for refusal in refusals(plan, provider.kinds, recipients=recipients):
        raise CommandExit(ExitCode.REFUSED, refusal.message, fix=refusal.fix)
    if not recipients:
        return _NoVault()
    try:
        return AgeVault(recipients)
    except VaultError as error:
        raise CommandExit(ExitCode.REFUSED, str(error), fix="mend agency.credentials.recipients") from None


class _NoVault:
    """Stands where the guards have seen to it that nothing is sealed."""

    recipients: tuple[str, ...] = ()

    def seal(self, secret: object) -> str:
        raise AssertionError(f"no recipient to seal {secret} to")


def _carry_out(
    workspace: Workspace, plan: Plan, provider: Provider, ledger: Ledger, vault: "AgeVault | _NoVault"
) -> Report:
    from plan.apply import apply  # noqa: PLC0415

    sys.stdout.flush()  # what was planned stands above what is being done, wherever both go
    with interrupts.caught() as stop:
        events = apply(plan, provider=provider, ledger=ledger, vault=vault, pace=workspace.pace(), stop=stop)
        return follow(events, plan)


def _exit_code(report: Report) -> ExitCode:
    if report.unknown:
        return ExitCode.UNKNOWN
    if report.interrupted:
        return ExitCode.INTERRUPTED
    if report.is_complete:
        return ExitCode.DONE
    return ExitCode.PARTIAL if report.calls_made > len(report.failed) else ExitCode.ERROR
