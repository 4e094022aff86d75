"""`agencyfile version`."""

import click

from agencyfile import __version__


@click.command("version")
def command() -> None:
    """Print the version."""
    click.echo(f"agencyfile {__version__}")
