"""`agencyfile show`: a plan document, read back."""

from pathlib import Path

import click

from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_document
from agencyfile.cli.plan_output import Output, plan_output, print_plan


@click.command("show")
@click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False))
@plan_output
def command(*, plan_file: Path, output: Output) -> None:
    """Show a plan that `plan --out` wrote."""
    print_plan(parse_document(read_text(plan_file), plan_file), output)
