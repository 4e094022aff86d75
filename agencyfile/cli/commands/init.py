"""`agencyfile init`: an agency file that is valid at once."""

import re
from pathlib import Path

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode

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

# A client is one block. Its key is the login name: acme-gym.activehosted.com
accounts: {{}}
#  acme-gym:
#    client: {{name: Acme Gym, email: owner@acme.example}}
"""


@click.command("init")
@click.argument("name")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".agencyfile/identity.txt"),
    show_default=True,
    help="Where to write the private key that opens passwords.",
)
def command(name: str, identity: Path) -> None:
    """Start an agency file for the agency NAME in this folder.

    Writes agency.yaml, its schema for editors, and an age identity that opens the passwords of new accounts. Nothing
    that exists is overwritten.
    """
    from agencyfile.cli.shipped import shipped  # noqa: PLC0415
    from agencyfile.vault import make_identity  # noqa: PLC0415 - loads age

    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name):
        raise click.UsageError(
            f"{name!r} is not an agency name: lower-case letters, digits and dashes, as in northwind"
        )
    files = [Path("agency.yaml"), Path("agency.schema.json"), identity]
    for path in files:
        if path.exists():
            raise CommandExit(ExitCode.ERROR, f"{path} exists already", fix="remove it, or work in another folder")
    recipient = make_identity(identity)
    Path("agency.yaml").write_text(_TEMPLATE.format(name=name, recipient=recipient), encoding="utf-8")
    schema = (shipped("schemas") / "agency.schema.json").read_text(encoding="utf-8")
    Path("agency.schema.json").write_text(schema, encoding="utf-8")
    _ignore(identity)
    click.echo(f"agency.yaml         the agency file of {name}")
    click.echo("agency.schema.json  for completion in your editor")
    click.echo(f"{identity}  opens the passwords of new accounts: keep it safe, never commit it")
    click.echo("\nNext: write a block under `accounts:`, then\n\n  agencyfile validate")


def _ignore(identity: Path) -> None:
    ignore = Path(".gitignore")
    line = identity.as_posix()
    lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.exists() else []
    if not identity.is_absolute() and line not in lines:
        ignore.write_text("\n".join([*lines, line]) + "\n", encoding="utf-8")
