"""Access to a forge for the commands: a token, and the name of a repository."""

import json
import os
from pathlib import Path
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


def number_of_event() -> int | None:
    """Return the number of the pull request that a job of GitHub Actions is about; None where its event tells none.

    Raises:
        CommandExit: the event cannot be read.
    """
    from agencyfile.forges.event import pull_request_of  # noqa: PLC0415

    path = os.environ.get("GITHUB_EVENT_PATH")
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8")) if path else None
    except (OSError, RecursionError, ValueError) as error:
        raise CommandExit(
            ExitCode.ERROR,
            f"the event that GITHUB_EVENT_PATH names cannot be read ({type(error).__name__})",
            fix="name the pull request: --number N",
        ) from None
    return pull_request_of(event, os.environ.get("GITHUB_REF", ""))
