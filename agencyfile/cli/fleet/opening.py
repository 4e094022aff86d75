"""The fleet file of a command."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import shortened

if TYPE_CHECKING:
    from agencyfile.fleet.journal import Journal
    from agencyfile.fleet.model import Fleet
    from agencyfile.fleet.postgres.database import Database

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def fleet_file(command: Decorated) -> Decorated:
    """`-f/--file`: the fleet file."""
    return click.option(
        "-f",
        "--file",
        "path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("fleet.yaml"),
        envvar="AGENCYFILE_FLEET",
        help="The fleet file.  [default: fleet.yaml]",
    )(command)


def choice(command: Decorated) -> Decorated:
    """`NAMES`, `--wave` and `--changed-since`: the agencies to look at."""
    names = click.argument("names", nargs=-1, metavar="[NAMES]...")
    wave = click.option(
        "--wave", "waves", multiple=True, metavar="WAVE", help="Only agencies of this wave. Repeatable."
    )
    since = click.option(
        "--changed-since",
        metavar="REVISION",
        help="Only agencies whose files differ from this revision of git.",
    )
    return names(wave(since(command)))


def open_fleet(path: Path, *, color: bool) -> "Fleet":
    """Load and validate the fleet file.

    Raises:
        CommandExit: it has errors; every one of them has been printed.
    """
    from agencyfile.fleet.loader import load_fleet  # noqa: PLC0415 - YAML and pydantic

    loaded = load_fleet(path, os.environ)
    print_diagnostics(loaded.diagnostics, loaded.sources, color=color)
    if loaded.fleet is None:
        raise CommandExit(ExitCode.ERROR)
    return loaded.fleet


def engine_choice(command: Decorated) -> Decorated:
    """`--engine`: what starts the children, and keeps the journal."""
    return click.option(
        "--engine",
        type=click.Choice(["local", "postgres"]),
        default="local",
        envvar="AGENCYFILE_FLEET_ENGINE",
        help="This machine alone, or workers of any number of machines, over PostgreSQL.  [default: local]",
    )(command)


def database_place() -> str:
    """The connection string of the fleet's database; empty where libpq finds it by PGHOST and the like."""
    return os.environ.get("AGENCYFILE_FLEET_DATABASE", "")


def open_history(fleet: "Fleet", engine: str) -> "Journal | Database":
    """Open the journal of the fleet's runs, beside the fleet file or in the database.

    Raises:
        CommandExit: it cannot be opened.
    """
    return open_journal(fleet) if engine == "local" else open_database(fleet)


class DatabaseAway(CommandExit):
    """The fleet's database gives no answer."""

    def __init__(self, error: Exception) -> None:
        lead = "see that AGENCYFILE_FLEET_DATABASE, or PGHOST and the like, lead to it"
        is_named = database_place() or any(name.startswith("PG") for name in os.environ)
        fix = lead if is_named else f"set AGENCYFILE_FLEET_DATABASE, as in '{_EXAMPLE}'"
        super().__init__(ExitCode.ERROR, f"the fleet's database gives no answer: {_reason(error)}", fix=fix)


_EXAMPLE = "host=db.example dbname=fleet user=fleet"


def _reason(error: Exception) -> str:
    """Return the first line of what the library says. It repeats no password; should it do so, it is masked."""
    from psycopg import conninfo  # noqa: PLC0415 - the extra

    line = str(error).strip().partition("\n")[0] or type(error).__name__
    parts = conninfo.conninfo_to_dict(database_place())
    secrets = {parts.get("password"), parts.get("sslpassword"), os.environ.get("PGPASSWORD")}
    for secret in filter(None, secrets):
        line = line.replace(str(secret), "***")
    return shortened(line, 300)


def open_database(fleet: "Fleet") -> "Database":
    """Open the fleet's database, and make its tables where there are none.

    Raises:
        CommandExit: the extra is not installed, or the database cannot be used.
    """
    try:
        import psycopg  # noqa: PLC0415 - as above

        from agencyfile.fleet.postgres.database import Database  # noqa: PLC0415
    except ImportError as error:
        message = f"--engine postgres needs a package that is not installed ({error.name})"
        raise CommandExit(ExitCode.ERROR, message, fix="install agencyfile[fleet]") from None
    database = Database(database_place(), fleet.name)
    try:
        database.prepare()
    except psycopg.OperationalError as error:
        raise DatabaseAway(error) from None
    except psycopg.ProgrammingError as error:
        if error.sqlstate is None:  # no answer of a server: the string cannot be read, and its words may be a password
            message = "AGENCYFILE_FLEET_DATABASE is no connection string of PostgreSQL"
            fix = f"write '{_EXAMPLE}', or postgresql://fleet@db.example/fleet"
            raise CommandExit(ExitCode.ERROR, message, fix=fix) from None
        message = f"the fleet's database refuses: {_reason(error)}"
        raise CommandExit(ExitCode.ERROR, message, fix="let its user make tables in it") from None
    except psycopg.Error as error:
        message = f"the fleet's database cannot be used ({type(error).__name__})"
        fix = "see that AGENCYFILE_FLEET_DATABASE, or PGHOST and the like, lead to it"
        raise CommandExit(ExitCode.ERROR, message, fix=fix) from None
    return database


def open_journal(fleet: "Fleet") -> "Journal":
    """Open the journal of the fleet's runs.

    Raises:
        CommandExit: its folder cannot be written.
    """
    from agencyfile.fleet.journal import Journal  # noqa: PLC0415 - as above

    journal = Journal(fleet.folder)
    try:
        journal.prepare()
    except OSError as error:
        message = f"the fleet's folder {fleet.folder} cannot be written: {error.strerror}"
        raise CommandExit(ExitCode.ERROR, message) from None
    return journal
