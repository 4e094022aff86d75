"""`agencyfile validate`: every mistake in the agency file, without a request to the portal."""

import os
from pathlib import Path

import click

from agencyfile.cli.console import json_document, log_command
from agencyfile.cli.diagnostics import count_of, print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.render.numbers import count
from plan import has_errors


@click.command("validate")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.option(
    "--format", "form", type=click.Choice(["text", "github"]), default="text", help="Format of the diagnostics."
)
@no_color
def command(path: Path, as_json: bool, form: str, no_color: bool) -> int:  # noqa: FBT001 - click passes flags by name
    """Check the agency file; no request is made."""
    from agencyfile.language import load, render_github  # noqa: PLC0415 - heavy

    loaded = load(path, os.environ)
    if as_json:
        from plan.forms import encode_diagnostic  # noqa: PLC0415 - only programs need it

        document = {
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
    return ExitCode.DONE
