"""Flags that every command spells the same way, with one dash or two."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_ONE_DASH = re.compile(r"-[a-z][a-z-]+(=.*)?", re.DOTALL)


def with_two_dashes(arguments: Sequence[str]) -> list[str]:
    """`-auto-approve` as `--auto-approve`, up to a lone `--`; single letters stay."""
    result: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "--":
            return [*result, *arguments[position:]]
        result.append(f"-{argument}" if _ONE_DASH.fullmatch(argument) else argument)
    return result


def agency_file(command: Decorated) -> Decorated:
    """`-f/--file`: the agency file."""
    return click.option(
        "-f",
        "--file",
        "path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("agency.yaml"),
        envvar="AGENCYFILE_FILE",
        help="The agency file.  [default: agency.yaml]",
    )(command)


def no_color(command: Decorated) -> Decorated:
    """`--no-color`: plain text (also by NO_COLOR, or when nobody watches)."""
    return click.option("--no-color", is_flag=True, envvar="NO_COLOR", help="Plain text.")(command)


def user_input(command: Decorated) -> Decorated:
    """`--input=false`: never ask."""
    return click.option(
        "--input", "may_ask", type=click.BOOL, default=True, metavar="BOOL", help="Ask for approval.  [default: true]"
    )(command)
