"""`agencyfile plan`: what an apply would do. It holds a reader, so it cannot write."""

from dataclasses import dataclass
from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, targets, user_input
from agencyfile.cli.open_calls import first_command, named, naming_open_calls, open_calls, settled_code
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import Output, plan_output, print_plan, to_json
from agencyfile.cli.selection import targets_of
from agencyfile.cli.workspace import open_workspace
from plan import Plan
from plan.records.document import PlanDocument


@click.command("plan")
@agency_file
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan document to a file.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when manual steps are pending.")
@click.option("--offline", is_flag=True, help="Show how the file differs from --base, without the portal.")
@click.option("--base", metavar="REVISION", help="A revision of the file's git repository.  [default: HEAD]")
@targets
@plan_output
@user_input
def command(
    *,
    path: Path,
    out: Path | None,
    detailed_exitcode: bool,
    fail_if_pending: bool,
    offline: bool,
    base: str | None,
    target: tuple[str, ...],
    changed_since: str | None,
    output: Output,
    may_ask: bool,  # noqa: ARG001 - accepted because every Terraform pipeline passes it
) -> int:
    """Show what an apply would do; nothing is changed.

    With --offline, show how the file differs from another revision. That needs no key, and shows no price.
    """
    if offline:
        if out or target or changed_since is not None or fail_if_pending:
            raise click.UsageError("--offline makes no plan: it takes neither --out, --target nor --fail-if-pending")
        from agencyfile.cli.offline import plan_offline  # noqa: PLC0415 - git and two loads

        differs = plan_offline(path, "HEAD" if base is None else base, output)
        return ExitCode.CHANGES if differs and detailed_exitcode else ExitCode.DONE
    if base is not None:
        raise click.UsageError("--base is for --offline; see also --changed-since")
    return _plan(path, out, output, _Options(target, changed_since, detailed_exitcode, fail_if_pending))


@dataclass(frozen=True, slots=True)
class _Options:
    """The part of the file to plan, and the exit codes to use."""

    target: tuple[str, ...]
    changed_since: str | None
    detailed_exitcode: bool
    fail_if_pending: bool


def _plan(path: Path, out: Path | None, output: Output, options: _Options) -> int:
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not output.no_color)
    with naming_open_calls(workspace), open_reader(workspace.endpoint()) as reader:
        chosen = targets_of(workspace, options.target, options.changed_since)
        ledger = workspace.portal_ledger()
        plan = workspace.plan(reader, ledger, targets=chosen)
    document = encode(plan)
    print_plan(document, output)
    print_diagnostics(plan.diagnostics, workspace.sources, color=not output.no_color)
    workspace.warn_of_unreadable(plan, reader.kinds)
    code = settled_code(_code(plan, document, out, options), ledger)
    if code is ExitCode.UNKNOWN:
        click.echo(f"\nerror: {named(open_calls(ledger))}\n  fix: {first_command(open_calls(ledger))}", err=True)
    return code


def _code(plan: Plan, document: PlanDocument, out: Path | None, options: _Options) -> ExitCode:
    if not plan.is_applicable:
        return ExitCode.ERROR
    if out:
        write_whole(out, to_json(document))
        click.echo(f"\nWritten to {out}. Apply exactly this:\n\n  agencyfile apply {out}", err=True)
    if options.detailed_exitcode and not plan.is_empty:
        return ExitCode.CHANGES
    return ExitCode.PENDING if options.fail_if_pending and plan.manual_steps else ExitCode.DONE
