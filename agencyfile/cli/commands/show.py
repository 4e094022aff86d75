"""`agencyfile show`: a plan document, read back."""

from pathlib import Path

import click

from agencyfile.cli.flags import no_color
from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.render.plan_text import render_plan


@click.command("show")
@click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the document itself.")
@no_color
def command(plan_file: Path, as_json: bool, no_color: bool) -> None:  # noqa: FBT001
    """Show a plan that `plan -out` wrote."""
    from plan.document import encode  # noqa: PLC0415

    text = read_text(plan_file)
    document = encode(parse_plan(text, plan_file))
    if as_json:
        click.echo(text, nl=False)
    else:
        click.echo(render_plan(document), nl=False, color=False if no_color else None)
