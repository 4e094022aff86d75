"""`agencyfile credentials`: logins of accounts that agencyfile created."""

import sys
from pathlib import Path

import click

from agencyfile.cli.beginning import IDENTITY, keep_out_of_git, new_identity
from agencyfile.cli.console import exact, json_document
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
        json_document([_public(found) for found in credentials])
        return
    if not credentials:
        click.echo("the ledger holds no login yet", err=True)
    width = max((len(str(found.address)) for found in credentials), default=0)
    for found in credentials:
        shown = (one_line(text) for text in (found.login_url, found.username, found.time))
        click.echo(f"{one_line(str(found.address)):<{width}}  {'  '.join(shown)}")


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
@click.option("--raw", is_flag=True, help="Print the password alone, byte by byte, into a pipe or a file.")
def reveal(name: str, identity: Path | None, path: Path, as_json: bool, raw: bool) -> None:  # noqa: FBT001
    """Print the login of one account (NAME, or account.NAME, or sandbox.NAME).

    A login comes from the portal. Characters that would steer your terminal are shown as escapes, and you are told so;
    --json and --raw give the password exactly.
    """
    from agencyfile.vault import VaultError, unseal  # noqa: PLC0415

    identity = identity or identity_at_hand(path.parent)
    if identity is None:
        raise click.UsageError(f"say --identity FILE: there is no {path.parent / IDENTITY}, and {VARIABLE} is not set")
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
