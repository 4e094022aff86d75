"""The fleet file of a command."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode

if TYPE_CHECKING:
    from agencyfile.fleet.journal import Journal
    from agencyfile.fleet.model import Fleet

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
