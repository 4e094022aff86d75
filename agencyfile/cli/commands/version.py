"""`agencyfile version`."""

import click

from agencyfile import __version__
from agencyfile.cli.flags import json_output


@click.command("version")
@json_output
def command(*, as_json: bool) -> None:
    """Print the version."""
    if not as_json:
        click.echo(f"agencyfile {__version__}")
        return
    from agencyfile.cli.console import json_document  # noqa: PLC0415 - only programs need the rest
    from agencyfile.cli.records import VersionDocument  # noqa: PLC0415
    from plan.document.form import FORMAT_VERSION  # noqa: PLC0415
    from plan.ledger.entry import FORMAT_VERSION as LEDGER_FORMAT  # noqa: PLC0415

    told: VersionDocument = {"version": __version__, "plan_format": FORMAT_VERSION, "ledger_format": LEDGER_FORMAT}
    json_document(told)
