"""`agencyfile validate`: every mistake in the agency file, without a request to the portal."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.completing import ADDRESS
from agencyfile.cli.console import json_document, log_command
from agencyfile.cli.diagnostics import count_of, print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from plan import has_errors

if TYPE_CHECKING:
    from agencyfile.cli.records import ValidationDocument
    from agencyfile.language import AgencyFile


@click.command("validate")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.option(
    "--format", "form", type=click.Choice(["text", "github"]), default="text", help="Format of the diagnostics."
)
@click.option(
    "--explain",
    "explained",
    multiple=True,
    type=ADDRESS,
    metavar="ADDRESS",
    help="Show where each value of this block comes from, as in account.acme. Repeatable.",
)
@no_color
def command(path: Path, *, as_json: bool, form: str, explained: tuple[str, ...], no_color: bool) -> int:
    """Check the agency file; no request is made."""
    from agencyfile.language import load, render_github  # noqa: PLC0415 - heavy

    if as_json and explained:
        raise click.UsageError("--explain prints text: leave --json out")
    loaded = load(path, os.environ)
    if as_json:
        from plan.forms import encode_diagnostic  # noqa: PLC0415 - only programs need it

        document: ValidationDocument = {
            "valid": loaded.agency_file is not None,
            "diagnostics": [encode_diagnostic(found) for found in loaded.diagnostics],
        }
        json_document(document)
    elif form == "github":
        for found in loaded.diagnostics:
            log_command(render_github(found))
    else:
        print_diagnostics(loaded.diagnostics, loaded.sources, color=not no_color)
    if has_errors(loaded.diagnostics) or loaded.agency_file is None:
        return ExitCode.ERROR
    if not as_json and form == "text":
        warnings = f" ({count_of(loaded.diagnostics)})" if loaded.diagnostics else ""
        click.echo(f"{path} is valid: {count(len(loaded.agency_file.resources), 'resource')}{warnings}")
    if explained:
        _explain(explained, loaded.agency_file)
    return ExitCode.DONE


def _explain(addresses: tuple[str, ...], agency_file: "AgencyFile") -> None:
    from agencyfile.cli.render.explain_text import render_values  # noqa: PLC0415 - only who asks pays for it
    from agencyfile.cli.render.terminal import terminal_width  # noqa: PLC0415 - same

    known = {str(one.address): one for one in agency_file.declared}
    unknown = [one_line(address) for address in addresses if address not in known]
    if unknown:
        raise CommandExit(ExitCode.USAGE, f"the file declares no {', '.join(unknown)}", fix="write KIND.NAME")
    click.echo(f"\n{render_values([known[address] for address in addresses], width=terminal_width())}", nl=False)
