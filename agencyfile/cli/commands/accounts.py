"""`agencyfile accounts`: the accounts of the portal, with and without a block in the file."""

from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.portal_lists import ALIASES, ARCHIVED, SORTS, TIERS, Wanted, account_documents, in_order
from agencyfile.cli.records import AccountListing
from agencyfile.cli.render.lists_text import render_accounts
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import Workspace, endpoint_or_default, workspace_if_any

_STATUSES = ("active", "disabled", "creating", "expired", "cancelled", ARCHIVED)


@click.group("accounts")
def command() -> None:
    """Accounts of the portal."""


@command.command("list")
@click.option(
    "--status",
    "statuses",
    type=click.Choice(_STATUSES),
    multiple=True,
    help="Only accounts with this status; may be repeated.",
)
@click.option(
    "--plan",
    "tiers",
    type=click.Choice([*TIERS, *ALIASES]),
    multiple=True,
    help="Only accounts of this tier; may be repeated.",
)
@click.option(
    "--billing",
    "billings",
    type=click.Choice(["monthly", "annual"]),
    multiple=True,
    help="Only accounts with this billing.",
)
@click.option("--name", metavar="GLOB", help="Only accounts with a name like this, as in 'acme-*'.")
@click.option("--managed/--unmanaged", default=None, help="Only accounts with a block, or only accounts without one.")
@click.option(
    "--sort", "by", type=click.Choice(list(SORTS)), default="name", help="The column to sort by.  [default: name]"
)
@click.option("--reverse", is_flag=True, help="Reverse the order.")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
@no_color
@agency_file
def list_(
    *,
    statuses: tuple[str, ...],
    tiers: tuple[str, ...],
    billings: tuple[str, ...],
    name: str | None,
    managed: bool | None,
    by: str,
    reverse: bool,
    as_json: bool,
    no_color: bool,
    path: Path,
) -> None:
    """List the accounts and sandboxes of the portal.

    SIZE is the contact limit of the plan. Archived accounts are cancelled or expired. This works without an agency
    file; the keys are enough.
    """
    workspace = workspace_if_any(path, color=not no_color)
    wanted = Wanted(statuses, tuple(ALIASES.get(tier, tier) for tier in tiers), billings, name, managed)
    if managed is not None and workspace is None:
        raise CommandExit(
            ExitCode.USAGE, "without an agency file nothing tells what is managed", fix="name one: -f agency.yaml"
        )
    every = _read(workspace)
    shown = in_order([account for account in every if wanted.covers(account)], by, reverse=reverse)
    if as_json:
        json_document({"accounts": shown})
        return
    click.echo(render_accounts(shown, width=terminal_width()), nl=False, color=False if no_color else None)
    click.echo(f"{len(shown):,} of {len(every):,} accounts", err=True)


def _read(workspace: Workspace | None) -> list[AccountListing]:
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    with naming_open_calls(workspace), open_reader(endpoint_or_default(workspace)) as reader:
        inventory = reader.inventory()
    if not inventory.is_steady:
        click.echo("warning: the list kept changing while it was read; accounts may be missing", err=True)
    if not inventory.has_hub:
        click.echo("days of creation are not told without the hub's key (AGENCYFILE_HUB_KEY)", err=True)
    return account_documents(inventory.accounts, workspace)
