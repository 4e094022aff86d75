"""`agencyfile credentials`: logins of accounts that agencyfile created."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import IO

import click

from agencyfile.cli.beginning import IDENTITY, keep_out_of_git, new_identity
from agencyfile.cli.completing import ACCOUNT_NAME
from agencyfile.cli.console import exact, json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, lock_timeout
from agencyfile.cli.guarding import recorded_recipients
from agencyfile.cli.lease import turn
from agencyfile.cli.recipients import VARIABLE, identity_at_hand
from agencyfile.cli.records import LoginListing
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import open_workspace
from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS
from plan import Address, Secret
from plan.ledger import SealedCredential

_identity = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=VARIABLE,
    help=f"File with the age identity (or SSH private key) of a recipient.  [default: {IDENTITY}]",
)


@click.group("credentials")
def command() -> None:
    """Logins of created accounts, sealed in the ledger."""


@command.command("list")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(path: Path, as_json: bool) -> None:  # noqa: FBT001
    """List the accounts whose logins the ledger holds; no password is opened."""
    credentials = sorted(_credentials(path).values(), key=lambda found: found.address)
    if as_json:
        json_document([_public(found) for found in credentials])
        return
    if not credentials:
        click.echo("the ledger holds no login yet", err=True)
    width = max((len(str(found.address)) for found in credentials), default=0)
    for found in credentials:
        shown = (one_line(text) for text in (found.login_url, found.username, found.time))
        click.echo(f"{one_line(str(found.address)):<{width}}  {'  '.join(shown)}")


@command.command("reveal")
@click.argument("name", type=ACCOUNT_NAME)
@_identity
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--raw", is_flag=True, help="Print the password alone, byte by byte, into a pipe or a file.")
def reveal(name: str, identity: Path | None, path: Path, as_json: bool, raw: bool) -> None:  # noqa: FBT001
    """Print the login of one account (NAME, or account.NAME, or sandbox.NAME).

    A login comes from the portal. Characters that would control your terminal are shown as escapes, with a warning.
    --json and --raw print the password exactly.
    """
    from agencyfile.vault import VaultError, unseal  # noqa: PLC0415

    identity = _named(identity, path)
    found = _find(_credentials(path), name)
    try:
        password = unseal(found.sealed, identity).reveal()
    except VaultError as error:
        raise CommandExit(ExitCode.ERROR, str(error), fix="pass the identity of one of the recipients") from None
    if raw:
        _print_raw(password)
    elif as_json:
        json_document({**_public(found), "password": password})
    else:
        _print_login(found, password)


def _print_raw(password: str) -> None:
    if sys.stdout.isatty() and one_line(password) != password:
        raise CommandExit(
            ExitCode.REFUSED,
            "the password holds characters that would steer this terminal",
            fix="send it into a pipe or a file, or take --json",
        )
    exact(password.encode(errors="surrogateescape"))


def _print_login(found: SealedCredential, password: str) -> None:
    for name, text in (("login", found.login_url), ("user", found.username), ("password", password)):
        click.echo(f"{name:<8}  {one_line(text)}")
        if one_line(text) != text:
            click.echo(f"warning: the {name} holds characters shown as escapes; --json has it exactly", err=True)


@command.command("rekey")
@_identity
@lock_timeout
@agency_file
def rekey(identity: Path | None, lock_timeout: float, path: Path) -> int:
    """Seal the passwords in the ledger to the present recipients.

    The ledger is append-only: a key that could open a password before can still open it in the old entry, until the
    password is changed at the account (see `credentials replace`). If it is interrupted, run it again.
    """
    from agencyfile.cli import rekeying  # noqa: PLC0415 - loads age

    workspace = open_workspace(path, color=True)
    settings = workspace.agency_file.settings
    _check_published(settings.recipients)
    with turn(workspace.ledger, duration=settings.lease, patience=lock_timeout) as ledger:
        recipients = recorded_recipients(settings, workspace.recorded(ledger.history))
        result = rekeying.rekey(ledger, recipients, _named(identity, path))
        readers = rekeying.former_readers(ledger.history, settings.recipients)
    click.echo(f"sealed to today's recipients: {len(result.done)}; were already: {len(result.before)}")
    for key, count in readers.items():
        click.echo(f"{rekeying.shown(key)} has read access to {rekeying.passwords(count)} until they are changed")
    if result.closed:
        names = ", ".join(one_line(str(address)) for address in result.closed)
        raise CommandExit(
            ExitCode.ERROR, f"this identity does not open {names}", fix="run it again with the identity of a recipient"
        )
    return ExitCode.DONE


@command.command("replace")
@click.argument("name", type=ACCOUNT_NAME)
@click.option("--password-file", type=click.File(), default="-", help="File with the password on its first line.")
@lock_timeout
@agency_file
def replace(name: str, password_file: IO[str], lock_timeout: float, path: Path) -> None:
    """Store the new password of an account that you have changed there. It is read from standard input.

    Only the present recipients can read the new password.
    """
    from agencyfile.cli import rekeying  # noqa: PLC0415 - loads age

    workspace = open_workspace(path, color=True)
    settings = workspace.agency_file.settings
    _check_published(settings.recipients)
    password = password_file.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("the first line of what was read is empty: no password was given")
    with turn(workspace.ledger, duration=settings.lease, patience=lock_timeout) as ledger:
        address = _find(ledger.history.credentials, name).address
        recipients = recorded_recipients(settings, workspace.recorded(ledger.history))
        ledger.append(rekeying.replacement(address, Secret(password), recipients))
    click.echo(f"{one_line(str(address))}: kept, sealed to {len(settings.recipients)} recipients")


@command.command("keygen")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=IDENTITY,
    show_default=True,
    help="The file of the identity. An existing file is never overwritten.",
)
def keygen(out: Path) -> None:
    """Make an identity, the key that opens passwords, and print its recipient.

    Only you can read the file, and .gitignore names it. Put the recipient, which is no secret, into
    agency.credentials.recipients of the agency file. The identity opens the passwords of accounts created after that.
    """
    is_ignored = keep_out_of_git(out, Path())
    recipient = new_identity(out)
    click.echo(recipient)
    where = f"{out} is the private half: keep it safe, never commit it"
    click.echo(f"{where}{' (.gitignore names it)' if is_ignored else ''}", err=True)
    click.echo(f"Write the public half into the agency file:\n\n  credentials: {{recipients: [{recipient}]}}", err=True)


def _named(identity: Path | None, path: Path) -> Path:
    """The identity that is named, or the one at hand."""
    found = identity or identity_at_hand(path.parent)
    if found is None:
        raise click.UsageError(f"say --identity FILE: there is no {path.parent / IDENTITY}, and {VARIABLE} is not set")
    return found


def _check_published(recipients: Collection[str]) -> None:
    """Refuse to seal to the key of the examples, whose private half is published beside them."""
    found = sorted(PUBLISHED_RECIPIENTS.intersection(recipients))
    if found:
        raise CommandExit(
            ExitCode.REFUSED,
            f"everybody could read the passwords: {found[0]} is the key of agencyfile's own examples",
            fix="take it out of agency.credentials.recipients; agencyfile credentials keygen makes your own",
        )


def _credentials(path: Path) -> dict[Address, SealedCredential]:
    return open_workspace(path, color=True).ledger().history.credentials


def _find(credentials: dict[Address, SealedCredential], name: str) -> SealedCredential:
    for address, found in credentials.items():
        if name in (address.name, str(address)):
            return found
    raise CommandExit(
        ExitCode.ERROR,
        f"the ledger holds no login of {name}",
        fix="agencyfile credentials list shows those that it holds",
    )


def _public(found: SealedCredential) -> LoginListing:
    return {
        "address": str(found.address),
        "login_url": found.login_url,
        "username": found.username,
        "time": found.time,
        "recipients": list(found.recipients),
    }
