"""`agencyfile plan`: what an apply would do. It holds a reader, so it cannot write."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Selection, agency_file, targets, user_input
from agencyfile.cli.open_calls import first_command, named, naming_open_calls, open_calls, settled_code
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import Output, plan_output, print_plan, to_json
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.selection import part_of
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Ledger, Plan
from plan.records.document import PlanDocument
from plan.request import Request


@click.command("plan")
@agency_file
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan document to a file.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when manual steps are pending.")
@click.option("--check", is_flag=True, help="Exit with 3 when an apply would refuse the plan.")
@click.option(
    "--approved",
    metavar="DIGEST",
    help="Exit with 4 when this is not the plan with this digest: an apply would refuse it.",
)
@click.option("--offline", is_flag=True, help="Show how the file differs from --base, without the portal.")
@click.option(
    "--base",
    metavar="REVISION",
    help="Also say who asked for it, and what differs in the file since.  [default with --offline: HEAD]",
)
@targets
@plan_output
@user_input
def command(
    *,
    path: Path,
    out: Path | None,
    detailed_exitcode: bool,
    fail_if_pending: bool,
    check: bool,
    approved: str | None,
    offline: bool,
    base: str | None,
    selection: Selection,
    output: Output,
    may_ask: bool,  # noqa: ARG001 - accepted because every Terraform pipeline passes it
) -> int:
    """Show what an apply would do; nothing is changed.

    With --offline, show how the file differs from another revision. That needs no key, and shows no price.
    """
    if offline:
        if out or selection.is_made or fail_if_pending or check or approved:
            raise click.UsageError(
                "--offline makes no plan: it takes neither --out, --target, --exclude, --check, --approved nor "
                "--fail-if-pending"
            )
        from agencyfile.cli.offline import plan_offline  # noqa: PLC0415 - git and two loads

        differs = plan_offline(path, "HEAD" if base is None else base, output)
        return ExitCode.CHANGES if differs and detailed_exitcode else ExitCode.DONE
    return _plan(path, out, output, _Options(selection, detailed_exitcode, fail_if_pending, check, base, approved))


@dataclass(frozen=True, slots=True)
class _Options:
    """The part of the file to plan, and the exit codes to use."""

    selection: Selection
    detailed_exitcode: bool
    fail_if_pending: bool
    check: bool
    base: str | None
    approved: str | None


def _plan(path: Path, out: Path | None, output: Output, options: _Options) -> int:
    from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not output.no_color)
    with naming_open_calls(workspace), open_reader(workspace) as reader:
        part = part_of(workspace, options.selection)
        ledger = workspace.portal_ledger()
        plan = workspace.plan(reader, ledger, part=part)
    if options.base is not None:
        plan = replace(plan, request=_request(workspace, options.base))
    document = encode(plan)
    print_plan(document, output)
    print_diagnostics(plan.diagnostics, workspace.sources, color=not output.no_color)
    workspace.warn_of_unreadable(plan, reader.kinds)
    code = settled_code(_code(plan, document, out, options), ledger)
    if code is ExitCode.UNKNOWN:
        click.echo(f"\nerror: {named(open_calls(ledger))}\n  fix: {first_command(open_calls(ledger))}", err=True)
    if workspace.is_told:
        _tell(workspace, ledger, document, code)
    return code


def _tell(workspace: Workspace, ledger: Ledger, document: PlanDocument, code: int) -> None:
    from agencyfile.cli.notify.message import told_plan  # noqa: PLC0415 - only who asks pays for it
    from agencyfile.cli.notify.telling import tell  # noqa: PLC0415 - same

    tell(workspace, ledger.history, told_plan(document), code)


def _request(workspace: Workspace, base: str) -> Request | None:
    """Return who asked for the plan. What cannot be found out is told, and stops nobody."""
    from agencyfile.cli.request import request_since  # noqa: PLC0415 - git and one more load

    try:
        return request_since(workspace.path, base, workspace.agency_file)
    except CommandExit as error:
        click.echo(f"warning: who asked for this plan is not known: {error}", err=True)
        return None


def _code(plan: Plan, document: PlanDocument, out: Path | None, options: _Options) -> ExitCode:
    if not plan.is_applicable:
        return ExitCode.ERROR
    if out:
        write_whole(out, to_json(document))
        hint = "An apply refuses it." if plan.refusals else f"Apply exactly this:\n\n  agencyfile apply {out}"
        click.echo(f"\nWritten to {out}. {hint}", err=True)
    if options.check and plan.refusals:
        return ExitCode.REFUSED
    if options.approved not in (None, plan.digest):
        click.echo(
            f"\nerror: {one_line(options.approved or 'nothing')} was approved, and this plan is {plan.digest}", err=True
        )
        return ExitCode.APPROVAL
    if options.detailed_exitcode and not plan.is_empty:
        return ExitCode.CHANGES
    return ExitCode.PENDING if options.fail_if_pending and plan.manual_steps else ExitCode.DONE
