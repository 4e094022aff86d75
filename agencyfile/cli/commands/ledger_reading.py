"""The commands of `agencyfile ledger` that only read it."""

from collections.abc import Collection, Iterator
from pathlib import Path

import click

from agencyfile.cli.completing import ADDRESS
from agencyfile.cli.console import document, json_document, safe_json
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, json_output
from agencyfile.cli.guarding import signers_ever
from agencyfile.cli.ledger_documents import listed_entries, summary_document
from agencyfile.cli.ledger_records import (
    LedgerAnchorDocument,
    LedgerListDocument,
    LedgerVerifyDocument,
    ListedEntry,
)
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import open_workspace
from plan import Ledger
from plan.ledger.audit import forged_approvals, unsigned


@click.command("show")
@json_output
@agency_file
def show(*, as_json: bool, path: Path) -> int:
    """Show a summary of the ledger."""
    ledger = open_workspace(path, color=True).ledger()
    code = ExitCode.UNKNOWN if ledger.history.open_intents else ExitCode.DONE
    if as_json:
        json_document(summary_document(ledger))
        return code
    for name, text in _summary(ledger):
        click.echo(f"{name:<16} {text}")
    for intent in ledger.history.open_intents.values():
        what = f"{one_line(str(intent.address))}: {intent.operation} of {intent.time} (entry {intent.serial})"
        click.echo(f"open             {what}: {one_line(intent.message)}")
    return code


def _summary(ledger: Ledger) -> Iterator[tuple[str, str]]:
    history = ledger.history
    yield "ledger", ledger.location
    yield "agency", one_line(history.agency or "(no entry yet)")
    yield "last entry", str(ledger.serial)
    yield "lease", one_line(str(history.lease)) if history.lease else "nobody"
    yield "logins", str(len(history.credentials))
    yield "charges", str(len(history.charges))
    yield "open intents", str(len(history.open_intents))


@click.command("list")
@click.option(
    "--address", "only", type=ADDRESS, metavar="ADDRESS", help="Only entries of this address, as in account.acme."
)
@json_output
@agency_file
def list_(*, only: str | None, as_json: bool, path: Path) -> None:
    """List the entries, oldest first: what, at what price, by whom, approved by whom, in which run.

    A name stands for who gave an approval or evidence, or else for the holder of the lease. A pull request is the one
    that the run names, or the commit that it applies.
    """
    ledger = open_workspace(path, color=True).ledger()
    shown = [each for each in listed_entries(ledger.entries()) if only is None or each["address"] == only]
    if as_json:
        listed: LedgerListDocument = {"ledger": ledger.location, "entries": shown}
        json_document(listed)
        return
    for entry in shown:
        click.echo(f"{entry['serial']:>6}  {one_line(entry['time'])}  {entry['type']:<15} {_about(entry)}")


def _about(entry: ListedEntry) -> str:
    by = f"by {entry['who']}" if entry["who"] else ""
    approved = f"approved by {entry['approver']}" if entry["approver"] else ""
    words = (entry["address"], entry["operation"], entry["result"], entry["price"], entry["message"], by, approved)
    return one_line("  ".join(filter(None, (*words, entry["request"], entry["run"]))))


@click.command("export")
@agency_file
def export(path: Path) -> None:
    """Print every entry as a line of JSON (schema: schemas/ledger.schema.json).

    Characters that control a terminal are JSON escapes; each line means the same as in the ledger.
    """
    for entry in open_workspace(path, color=True).ledger().entries():
        document(safe_json(entry.line()) + "\n")


@click.command("verify")
@json_output
@agency_file
def verify(*, as_json: bool, path: Path) -> int:
    """Check digests, signatures and approvals, and name every bad entry."""
    workspace = open_workspace(path, color=True)
    ledger = workspace.ledger()
    entries = ledger.entries()
    address = workspace.agency_file.agency.address
    signers = signers_ever(workspace.agency_file.settings, address, entries)
    signed = unsigned(entries, workspace.agency, address, lambda text, signature: _is_signed(text, signature, signers))
    found = sorted([*forged_approvals(entries), *signed], key=lambda finding: finding.serial)
    if as_json:
        told: LedgerVerifyDocument = {
            "ledger": ledger.location,
            "entries": len(entries),
            "last_entry": ledger.serial,
            "findings": [{"entry": finding.serial, "message": finding.message} for finding in found],
        }
        json_document(told)
    for finding in () if as_json else found:
        click.echo(f"entry {finding.serial}: {one_line(finding.message)}", err=True)
    if found:
        raise CommandExit(
            ExitCode.ERROR,
            f"{ledger.location}: {len(found)} of its entries must not be believed",
            fix="find out who may write the ledger; an approval is taken back with: agencyfile approve --clear",
        )
    if not as_json:
        click.echo(f"{ledger.location}: {len(entries)} entries, the chain is whole, the last is {ledger.serial}")
    return ExitCode.DONE


def _is_signed(text: bytes, signature: str, signers: Collection[str]) -> bool:
    from agencyfile.cli.signing import signer_of  # noqa: PLC0415 - only a ledger with signatures pays for it

    return signer_of(text, signature, signers) is not None


@click.command("anchor")
@json_output
@agency_file
def anchor(*, as_json: bool, path: Path) -> None:
    """Print the last entry as SERIAL:DIGEST, to keep elsewhere; print nothing if there is no entry."""
    from plan.ledger.anchor import Anchor  # noqa: PLC0415

    found = Anchor.of(open_workspace(path, color=True).ledger().entries())
    if as_json:
        told: LedgerAnchorDocument = {"anchor": str(found) if found else None}
        json_document(told)
    elif found:
        click.echo(str(found))
