"""`agencyfile schema`: the JSON Schemas of the agency file, plans, events, the ledger and client imports."""

from typing import Final

import click

from agencyfile.cli.console import document
from agencyfile.cli.shipped import shipped

_NAMES: Final = ("agency", "plan", "event", "ledger", "clients")


@click.command("schema")
@click.argument("name", type=click.Choice(_NAMES), default="agency", required=False)
def command(name: str) -> None:
    """Print a JSON Schema.

    NAME is agency (the agency file; the default), plan (the document of `plan --out` and `plan --json`), event (one
    line of `apply --json`), ledger (one line of the ledger) or clients (the output of `clients import --json`).
    """
    document((shipped("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
