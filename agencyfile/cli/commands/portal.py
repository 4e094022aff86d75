"""`agencyfile portal`: the local portal, for rehearsals and tests."""

import functools
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode

if TYPE_CHECKING:
    from agencyfile.local_portal import Dialect, Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Rate(click.ParamType[float]):
    """`N/s` as requests per second."""

    name = "N/s"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read `5/s`; a float passes."""
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)/s", str(value))
        if not match or float(match[1]) == 0:
            self.fail(f"{value!r} is not a rate, as in 5/s", param, ctx)
        return float(match[1])


class Pair(click.ParamType[tuple[str, str]]):
    """`QUESTION=READING` as two words."""

    name = "QUESTION=READING"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first equals sign; a pair passes."""
        if isinstance(value, tuple):
            return value
        question, separator, reading = str(value).partition("=")
        if not separator:
            self.fail(f"{value!r} is not a reading, as in status-words=numbers", param, ctx)
        return question, reading


_DIALECT_HELP = (
    "Read the questions on which sources differ as one source does: today, vendor-2014, java, hub-only "
    "(docs/portal.md section 8)."
)
_READING_HELP = "Read one question otherwise, as in status-words=numbers; may be given several times."


@click.group("portal")
def command() -> None:
    """The local portal, which behaves like the vendor's and charges nobody."""


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port.  [default: a free one]"),
    click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep everything in this folder."),
    click.option("--rate-limit", type=Rate(), help="Answer 429 beyond this many requests per second, as in 5/s."),
    click.option("--latency", type=click.IntRange(0), default=0, metavar="MS", help="Delay every answer."),
    click.option(
        "--faults",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Misbehave as this JSON file says.",
    ),
    click.option("--page-size", type=click.IntRange(1), default=100, show_default=True, help="Accounts per page."),
    click.option(
        "--first-page", type=click.Choice(["0", "1"]), default="1", show_default=True, help="Index of page one."
    ),
    click.option(
        "--provisioning",
        type=click.IntRange(0),
        default=1000,
        show_default=True,
        metavar="MS",
        help="How long making takes.",
    ),
    click.option("--account-rate-limit", type=Rate(), help="The same for the API of each single account."),
    click.option(
        "--account-login/--no-account-login", default=True, help="Let an account's API take a user and password."
    ),
    click.option(
        "--seat-price", type=click.IntRange(0), default=0, metavar="USD", help="Charge for a conversations seat."
    ),
    click.option("--dialect", default="today", show_default=True, metavar="NAME", help=_DIALECT_HELP),
    click.option("--reading", "readings", type=Pair(), multiple=True, metavar="QUESTION=READING", help=_READING_HELP),
)


def _portal_options(command: Decorated) -> Decorated:
    """The options that say what portal it is; the command gets them as `settings`."""

    @functools.wraps(command)
    def with_settings(
        *,
        host: str,
        port: int,
        data: Path | None,
        rate_limit: float | None,
        latency: int,
        faults: Path | None,
        page_size: int,
        first_page: str,
        provisioning: int,
        account_rate_limit: float | None,
        account_login: bool,
        seat_price: int,
        dialect: str,
        readings: tuple[tuple[str, str], ...],
        **rest: Any,
    ) -> Any:
        from agencyfile.local_portal import Settings  # noqa: PLC0415 - only who starts a portal needs it

        settings = Settings(
            host=host,
            port=port,
            data=data,
            rate_limit=rate_limit,
            latency=latency / 1000,
            faults=faults,
            page_size=page_size,
            first_page=int(first_page),
            provisioning=provisioning / 1000,
            snapshot_time=provisioning / 1000,
            account_rate_limit=account_rate_limit,
            account_login=account_login,
            seat_price=seat_price,
            dialect=_dialect(dialect, dict(readings)),
        )
        return command(settings=settings, **rest)

    decorated: Any = with_settings
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    result: Decorated = decorated
    return result


def _dialect(name: str, readings: Mapping[str, str]) -> "Dialect":
    from agencyfile.local_portal.dialect import BadReading, dialect_named, with_readings  # noqa: PLC0415 - as above

    try:
        return with_readings(dialect_named(name), readings)
    except BadReading as error:
        raise click.UsageError(str(error)) from None


@command.command("serve")
@click.option("--export", "as_export", is_flag=True, help="Print `export` lines for a shell instead of JSON.")
@_portal_options
def serve(*, settings: "Settings", as_export: bool) -> None:
    """Serve until interrupted, and print one line of JSON when ready.

    The line holds the URLs and both keys: export them as AGENCYFILE_AGENCY_API, AGENCYFILE_HUB_API,
    AGENCYFILE_ACCOUNT_API, AGENCYFILE_AGENCY_KEY and AGENCYFILE_HUB_KEY, or let --export write the lines. Keys that
    are set in the environment are used. The page of the portal is /_portal/ of the same address.
    The key of a single account: POST /_portal/keys with {"account": NAME}.
    """
    from dataclasses import replace  # noqa: PLC0415 - only this command needs it

    from agencyfile import local_portal  # noqa: PLC0415 - heavy

    keyed = replace(
        settings, agency_key=os.environ.get("AGENCYFILE_AGENCY_KEY"), hub_key=os.environ.get("AGENCYFILE_HUB_KEY")
    )
    try:
        local_portal.serve(keyed, ready=_print_exports if as_export else _print_ready)
    except local_portal.LocalPortalError as error:
        raise CommandExit(ExitCode.ERROR, str(error)) from None


@command.command("run", context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, metavar="-- COMMAND...", type=click.UNPROCESSED)
@_portal_options
def run(*, settings: "Settings", words: tuple[str, ...]) -> int:
    """Run COMMAND beside a local portal, and return its exit code.

    For example `agencyfile portal run -- bash`: in that shell agencyfile speaks to the local portal, until you leave
    the shell. The portal's addresses and keys replace real ones in the environment of COMMAND only. The portal's
    objects are gone afterwards, unless --data names a folder.
    """
    from agencyfile import local_portal  # noqa: PLC0415 - heavy
    from agencyfile.cli.beside import run_beside  # noqa: PLC0415 - same

    try:
        with local_portal.running(settings) as portal:
            print_page(portal.url)
            return run_beside(words, portal)
    except local_portal.LocalPortalError as error:
        raise CommandExit(ExitCode.ERROR, str(error)) from None


def print_page(url: str) -> None:
    """Tell where a person sees what the portal holds."""
    click.echo(f"A local portal that charges nobody: {url}/_portal/ shows what it holds.", err=True)


def _print_ready(where: Mapping[str, str]) -> None:
    json_document(dict(where), indent=None)
    sys.stdout.flush()


def _print_exports(where: Mapping[str, str]) -> None:
    from agencyfile.cli.beside import variables  # noqa: PLC0415 - same

    click.echo(f"# A local portal that charges nobody; its page is {where['hub_api']}/_portal/")
    for name, value in variables(where).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    sys.stdout.flush()
