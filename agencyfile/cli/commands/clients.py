"""`agencyfile clients`: who the agency works for, from workbooks and other systems."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from agencyfile.cli.console import controls, json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from agencyfile.cli.client_files.known import KnownClients
    from agencyfile.clients.comparison import Comparison
    from agencyfile.clients.records import Record, Source

_STEP: Final = 50  # records between two numbers that a person sees
SYSTEMS: Final = ("adminpulse", "adminconsult")
_OVERWRITABLE: Final = ("name", "email", "language", "timezone", "country", "phone", "enterprise_number", "source")


@click.group("clients")
def command() -> None:
    """Clients of the agency: import them from a workbook, AdminPulse or Admin Consult."""


class _Fields(click.ParamType[tuple[str, ...]]):
    """`name,email` as names of fields."""

    name = "fields"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Read a list with commas; `all` stands for every field."""
        if isinstance(value, tuple):
            return value
        fields = tuple(part.strip() for part in str(value).split(",") if part.strip())
        if fields == ("all",):
            return _OVERWRITABLE
        unknown = [name for name in fields if name not in _OVERWRITABLE]
        if unknown:
            self.fail(f"{', '.join(unknown)}: the fields are {', '.join(_OVERWRITABLE)}, or all", param, ctx)
        return fields


@command.command("import")
@click.argument("source", metavar="SOURCE")
@click.option(
    "--overwrite",
    type=_Fields(),
    default=(),
    metavar="FIELDS",
    help="Take the source's value of these fields for clients in both, as in name,email; all for every field.",
)
@click.option("--accounts", "profile", metavar="PROFILE", help="Write an account of this profile for each new client.")
@click.option(
    "--columns",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A YAML file that says which column of a workbook holds which field.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@no_color
@agency_file
def import_(
    *,
    source: str,
    overwrite: tuple[str, ...],
    profile: str | None,
    columns: Path | None,
    dry_run: bool,
    as_json: bool,
    no_color: bool,
    path: Path,
) -> int:
    """Import clients from SOURCE: a workbook (PATH.xlsx), adminpulse or adminconsult.

    The plan has four groups: new clients, clients only here, clients in both with each difference, and invalid rows
    with the reason. Import writes one file for each new client, and changes only the fields that --overwrite names. It
    removes nothing. National register numbers are checked and dropped.
    """
    from agencyfile.cli.client_files.importing import check_number, document_of, included, planned  # noqa: PLC0415 - heavy

    workspace = open_workspace(path, color=not no_color)
    known, plan = _compared(workspace, source, columns, overwrite, profile)
    files = planned(workspace, plan, known, profile)
    by_hand: tuple[str, ...] = ()
    if not dry_run:
        check_number(workspace, files)
        from agencyfile.cli.client_files.writing import write  # noqa: PLC0415 - same

        with _bar("writing", files.steps) as advance:
            by_hand = write(files, plan.source, advance).by_hand
    document = document_of(workspace.agency, plan, files, by_hand, dry_run=dry_run)
    if as_json:
        json_document(document)
    else:
        from agencyfile.cli.render.clients_text import render_client_import  # noqa: PLC0415 - same

        click.echo(render_client_import(document, width=terminal_width()), nl=False)
    if not dry_run:
        included(workspace, files)
    return ExitCode.ERROR if document["in_the_way"] or document["by_hand"] else ExitCode.DONE


def _compared(
    workspace: Workspace, name: str, columns: Path | None, overwrite: tuple[str, ...], profile: str | None
) -> "tuple[KnownClients, Comparison]":
    from agencyfile.cli.client_files.known import known_clients  # noqa: PLC0415 - heavy
    from agencyfile.clients.comparison import compare  # noqa: PLC0415 - same
    from agencyfile.clients.records import SourceError  # noqa: PLC0415 - same

    known = known_clients(workspace.agency_file)
    if profile is not None and profile not in known.profiles:
        names = ", ".join(sorted(known.profiles)) or "none"
        raise CommandExit(ExitCode.USAGE, f"no profile is named {profile}", fix=f"declared under profiles: {names}")
    try:
        source = _source(name, columns)
        records = list(_counted(source))
    except SourceError as error:
        raise CommandExit(ExitCode.ERROR, f"{error}; nothing is written", fix=error.fix) from None
    taken = known.login_names if profile is not None else ()
    return known, compare(source.name, records, known.clients, taken, overwrite)


def _source(name: str, columns: Path | None) -> "Source":
    from agencyfile.cli.client_files.sources import open_source  # noqa: PLC0415 - heavy

    return open_source(name, columns)


def _counted(source: "Source") -> "Iterator[Record]":
    """Read a source, and show how many clients have come where a person watches."""
    is_watched = sys.stderr.isatty()
    count = 0
    for count, record in enumerate(source.read(), start=1):
        if is_watched and count % _STEP == 1:
            controls(sys.stderr).write(f"\rreading: {count:,} clients")
        yield record
    if is_watched:
        controls(sys.stderr).write(f"\rreading: {count:,} clients\n")


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty() or length == 0:
        yield lambda _: None
        return
    shown: Any
    with click.progressbar(length=length, label=label, file=controls(sys.stderr)) as shown:
        yield lambda _: shown.update(1)


@command.command("connect")
@click.argument("source", metavar="SOURCE")
@click.option("--forget", is_flag=True, help="Remove the source's credential from the keyring.")
def connect(*, source: str, forget: bool) -> None:
    """Check the credential of SOURCE, and say what it may read.

    SOURCE is adminpulse, adminconsult or a workbook. A key comes from the environment (AGENCYFILE_ADMINPULSE_KEY,
    AGENCYFILE_ADMINCONSULT_KEY), or else from the operating system's keyring, where this command keeps what a log-in in
    the browser gave. Nothing is written into the repository.
    """
    from agencyfile.cli.client_files.sources import connectable, forget_source  # noqa: PLC0415 - heavy
    from agencyfile.clients.records import SourceError  # noqa: PLC0415 - same

    if forget:
        click.echo("forgotten" if forget_source(source) else "the keyring holds no log-in of it")
        return
    try:
        found = connectable(source).connect()
    except SourceError as error:
        raise CommandExit(ExitCode.ERROR, str(error), fix=error.fix) from None
    click.echo(f"connected: {found.label}")
    for line in found.may_read:
        click.echo(f"  may read {line}")
    for line in found.details:
        click.echo(f"  {line}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the clients as JSON.")
@no_color
@agency_file
def list_(*, as_json: bool, no_color: bool, path: Path) -> None:
    """List the clients of the agency file, with their accounts."""
    from agencyfile.cli.client_files.known import known_clients  # noqa: PLC0415 - heavy
    from agencyfile.cli.client_records import ClientListing  # noqa: PLC0415 - same
    from agencyfile.cli.render.clients_text import render_clients  # noqa: PLC0415 - same

    known = known_clients(open_workspace(path, color=not no_color).agency_file)
    clients = [
        ClientListing(
            name=one.name, words=dict(one.words), sources=dict(one.keys), accounts=known.accounts.get(one.name, [])
        )
        for one in known.clients
    ]
    if as_json:
        json_document({"clients": clients})
        return
    click.echo(render_clients(clients, width=terminal_width()), nl=False, color=False if no_color else None)
    click.echo(f"{len(clients):,} clients", err=True)


@command.command("template")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def template(*, path: Path) -> None:
    """Write an empty workbook with the columns that `clients import` knows."""
    from agencyfile.clients.excel.template import template_bytes  # noqa: PLC0415 - heavy

    try:
        with path.open("xb") as stream:
            stream.write(template_bytes())
    except FileExistsError:
        raise CommandExit(ExitCode.ERROR, f"{path} exists already; it is left as it is", fix="name another") from None
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None
    click.echo(f"{path}: one row for each client; only the name is required")


@command.command("serve")
@click.argument("system", type=click.Choice(SYSTEMS))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port.  [default: a free one]")
@click.option("--clients", "count", type=click.IntRange(0, 100_000), default=40, show_default=True, help="How many.")
@click.option("--rate-limit", type=click.IntRange(1), default=480, show_default=True, help="Calls per minute.")
@click.option("--wait", type=click.IntRange(0), default=0, metavar="SECONDS", help="Have no data yet for so long.")
@click.option("--lifetime", type=click.IntRange(1), default=3600, show_default=True, help="Seconds that a token lives.")
def serve(*, system: str, host: str, port: int, count: int, rate_limit: int, wait: int, lifetime: int) -> None:
    """Serve a local stand-in of SYSTEM with made-up clients, for rehearsals, and print one line of JSON when ready."""
    from agencyfile import local_sources  # noqa: PLC0415 - heavy

    settings = local_sources.Settings(
        system=system,
        host=host,
        port=port,
        clients=count,
        rate_limit=rate_limit,
        wait=wait,
        lifetime=lifetime,
    )

    def ready(where: dict[str, str]) -> None:
        json_document(where, indent=None)
        sys.stdout.flush()

    local_sources.serve(settings, ready=ready)
