"""`agencyfile drift`: changes that somebody made at the portal. It holds a reader, so it cannot write."""

from pathlib import Path

import click

from agencyfile.cli.console import json_document, log_command
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.records import DriftDocument
from agencyfile.cli.render.drift_text import drift_words, render_drift
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Address, Diagnostic, History, Origin, Severity


@click.command("drift")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print the drift as JSON.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="Format of the drift.")
@no_color
def command(path: Path, as_json: bool, form: str, no_color: bool) -> int:  # noqa: FBT001
    """Show what was changed at the portal since the last apply.

    Exits with 2 when there is drift. Writes nothing, neither to the portal nor to the ledger.
    """
    from agencyfile.cli.drift import drift_document  # noqa: PLC0415
    from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy

    workspace = open_workspace(path, color=not no_color)
    with naming_open_calls(workspace), open_reader(workspace) as reader:
        history = workspace.portal_ledger().history
        reading = reader.read(workspace.agency_file.resources, workspace.agency_file.removals)
        document = drift_document(workspace, reading, reader.kinds, history)
    if as_json:
        json_document(document)
    elif form == "github":
        _print_annotations(document)
    else:
        click.echo(render_drift(document, width=terminal_width()), nl=False, color=False if no_color else None)
    if document["drift"] and workspace.is_told:
        _tell(workspace, history, document)
    errors = [found for found in reading.diagnostics if found.severity is Severity.ERROR]
    print_diagnostics(errors, workspace.sources, color=not no_color)
    if document["drift"]:
        return ExitCode.CHANGES
    return ExitCode.ERROR if errors else ExitCode.DONE


def _tell(workspace: Workspace, history: History, document: DriftDocument) -> None:
    from agencyfile.cli.notify.message import told_drift  # noqa: PLC0415 - only who asks pays for it
    from agencyfile.cli.notify.telling import tell  # noqa: PLC0415 - same

    tell(workspace, history, told_drift(document), ExitCode.CHANGES)


def _print_annotations(document: DriftDocument) -> None:
    from agencyfile.language import render_github  # noqa: PLC0415 - only annotations need it

    for item in document["drift"]:
        found = Diagnostic(
            rule="drift",
            summary="changed at the portal",
            detail=drift_words(item),
            fix="agencyfile plan shows what an apply sets back; to keep the change, write it into the file",
            origin=Origin(**item["origin"]),
            address=Address.parse(item["address"]),
            severity=Severity.WARNING,
        )
        log_command(render_github(found))
