"""`agencyfile credentials`: logins of accounts that agencyfile created."""

import json
from pathlib import Path

import click

from agencyfile.cli.beginning import IDENTITY, keep_out_of_git, new_identity
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file
from agencyfile.cli.recipients import VARIABLE, identity_at_hand
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import open_workspace
from plan import Address
from plan.ledger import SealedCredential


@click.group("credentials")
def command() -> None:
    """Logins of created accounts, sealed in the ledger."""


@command.command("list")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_(path: Path, as_json: bool) -> None:  # noqa: FBT001
    """List whose logins the ledger holds; no password is opened."""
    credentials = sorted(_credentials(path).values(), key=lambda found: found.address)
    if as_json:
        click.echo(json.dumps([_public(found) for found in credentials], indent=2))
        return
    if not credentials:
        click.echo("the ledger holds no login yet", err=True)
    width = max((len(str(found.address)) for found in credentials), default=0)
    for found in credentials:
        click.echo(f"{found.address!s:<{width}}  {one_line(found.login_url)}  {found.username}  {found.time}")


@command.command("reveal")
@click.argument("name")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=VARIABLE,
    help=f"File with the age identity (or SSH private key) of a recipient.  [default: {IDENTITY}]",
)
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def reveal(name: str, identity: Path | None, path: Path, as_json: bool) -> None:  # noqa: FBT001
    """Print the login of one account (NAME, or account.NAME, or sandbox.NAME)."""
    from agencyfile.vault import VaultError, unseal  # noqa: PLC0415

    identity = identity or identity_at_hand(path.parent)
    if identity is None:
        raise click.UsageError(f"say --identity FILE: there is no {path.parent / IDENTITY}, and {VARIABLE} is not set")
    found = _find(_credentials(path), name)
    try:
        password = unseal(found.sealed, identity).reveal()
    except VaultError as error:
        raise CommandExit(ExitCode.ERROR, str(error), fix="pass the identity of one of the recipients") from None
    if as_json:
        click.echo(json.dumps({**_public(found), "password": password}, indent=2))
    else:
        click.echo(f"login     {found.login_url}\nuser      {found.username}\npassword  {password}")


@command.command("keygen")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=IDENTITY,
    show_default=True,
    help="The file of the identity. What exists is never overwritten.",
)
def keygen(out: Path) -> None:
    """Make an identity: a key that opens passwords. Prints its recipient.

    The file is readable by you alone, and named in .gitignore. The recipient, which is no secret, goes into
    agency.credentials.recipients of the agency file: passwords of accounts made from then on can be opened with it.
    """
    is_ignored = keep_out_of_git(out, Path())
    recipient = new_identity(out)
    click.echo(recipient)
    where = f"{out} is the private half: keep it safe, never commit it"
    click.echo(f"{where}{' (.gitignore names it)' if is_ignored else ''}", err=True)
    click.echo(f"Write the public half into the agency file:\n\n  credentials: {{recipients: [{recipient}]}}", err=True)


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


def _public(found: SealedCredential) -> dict[str, object]:
    return {
        "address": str(found.address),
        "login_url": found.login_url,
        "username": found.username,
        "time": found.time,
        "recipients": list(found.recipients),
    }
