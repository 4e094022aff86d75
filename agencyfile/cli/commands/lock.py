"""`agencyfile lock`: who may write to the ledger now."""

from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, json_output
from agencyfile.cli.ledger_documents import lease_document
from agencyfile.cli.ledger_records import LockDocument
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import open_workspace
from plan.ledger import EntryType
from plan.ledger.bodies import ReleaseBody


@click.group("lock")
def command() -> None:
    """The lease: one run writes to the ledger at a time."""


@command.command("show")
@json_output
@agency_file
def show(*, as_json: bool, path: Path) -> None:
    """Show who holds the lease, and until when."""
    ledger = open_workspace(path, color=True).ledger()
    lease = ledger.history.lease
    if as_json:
        told: LockDocument = {"ledger": ledger.location, "lease": lease_document(lease)}
        json_document(told)
        return
    if lease is None:
        click.echo("nobody holds the lease")
        return
    click.echo(f"{lease.id}  {one_line(str(lease))}, until {lease.expires.isoformat(timespec='seconds')}")


@command.command("break")
@click.argument("lease_id", metavar="ID")
@agency_file
def break_(lease_id: str, path: Path) -> None:
    """End somebody else's lease. Do this only if that run has certainly ended."""
    ledger = open_workspace(path, color=True).ledger()
    lease = ledger.history.lease
    if lease is None or lease.id != lease_id:
        held = f"the lease is {lease.id}" if lease else "nobody holds a lease"
        raise CommandExit(ExitCode.ERROR, f"there is no lease {lease_id}: {held}", fix="agencyfile lock show")
    ledger.append((EntryType.RELEASE, None, ReleaseBody(lease=lease_id)))
    click.echo(f"lease {lease_id} is broken; a run that still holds it stops at its next entry")
