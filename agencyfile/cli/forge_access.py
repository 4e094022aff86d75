"""Access to a forge for the commands: a token, and the name of a repository."""

import os
from typing import TYPE_CHECKING

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode

if TYPE_CHECKING:
    from plan import Secret


def token_of(name: str) -> "Secret":
    """Return the token that stands in this environment variable.

    Raises:
        CommandExit: it is not set.
    """
    from plan import Secret  # noqa: PLC0415

    text = os.environ.get(name, "").strip()
    if not text:
        raise CommandExit(ExitCode.ERROR, f"{name} is not set", fix=f"export {name}=… where the command runs")
    return Secret(text)


def required(value: str | None, name: str) -> str:
    """Return what the command cannot do without.

    Raises:
        click.UsageError: it is missing.
    """
    if not value:
        raise click.UsageError(f"{name} is missing")
    return value
