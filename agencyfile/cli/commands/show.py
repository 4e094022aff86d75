"""`agencyfile show`: a plan document, read back."""

from pathlib import Path

import click

from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.plan_output import Output, plan_output, print_plan


@click.command("show")
@click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False))
@plan_output
def command(*, plan_file: Path, output: Output) -> None:
    """Show a plan that `plan -out` wrote."""
    from plan.document import encode  # noqa: PLC0415

    # what is shown is what the file means and an apply would compare, not what else somebody wrote into it
    print_plan(encode(parse_plan(read_text(plan_file), plan_file)), output)
