"""`agencyfile schema`: the JSON Schema of the agency file, for editors and pipelines."""

import click

from agencyfile.cli.shipped import shipped


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the agency file."""
    click.echo((shipped("schemas") / "agency.schema.json").read_text(encoding="utf-8"), nl=False)
