"""Flags that every command spells the same way, with one dash or two."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from agencyfile.cli.agency_files import USUAL, agency_file_in
from agencyfile.cli.completing import ADDRESS
from plan.money import Money

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_ONE_DASH = re.compile(r"-(?!v+$)[a-z][a-z-]+(=.*)?", re.DOTALL)  # -vv is -v twice


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
        default=Path(USUAL),
        callback=_found_file,
        envvar="AGENCYFILE_FILE",
        help="The agency file.  [default: agency.yaml or agencyfile.yaml]",
    )(command)


def _found_file(context: click.Context, option: click.Parameter, path: Path) -> Path:
    """Return the file that was named, or else the one that is here."""
    is_named = context.get_parameter_source(option.name or "") is not click.core.ParameterSource.DEFAULT
    return path if is_named else agency_file_in()


class Duration(click.ParamType[float]):
    """`30s`, `5m`, `1h` or `500ms` as seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read one; a number passes as seconds."""
        if isinstance(value, int | float):
            return float(value)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", str(value))
        if not match:
            self.fail(f"{value!r} is not a duration, as in 30s or 5m", param, ctx)
        return float(match[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[match[2]]


class MoneyType(click.ParamType[Money]):
    """`100 USD` as money."""

    name = "money"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Money:
        """Read an amount and a currency."""
        if isinstance(value, Money):
            return value
        try:
            return Money.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Share(click.ParamType[float]):
    """`60%` as 0.6."""

    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a percentage from 1% to 100%; a number passes as a fraction."""
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d{1,3})%", str(value))
        if not match or not 1 <= int(match[1]) <= 100:  # noqa: PLR2004 - per cent
            self.fail(f"{value!r} is not a share, as in 60%", param, ctx)
        return int(match[1]) / 100


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of the file that the command line chooses: `--target`, `--changed-since` and `--exclude`."""

    target: tuple[str, ...] = ()
    changed_since: str | None = None
    exclude: tuple[str, ...] = ()

    @property
    def is_made(self) -> bool:
        """Was any part chosen?"""
        return bool(self.target or self.exclude) or self.changed_since is not None


def targets(command: Decorated) -> Decorated:
    """`--target`, `--changed-since` and `--exclude`: look at a part alone. The command gets them as `selection`."""

    @wraps(command)
    def with_selection(
        *arguments: Any, target: tuple[str, ...], changed_since: str | None, exclude: tuple[str, ...], **given: Any
    ) -> Any:
        return command(*arguments, selection=Selection(target, changed_since, exclude), **given)

    options = (
        click.option(
            "--target",
            "target",
            multiple=True,
            type=ADDRESS,
            metavar="ADDRESS",
            help="Look at this block alone, with what it refers to, as in account.acme or 'account.acme-*'. "
            "Repeatable.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            type=ADDRESS,
            metavar="ADDRESS",
            help="Leave this block out, with what belongs to it, as in account.acme or 'account.acme-*'. Repeatable.",
        ),
        click.option(
            "--changed-since",
            metavar="REVISION",
            help="Look alone at the blocks that differ from this revision of git.",
        ),
    )
    decorated: Any = with_selection
    for option in reversed(options):
        decorated = option(decorated)
    return cast(Decorated, decorated)


def lock_timeout(command: Decorated) -> Decorated:
    """`--lock-timeout`: how long to wait for somebody else's lease."""
    return click.option(
        "--lock-timeout",
        type=Duration(),
        default=0.0,
        metavar="DURATION",
        help="Wait for somebody else's lease, as in 30s.  [default: 0s]",
    )(command)


def json_output(command: Decorated) -> Decorated:
    """`--json`: a document for a program, whose schema `agencyfile schema` prints."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON (see agencyfile schema).")(command)


def no_color(command: Decorated) -> Decorated:
    """`--no-color`: plain text (also by NO_COLOR, or when nobody watches)."""
    return click.option("--no-color", is_flag=True, envvar="NO_COLOR", help="Plain text.")(command)


def user_input(command: Decorated) -> Decorated:
    """`--input=false`: never ask."""
    return click.option(
        "--input", "may_ask", type=click.BOOL, default=True, metavar="BOOL", help="Ask for approval.  [default: true]"
    )(command)
