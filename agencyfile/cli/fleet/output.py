"""The report of a fleet, in the form that is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from agencyfile.cli import console
from agencyfile.cli.output import write_whole
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.files import make_folder
from agencyfile.fleet.records import FleetReport

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
REPORT: Final = "fleet.json"
COMMENT: Final = "fleet.md"
PAGE: Final = "fleet.html"


@dataclass(frozen=True, slots=True)
class Output:
    """The form of a report."""

    form: str
    link: str | None
    color: bool | None


def report_output(command: Decorated) -> Decorated:
    """`--json`, `--format`, `--link` and `--no-color`."""
    options = (
        click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
        click.option(
            "--format",
            "form",
            type=click.Choice(list(FORMS)),
            default="text",
            help="Format of the report: text, json, markdown (a comment) or html (a page).",
        ),
        click.option("--link", metavar="URL", help="Where the whole report is, for a comment."),
        click.option("--no-color", is_flag=True, envvar="NO_COLOR", help="Plain text."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def output_of(*, as_json: bool, form: str, link: str | None, no_color: bool) -> Output:
    """Return the choices of the command line as one."""
    return Output("json" if as_json else form, link, False if no_color else None)


def print_report(report: FleetReport, output: Output) -> None:
    """Print the report."""
    text = FORMS[output.form](report, output.link)
    match output.form:
        case "text":
            click.echo(text, nl=False, color=output.color)
        case "html":
            console.exact(text.encode())
        case "markdown":
            console.document(text, errors="xmlcharrefreplace")
        case _:
            console.json_document(report)


def write_report(report: FleetReport, folder: Path, link: str | None) -> None:
    """Write the report, the comment and the page into a folder.

    Raises:
        CommandExit: one of them cannot be written.
    """
    make_folder(folder)
    for name, form in ((REPORT, "json"), (COMMENT, "markdown"), (PAGE, "html")):
        write_whole(folder / name, FORMS[form](report, link))


def _text(report: FleetReport, _: str | None) -> str:
    from agencyfile.cli.render.fleet_text import render_report  # noqa: PLC0415 - each form pays for itself alone

    return render_report(report, width=terminal_width())


def _json(report: FleetReport, _: str | None) -> str:
    return console.json_text(report) + "\n"


def _markdown(report: FleetReport, link: str | None) -> str:
    from agencyfile.cli.render.markdown.fleet import render_fleet  # noqa: PLC0415 - as above

    return render_fleet(report, url=link)


def _html(report: FleetReport, _: str | None) -> str:
    from agencyfile.cli.render.html.fleet import render_fleet  # noqa: PLC0415 - as above

    return render_fleet(report)


FORMS: Final[Mapping[str, Callable[[FleetReport, str | None], str]]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}
