"""`agencyfile schema`: the JSON Schemas of the agency file and of every document."""

from typing import Final

import click

from agencyfile.cli.console import document
from agencyfile.cli.shipped import shipped

_NAMES: Final = (
    "agency",
    "plan",
    "event",
    "ledger",
    "clients",
    "doctor",
    "doctor-report",
    "rehearsal",
    "accounts",
    "account",
    "report",
    "mail",
)


@click.command("schema")
@click.argument("name", type=click.Choice(_NAMES), default="agency", required=False)
def command(name: str) -> None:
    """Print a JSON Schema.

    NAME is agency (the agency file; the default), plan (the document of `plan --out` and `plan --json`), event (one
    line of `apply --json`), ledger (one line of the ledger), clients (the output of `clients import --json`), doctor
    (the document of `doctor --json`), doctor-report (the file of `doctor --report`), rehearsal (`rehearse --json`),
    accounts (`accounts list --json`), account (`accounts show --json`), report (`report --json`) or mail (`steps mail
    --format json`).
    """
    document((shipped("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
