"""`agencyfile plan`: what an apply would do. Cannot write: it is given a reader."""

import json
from pathlib import Path

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, no_color, targets, user_input
from agencyfile.cli.output import write_whole
from agencyfile.cli.render.plan_text import render_plan
from agencyfile.cli.selection import targets_of
from agencyfile.cli.workspace import open_workspace


@click.command("plan")
@agency_file
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the plan document to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan document, and nothing else.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when manual steps are pending.")
@targets
@user_input
@no_color
def command(
    *,
    path: Path,
    out: Path | None,
    as_json: bool,
    detailed_exitcode: bool,
    fail_if_pending: bool,
    target: tuple[str, ...],
    changed_since: str | None,
    may_ask: bool,  # noqa: ARG001 - accepted because every Terraform pipeline passes it
    no_color: bool,
) -> int:
    """Show what an apply would do; nothing is changed."""
    from agencyfile.activecampaign import open_reader  # noqa: PLC0415 - heavy
    from plan.document import encode  # noqa: PLC0415

    workspace = open_workspace(path, color=not no_color)
    with open_reader(workspace.endpoint()) as reader:
        chosen = targets_of(workspace, target, changed_since)
        plan = workspace.plan(reader, workspace.ledger(), targets=chosen)
    document = encode(plan)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if as_json:
        click.echo(text, nl=False)
    else:
        click.echo(render_plan(document), nl=False, color=False if no_color else None)
    print_diagnostics(plan.diagnostics, workspace.sources, color=not no_color)
    if not plan.is_applicable:
        return ExitCode.ERROR
    if out:
        write_whole(out, text)
        click.echo(f"\nWritten to {out}. Apply exactly this:\n\n  agencyfile apply {out}", err=True)
    if detailed_exitcode and not plan.is_empty:
        return ExitCode.CHANGES
    return ExitCode.PENDING if fail_if_pending and plan.manual_steps else ExitCode.DONE
