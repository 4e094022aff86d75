"""`agencyfile contacts`: an operator's contacts, as its export shows them."""

from dataclasses import dataclass
from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import open_workspace

_EXPORT = click.argument("export", required=False, metavar="[EXPORT]", type=click.Path(path_type=Path, dir_okay=False))


@click.group("contacts")
def command() -> None:
    """Contacts of an operator: list them, and import them from its export."""


@command.command("list")
@_EXPORT
@click.option("--json", "as_json", is_flag=True, help="Print the contacts as JSON.")
@no_color
@agency_file
def list_(*, export: Path | None, as_json: bool, no_color: bool, path: Path) -> None:
    """List the contacts of EXPORT, or else of the export that the agency file names."""
    from agencyfile.cli.contact_files import contacts_document, export_of  # noqa: PLC0415 - heavy
    from agencyfile.cli.render.contacts_text import render_contacts  # noqa: PLC0415 - same

    workspace = open_workspace(path, color=not no_color)
    document = contacts_document(workspace, export_of(workspace, export))
    if as_json:
        json_document(document)
        return
    click.echo(render_contacts(document, width=terminal_width()), nl=False, color=False if no_color else None)
    click.echo(f"{document['summary']['contacts']:,} contacts, exported {document['made']}", err=True)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The output that an import is asked for."""

    dry_run: bool
    as_json: bool


@command.command("import")
@_EXPORT
@click.option("--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the contacts as JSON.")
@no_color
@agency_file
def import_(*, export: Path | None, dry_run: bool, as_json: bool, no_color: bool, path: Path) -> int:
    """Write a block for each contact and customer number of EXPORT that is not declared yet.

    The blocks go into the new file contacts.yaml beside the agency file, and the plan after that is empty. Import
    changes no file that exists.
    """
    return _import(path, export, _Wanted(dry_run, as_json), color=not no_color)


def _import(path: Path, export: Path | None, wanted: _Wanted, *, color: bool) -> int:
    from agencyfile.cli.contact_files import FILE, contacts_document, export_of, file_text  # noqa: PLC0415 - heavy
    from agencyfile.cli.importing.writing import write_new  # noqa: PLC0415 - same
    from agencyfile.cli.render.contacts_text import render_contact_import  # noqa: PLC0415 - same

    workspace = open_workspace(path, color=color)
    document = contacts_document(workspace, export_of(workspace, export))
    text, file = file_text(document), path.parent / FILE
    document["dry_run"] = wanted.dry_run
    if text:
        document["file"] = str(file)
        if not wanted.dry_run:
            write_new(file, text)
    if wanted.as_json:
        json_document(document)
    else:
        click.echo(render_contact_import(document), nl=False)
    if text and not wanted.dry_run and str(file) not in {str(Path(name)) for name in workspace.sources}:
        click.echo(f"\nAdd it to the agency file:\n\n  include: [{one_line(FILE)}]", err=True)
    return ExitCode.DONE
