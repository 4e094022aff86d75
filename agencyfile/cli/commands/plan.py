"""`agencyfile plan`: what an apply would do. Cannot write: it is given a reader."""

from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, user_input
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import Output, plan_output, print_plan, to_json
from agencyfile.cli.workspace import open_workspace


@click.command("plan")
@agency_file
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan document to a file.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@click.option("--offline", is_flag=True, help="Ask no portal: show what the file says differently than at --base.")
@click.option("--base", metavar="REVISION", help="A revision of the file's git repository.  [default: HEAD]")
@plan_output
@user_input
def command(
    *,
    path: Path,
    out: Path | None,
    detailed_exitcode: bool,
    offline: bool,
    base: str | None,
    output: Output,
    may_ask: bool,  # noqa: ARG001 - accepted because every Terraform pipeline passes it
) -> int:
    """Show what an apply would do; nothing is changed.

    With --offline, what the file says differently than at another revision: needs no key, and knows no price.
    """
    if offline:
        if out:
            raise click.UsageError("--offline makes no plan that could be written")
        is_changed = _plan_offline(path, base or "HEAD", output)
    elif base:
        raise click.UsageError("--base goes with --offline: a plan is compared with the portal")
    else:
        is_changed = _plan(path, out, output)
    return ExitCode.CHANGES if detailed_exitcode and is_changed else ExitCode.DONE


def _plan_offline(path: Path, base: str, output: Output) -> bool:
    from agencyfile.cli.offline import plan_offline  # noqa: PLC0415 - git and two loads

    return plan_offline(path, base, output)


def _plan(path: Path, out: Path | None, output: Output) -> bool:
    """Plan, print, write; is there anything to do?"""
    from agencyfile.activecampaign import open_reader  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not output.no_color)
    with open_reader(workspace.endpoint()) as reader:
        plan = workspace.plan(reader, workspace.ledger())
    document = encode(plan)
    print_plan(document, output)
    print_diagnostics(plan.diagnostics, workspace.sources, color=not output.no_color)
    if not plan.is_applicable:
        raise CommandExit(ExitCode.ERROR)
    if out:
        write_whole(out, to_json(document))
        click.echo(f"\nWritten to {out}. Apply exactly this:\n\n  agencyfile apply {out}", err=True)
    return not plan.is_empty
