"""`agencyfile dns`: the DNS records that accounts need."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli import console
from agencyfile.cli.console import json_document
from agencyfile.cli.dns.formats import FORMATS
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.workspace import open_workspace

if TYPE_CHECKING:
    from agencyfile.cli.dns.records import DnsDocument
    from agencyfile.cli.workspace import Workspace

_TTL = 3600  # seconds
_MOST_TTL = 604_800  # a week


@click.group("dns")
def command() -> None:
    """DNS records that accounts need: a CNAME for each domain of the file."""


class Zone(click.ParamType[str]):
    """A zone of the DNS, in lower case and without the final dot."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one."""
        from agencyfile.cli.dns.zones import is_host  # noqa: PLC0415 - only who names a zone needs it

        text = str(value).lower().removesuffix(".")
        if not is_host(text):
            self.fail(f"{value!r} is not a zone, as in acme.example", param, ctx)
        return text


_zones = click.option(
    "--zone",
    "zones",
    multiple=True,
    type=Zone(),
    help="A zone that you keep, as in acme.example. Repeatable.  [default: the parent of each domain]",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")


@command.command("export")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="zone", show_default=True, help="For what.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write files into this folder.")
@click.option("--ttl", type=click.IntRange(1, _MOST_TTL), default=_TTL, show_default=True, help="Seconds to keep.")
@_zones
@_as_json
@no_color
@agency_file
def export(
    *, form: str, out: Path | None, ttl: int, zones: tuple[str, ...], as_json: bool, no_color: bool, path: Path
) -> None:
    """Print the records for octoDNS, DNSControl, Terraform or a zone file; no request is made.

    octoDNS and zone files are one file for each zone: with several zones, name a folder with --out, or one --zone.
    """
    from agencyfile.cli.dns.zones import by_zone  # noqa: PLC0415 - only this command needs it

    document = _document(_offline(path, color=not no_color), zones, ttl)
    if as_json:
        json_document(document)
        return
    files = FORMATS[form](by_zone(document))
    if out:
        _write(out, files)
    elif len(files) > 1:
        raise CommandExit(
            ExitCode.USAGE,
            f"there are {len(files)} zones, and {form} has a file for each: {', '.join(files)}",
            fix="name a folder: --out FOLDER",
        )
    else:
        console.document("".join(files.values()))


def _offline(path: Path, *, color: bool) -> "Workspace":
    from agencyfile.language.environment import AnyEnvironment  # noqa: PLC0415 - YAML and pydantic

    return open_workspace(path, color=color, environ=AnyEnvironment())


def _document(workspace: "Workspace", zones: tuple[str, ...], ttl: int) -> "DnsDocument":
    from agencyfile.cli.dns.zones import document_of  # noqa: PLC0415 - as above
    from agencyfile.kinds.account.dns import dns_records  # noqa: PLC0415 - as above

    return document_of(workspace.agency, dns_records(workspace.agency_file.resources), zones, ttl)


def _write(folder: Path, files: dict[str, str]) -> None:
    from agencyfile.cli.output import write_whole  # noqa: PLC0415 - only who names a folder needs it
    from agencyfile.files import SHARED  # noqa: PLC0415 - same

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{folder} cannot be made: {error.strerror}") from None
    for name, text in files.items():
        write_whole(folder / name, text, mode=SHARED)
        click.echo(f"written: {folder / name}", err=True)


@command.command("check")
@click.option("--record", is_flag=True, help="Close the manual step of each record that is there, with the answer.")
@click.option("--fail-if-missing", is_flag=True, help="Exit with 8 when a record is not there.")
@_zones
@_as_json
@no_color
@agency_file
def check(
    *, record: bool, fail_if_missing: bool, zones: tuple[str, ...], as_json: bool, no_color: bool, path: Path
) -> int:
    """Ask the DNS for each record; with --record, a manual step closes itself once its record is there.

    The resolver is that of this machine, or the one that AGENCYFILE_DNS names as IP:PORT. Nothing is asked of the
    portal, but with --record: which steps are pending is known to a plan alone.
    """
    from agencyfile.cli.dns.checking import looked_up  # noqa: PLC0415 - only this command needs it

    workspace = open_workspace(path, color=not no_color) if record else _offline(path, color=not no_color)
    document = looked_up(_document(workspace, zones, _TTL))
    if record:
        document = _closed(workspace, document)
    if as_json:
        json_document(document)
    else:
        from agencyfile.cli.render.dns_text import render_records  # noqa: PLC0415 - only for people
        from agencyfile.cli.render.terminal import terminal_width  # noqa: PLC0415 - same

        text = render_records(document, width=terminal_width())
        click.echo(text, nl=False, color=False if no_color else None)
    return ExitCode.PENDING if fail_if_missing and document["summary"]["absent"] else ExitCode.DONE


def _closed(workspace: "Workspace", document: "DnsDocument") -> "DnsDocument":
    from agencyfile.cli.dns.checking import closed_steps  # noqa: PLC0415 - as above
    from agencyfile.cli.open_calls import naming_open_calls  # noqa: PLC0415 - same
    from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy

    with naming_open_calls(workspace), open_reader(workspace) as reader:
        return closed_steps(workspace, reader, document)
