"""`agencyfile rehearse`: apply the plan to a copy of the portal, and show what comes of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli import console
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Selection, agency_file, no_color, targets
from agencyfile.cli.open_calls import first_command, named, naming_open_calls, open_calls, settled_code
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import to_json
from agencyfile.cli.selection import part_of
from agencyfile.cli.workspace import Workspace, open_workspace
from plan.scope import Part

if TYPE_CHECKING:
    from agencyfile.cli.rehearsal.performing import Rehearsed
    from agencyfile.cli.rehearsal.records import RehearsalDocument


@click.command("rehearse")
@agency_file
@targets
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the document to a file as well.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    help="How to print it: Markdown is one paragraph for a comment.  [default: text]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the document, and nothing else.")
@no_color
def command(
    *,
    path: Path,
    selection: Selection,
    out: Path | None,
    form: str | None,
    as_json: bool,
    no_color: bool,
) -> int:
    """Apply the plan to a copy of the portal, and show what comes of it.

    The lists of the portal are copied into a local portal, which charges nobody. The plan is applied there, with a copy
    of the ledger. You see the calls, the card, what the lists show before and after, and the plan that follows, which
    must be empty. The real portal is only read, and its ledger stays as it is. This needs the keys that `plan` needs.
    """
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"say either --json or --format {form}")
    workspace = open_workspace(path, color=not no_color)
    rehearsed = _rehearsed(workspace, part_of(workspace, selection))
    if out:
        write_whole(out, to_json(rehearsed.document))
    _print(rehearsed.document, "json" if as_json else form or "text", color=False if no_color else None)
    print_diagnostics(rehearsed.plan.diagnostics, workspace.sources, color=not no_color)
    return _code(rehearsed)


def _print(document: "RehearsalDocument", form: str, *, color: bool | None) -> None:
    from agencyfile.cli.render.rehearsal_text import render_paragraph, render_rehearsal  # noqa: PLC0415

    match form:
        case "json":
            console.json_document(document)
        case "markdown":
            console.document(render_paragraph(document), errors="xmlcharrefreplace")
        case _:
            click.echo(render_rehearsal(document), nl=False, color=color)


def _rehearsed(workspace: Workspace, part: Part) -> "Rehearsed":
    from agencyfile.cli.rehearsal.performing import rehearse  # noqa: PLC0415 - heavy
    from agencyfile.portal import open_reader  # noqa: PLC0415 - same

    with naming_open_calls(workspace), open_reader(workspace.endpoint()) as reader:
        return rehearse(workspace, reader, part)


def _code(rehearsed: "Rehearsed") -> ExitCode:
    if not rehearsed.plan.is_applicable:
        return ExitCode.ERROR
    for refusal in rehearsed.plan.refusals:
        raise CommandExit(ExitCode.REFUSED, f"nothing was rehearsed: {refusal.message}", fix=refusal.fix)
    code = settled_code(ExitCode.DONE if rehearsed.document["ok"] else ExitCode.ERROR, rehearsed.ledger)
    if code is ExitCode.UNKNOWN:
        calls = open_calls(rehearsed.ledger)
        click.echo(f"error: {named(calls)}\n  fix: {first_command(calls)}", err=True)
    return code
