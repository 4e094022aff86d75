"""`agencyfile init`: an agency file that is valid at once."""

import re
from pathlib import Path

import click

from agencyfile.cli.agency_files import NAMES, USUAL
from agencyfile.cli.beginning import AGENCY_NAME, IDENTITY, keep_out_of_git, new_identity
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.files import SHARED, create_file

_TEMPLATE = """\
# yaml-language-server: $schema=agency.schema.json
version: 1

agency:
  name: {name}
  credentials:
    # Who can read the passwords of new accounts. Add a key for each person; keep private keys out of git.
    recipients: [{recipient}]

defaults:
  account:
    notification: ops@{name}.example  # a mailbox that you read: billing and abuse mail goes there
    language: english
    timezone: Europe/Brussels
    plan: {{tier: plus, billing: monthly, contacts: 1000}}

# A client is one block. Its key is the login name: acme-gym.activehosted.com. Uncomment the two lines for a first one.
accounts:
#  acme-gym:
#    client: {{name: Acme Gym, email: owner@acme.example}}
"""


@click.command("init")
@click.argument("name")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    default=IDENTITY,
    show_default=True,
    help="Where to write the private key that opens passwords.",
)
@click.option(
    "-f",
    "--file",
    "file",
    type=click.Choice(NAMES),
    default=USUAL,
    show_default=True,
    help="The name of the agency file.",
)
def command(name: str, identity: Path, file: str) -> None:
    """Start an agency file for the agency NAME in this folder.

    Writes the agency file, its schema for editors, and an age identity, which opens the passwords of new accounts.
    Existing files are not overwritten.
    """
    from agencyfile.cli.shipped import shipped  # noqa: PLC0415

    if not re.fullmatch(AGENCY_NAME, name):
        raise click.UsageError(
            f"{name!r} is not an agency name: lower-case letters, digits and dashes, as in northwind"
        )
    _check_nothing_there(identity)
    keep_out_of_git(identity, Path())
    recipient = new_identity(identity)
    _create(Path("agency.schema.json"), (shipped("schemas") / "agency.schema.json").read_text(encoding="utf-8"))
    _create(Path(file), _TEMPLATE.format(name=name, recipient=recipient))
    _say_what_next(name, identity, file)


def _check_nothing_there(identity: Path) -> None:
    for path in map(Path, (*NAMES, "agency.schema.json")):
        if path.exists():
            raise CommandExit(ExitCode.ERROR, f"{path} exists already", fix="remove it, or work in another folder")
    if identity.exists():
        raise CommandExit(
            ExitCode.ERROR,
            f"{identity} exists already, and passwords may be sealed to it",
            fix="name another file: --identity PATH",
        )


def _create(path: Path, text: str) -> None:
    try:
        create_file(path, text, mode=SHARED)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None


def _say_what_next(name: str, identity: Path, file: str) -> None:
    click.echo(f"{file:<18}  the agency file of {name}")
    click.echo("agency.schema.json  for completion in your editor")
    click.echo(f"{identity}  opens the passwords of new accounts: keep it safe, never commit it")
    click.echo("\nNext: write a block under `accounts:` (the file has one to uncomment), then\n\n  agencyfile validate")
