"""`agencyfile schema`: the JSON Schemas of the agency file and of every document."""

import click

from agencyfile.cli.console import document
from agencyfile.cli.json_documents import SCHEMAS
from agencyfile.cli.shipped import shipped


@click.command("schema")
@click.argument("name", type=click.Choice(SCHEMAS), default="agency", required=False)
def command(name: str) -> None:
    """Print a JSON Schema.

    NAME is agency (the agency file; the default), plan (the document of `plan --out` and `plan --json`), event (one
    line of `apply --json`), ledger (one line of the ledger), doctor-report (the file of `doctor --report`), fleet (the
    fleet file), fleet-report (the report of a run over a fleet), revision (the output of `plan --offline --json`),
    expectations (a file of expectations, for `agencyfile test`), notification (a message of agency.notify), or the
    output of another command with --json, as the page Documents lists them.
    """
    document((shipped("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
