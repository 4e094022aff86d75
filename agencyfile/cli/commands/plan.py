"""`agencyfile plan`: what an apply would do. Cannot write: it is given a reader."""

from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, user_input
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import Output, plan_output, print_plan, to_json
from agencyfile.cli.workspace import open_workspace


@click.command("plan")
@agency_file
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan document to a file.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@plan_output
@user_input
def command(
    *,
    path: Path,
    out: Path | None,
    detailed_exitcode: bool,
    output: Output,
    may_ask: bool,  # noqa: ARG001 - accepted because every Terraform pipeline passes it
) -> int:
    """Show what an apply would do; nothing is changed."""
    from agencyfile.activecampaign import open_reader  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not output.no_color)
    with open_reader(workspace.endpoint()) as reader:
        plan = workspace.plan(reader, workspace.ledger())
    document = encode(plan)
    print_plan(document, output)
    print_diagnostics(plan.diagnostics, workspace.sources, color=not output.no_color)
    if not plan.is_applicable:
        return ExitCode.ERROR
    if out:
        write_whole(out, to_json(document))
        click.echo(f"\nWritten to {out}. Apply exactly this:\n\n  agencyfile apply {out}", err=True)
    return ExitCode.CHANGES if detailed_exitcode and not plan.is_empty else ExitCode.DONE
