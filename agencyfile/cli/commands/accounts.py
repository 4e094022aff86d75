"""`agencyfile accounts`: the accounts of the portal, with and without a block in the file."""

import ipaddress
from pathlib import Path

import click

from agencyfile.cli.browser import open_privately, visitor_of
from agencyfile.cli.completing import ACCOUNT_NAME
from agencyfile.cli.console import exact, json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.output import write_whole
from agencyfile.cli.plan_output import to_json
from agencyfile.cli.portal_lists import (
    ALIASES,
    ARCHIVED,
    SORTS,
    TIERS,
    Wanted,
    account_documents,
    accounts_document,
    in_order,
)
from agencyfile.cli.records import AccountListing, AccountsDocument
from agencyfile.cli.render.account_cells import accounts_sheet
from agencyfile.cli.render.cells import render_csv, render_workbook
from agencyfile.cli.render.lists_text import render_accounts, render_total
from agencyfile.cli.render.terminal import is_ci, is_terminal, terminal_width
from agencyfile.cli.workspace import Workspace, endpoint_or_default, open_workspace, workspace_if_any
from agencyfile.fields.account_names import account_label
from agencyfile.kinds.questions import SIGN_ON_MINUTES
from agencyfile.web_origin import origin_or_none
from plan import Secret

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
@click.option(
    "--balances", is_flag=True, help="Ask accounts whose API a key opens for the email credits that are left."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "xlsx", "json"]),
    help="How to print them; a workbook needs --out or a pipe.  [default: table]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead.")
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
    balances: bool,
    form: str | None,
    out: Path | None,
    as_json: bool,
    no_color: bool,
    path: Path,
) -> None:
    """List the accounts and sandboxes of the portal, with their prices.

    SIZE is the contact limit of the plan. PRICE is the list price of one term, and PER MONTH its part of a month.
    Archived accounts are cancelled or expired. This works without an agency file; the keys are enough.
    """
    chosen = _form(form, as_json=as_json)
    workspace = workspace_if_any(path, color=not no_color)
    wanted = Wanted(statuses, tuple(ALIASES.get(tier, tier) for tier in tiers), billings, name, managed)
    if managed is not None and workspace is None:
        raise CommandExit(
            ExitCode.USAGE, "without an agency file nothing tells what is managed", fix="name one: -f agency.yaml"
        )
    if balances and workspace is None:
        raise CommandExit(
            ExitCode.USAGE, "without an agency file there are no keys of accounts", fix="name one: -f FILE"
        )
    every = _read(workspace)
    shown = in_order([account for account in every if wanted.covers(account)], by, reverse=reverse)
    if balances and workspace is not None:
        shown = _balanced(shown, workspace)
    document = accounts_document(shown, every)
    if out is not None:
        write_whole(out, _content(document, chosen))
        click.echo(f"{len(shown):,} of {len(every):,} accounts are in {out}", err=True)
        return
    _print(document, chosen, color=False if no_color else None)


def _form(form: str | None, *, as_json: bool) -> str:
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"say either --json or --format {form}")
    return "json" if as_json else form or "table"


def _print(document: AccountsDocument, form: str, *, color: bool | None) -> None:
    if form == "json":
        json_document(document)
        return
    if form == "table":
        click.echo(_table(document), nl=False, color=color)
        shown, every = len(document["accounts"]), len(document["accounts"]) + document["unlisted"]
        click.echo(f"{shown:,} of {every:,} accounts", err=True)
        return
    if form == "xlsx" and is_terminal():
        raise click.UsageError("a workbook is no text for a terminal: say --out FILE")
    content = _content(document, form)
    exact(content if isinstance(content, bytes) else content.encode())


def _content(document: AccountsDocument, form: str) -> str | bytes:
    match form:
        case "json":
            return to_json(document)
        case "csv":
            return render_csv(accounts_sheet(document))
        case "xlsx":
            return render_workbook([accounts_sheet(document)])
        case _:
            return click.unstyle(_table(document, is_whole=True))


def _table(document: AccountsDocument, *, is_whole: bool = False) -> str:
    width = None if is_whole else terminal_width()
    total = render_total(document["total"]) if document["accounts"] else ""
    return render_accounts(document["accounts"], width=width) + total


@command.command("show")
@click.argument("name")
@click.option("--balances", is_flag=True, help="Ask the account's own API for the email credits that are left.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@no_color
@agency_file
def show(*, name: str, balances: bool, as_json: bool, no_color: bool, path: Path) -> None:
    """Show everything that is known of the account NAME.

    Money, trial, credits, open and closed steps, drift, and the history from the ledger: what, when, who. The portal
    and the ledger are only read.
    """
    from agencyfile.cli.reporting.document import account_document  # noqa: PLC0415 - heavy
    from agencyfile.cli.reporting.gathering import gather  # noqa: PLC0415 - same
    from agencyfile.portal import open_reader  # noqa: PLC0415 - same

    workspace = open_workspace(path, color=not no_color)
    with naming_open_calls(workspace), open_reader(workspace.endpoint()) as reader:
        label = account_label(name.rpartition(".")[2] if name.count(".") == 1 else name)
        document = account_document(gather(workspace, reader, balances=balances, only=label), label)
    if as_json:
        json_document(document)
        return
    from agencyfile.cli.render.account_text import render_account  # noqa: PLC0415 - each form alone

    click.echo(render_account(document), nl=False, color=False if no_color else None)


@command.command("open")
@click.argument("name", type=ACCOUNT_NAME)
@click.option("--browser", is_flag=True, help="Open the link in the browser of this machine, and print nothing.")
@click.option("--print", "is_printed", is_flag=True, help="Print the link also into a pipe, a file or a log.")
@click.option("--address", metavar="IP", help="The IP address that the browser visits the account from.")
@agency_file
def open_(*, name: str, browser: bool, is_printed: bool, address: str | None, path: Path) -> None:
    """Open the account NAME without a password, by single sign-on.

    The key of the account's own API is the one that its block declares, or the one that the ledger keeps. The second
    needs your identity, and so does a login that is kept in its place. The link is for one IP address, and for fifteen
    minutes. Whoever opens it from there is the account's administrator, so it is printed to a terminal alone unless
    you say --print. Nothing of it is recorded.
    """
    workspace = open_workspace(path, color=True)
    is_shown = is_printed or (is_terminal() and not is_ci())
    if not (browser or is_shown):
        raise CommandExit(
            ExitCode.REFUSED,
            "the link logs in whoever opens it: it is printed to a terminal alone",
            fix="run this in a terminal, or say --browser, or --print if nobody else can read where it goes",
        )
    if address is not None and not _is_address(address):
        raise click.UsageError(f"--address {address}: expected an IP address")
    link = _sign_on(workspace, name, address)
    if not browser:
        exact(f"{link.reveal()}\n".encode())
        click.echo(f"for {SIGN_ON_MINUTES} minutes; whoever opens it is logged in as administrator", err=True)
    elif not open_privately(link):
        raise CommandExit(ExitCode.ERROR, "there is no browser on this machine", fix="run it without --browser")


def _sign_on(workspace: Workspace, name: str, address: str | None) -> Secret:
    from agencyfile.kinds.account_key.completion import key_address  # noqa: PLC0415 - only with a portal
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    label = account_label(name.removeprefix("account."))
    endpoint = workspace.endpoint()
    visitor = address or _visitor(endpoint.account_api.replace("{account}", label))
    with naming_open_calls(workspace), open_reader(endpoint) as reader:
        workspace.unsealing.history = workspace.portal_ledger().history
        return reader.sign_on(label, workspace.unsealing.address_of_key(key_address(label)), visitor)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _visitor(url: str) -> str:
    origin = origin_or_none(url)
    found = visitor_of(origin) if origin else None
    if found is None:
        raise CommandExit(
            ExitCode.USAGE,
            "the IP address that your browser visits the account from is not known here",
            fix="say it: --address IP (a page such as 'what is my IP' shows it)",
        )
    return found


def _balanced(accounts: list[AccountListing], workspace: Workspace) -> list[AccountListing]:
    from agencyfile.cli.balances import with_balances  # noqa: PLC0415 - only who asks for it
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    endpoint = workspace.endpoint()
    with naming_open_calls(workspace), open_reader(endpoint) as reader:
        return with_balances(accounts, workspace, reader, endpoint.account_urls)


def _read(workspace: Workspace | None) -> list[AccountListing]:
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    with naming_open_calls(workspace), open_reader(endpoint_or_default(workspace)) as reader:
        inventory = reader.inventory()
    if not inventory.is_steady:
        click.echo("warning: the list kept changing while it was read; accounts may be missing", err=True)
    if not inventory.has_hub:
        click.echo("days of creation are not told without the hub's key (AGENCYFILE_HUB_KEY)", err=True)
    return account_documents(inventory.accounts, workspace)
