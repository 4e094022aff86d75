"""`agencyfile ledger move, backup, restore, accept, migrate`: where the ledger is kept."""

from pathlib import Path

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, lock_timeout
from agencyfile.cli.workspace import open_workspace
from plan.ledger import EntryType
from plan.ledger.anchor import Containment, containment
from plan.ledger.bodies import RestoredBody


@click.command("move")
@click.option("--to", "place", required=True, metavar="PLACE", help="The new place, as agency.ledger names it.")
@lock_timeout
@agency_file
def move(place: str, lock_timeout: float, path: Path) -> None:
    """Carry the ledger over to another place and close the old one.

    Every entry is copied and compared. The last entry of the old ledger then names the new place: no command of
    agencyfile goes on there. Run it again if it was interrupted.
    """
    from agencyfile.cli.ledger_moving import move_ledger  # noqa: PLC0415 - only this command pays for it

    workspace = open_workspace(path, color=True)
    serial = move_ledger(workspace, place, patience=lock_timeout)
    click.echo(f"moved: {workspace.place} -> {place}, with its entries up to {serial}")
    click.echo(f"next: write into the agency file and let it be reviewed:  agency: {{ledger: {place!r}}}")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@agency_file
def backup(file: Path, path: Path) -> None:
    """Write every entry to a new file, which only you can read.

    The command prints the last entry. Keep that elsewhere: it shows whether a backup is the newest.
    """
    from agencyfile.files import create_file  # noqa: PLC0415 - only this command writes one
    from plan.ledger.anchor import Anchor  # noqa: PLC0415

    entries = open_workspace(path, color=True).ledger().entries()
    try:
        create_file(file, "".join(f"{entry.line()}\n" for entry in entries))
    except FileExistsError:
        raise CommandExit(ExitCode.ERROR, f"{file} exists; a backup overwrites nothing") from None
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{file}: {len(entries)} entries, the last is {Anchor.of(entries) or 0}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", metavar="TEXT", help="What happened since the backup: you looked at the portal.")
@click.option("--by", help="Who looked.")
@agency_file
def restore(file: Path, reason: str | None, by: str | None, path: Path) -> None:
    """Put a backup in the place of a ledger that is lost.

    A ledger that holds more than the backup stays as it is. What was charged or granted since the backup is planned,
    and sent, again: say with --reason that it was nothing, or that you have recorded it.
    """
    from agencyfile.cli.ledger_moving import restore_ledger  # noqa: PLC0415 - only this command pays for it

    workspace = open_workspace(path, color=True)
    kept = restore_ledger(workspace, file, reason=(reason or "").strip(), by=by)
    click.echo(f"{workspace.place}: restored, with its entries up to {kept}; entry {kept + 1} says why")


@click.command("migrate")
def migrate() -> None:
    """Print the SQL that makes the tables of postgres: ledgers, or brings them to this version.

    Run it as the owner of the database. It makes the roles agencyfile_writer and agencyfile_reader.
    """
    from agencyfile.ledger_stores.postgres import migrations  # noqa: PLC0415 - only this command pays for it

    click.echo(migrations(), nl=False)


@click.command("accept")
@click.option("--reason", required=True, help="Why this copy has to be used.")
@click.option("--by", help="Who looked at the portal.")
@agency_file
def accept(reason: str, by: str | None, path: Path) -> None:
    """Accept an older copy of the ledger. Look at the portal first.

    Charges, grants and open calls after the last entry of this copy are lost. Anything that is declared and not in the
    copy is planned, and sent, again. The ledger records the reason and what was lost.
    """
    ledger, seen = open_workspace(path, color=True).restored_ledger()
    if seen is None or containment(ledger.entries(), seen) in (Containment.CONTAINED, Containment.COMPACTED):
        raise CommandExit(ExitCode.ERROR, "this ledger lacks nothing that was seen here: there is nothing to accept")
    ledger.check_free()
    body: RestoredBody = {
        "reason": reason,
        "by": f"person {by}" if by else "person",
        "seen": str(seen),
        "kept": ledger.serial,
    }
    ledger.append((EntryType.RESTORED, None, body))
    click.echo(
        f"{ledger.location}: accepted, with its entries up to {body['kept']}; entry {seen.serial} was seen before"
    )
