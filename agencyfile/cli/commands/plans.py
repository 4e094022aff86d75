"""`agencyfile plans`: the subscription plans of the portal, at list prices."""

from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.portal_lists import ALIASES, TIERS, plan_documents
from agencyfile.cli.render.lists_text import render_plans
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.workspace import endpoint_or_default, workspace_if_any


@click.group("plans")
def command() -> None:
    """Subscription plans that the portal sells."""


@command.command("list")
@click.option(
    "--tier",
    "tiers",
    type=click.Choice([*TIERS, *ALIASES]),
    multiple=True,
    help="Only plans of this tier; may be repeated.",
)
@click.option(
    "--billing",
    "billings",
    type=click.Choice(["monthly", "annual"]),
    multiple=True,
    help="Only plans with this billing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the plans as JSON.")
@no_color
@agency_file
def list_(
    tiers: tuple[str, ...],
    billings: tuple[str, ...],
    as_json: bool,  # noqa: FBT001
    no_color: bool,  # noqa: FBT001
    path: Path,
) -> None:
    """List the plans that a block's `plan` may name, with ids and list prices.

    A list price is for one term, before any partner discount. This works without an agency file; the keys are enough.
    """
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy

    workspace = workspace_if_any(path, color=not no_color)
    with naming_open_calls(workspace), open_reader(endpoint_or_default(workspace)) as reader:
        offers = reader.offers()
    shown = plan_documents(offers, [ALIASES.get(tier, tier) for tier in tiers], billings)
    if as_json:
        json_document({"plans": shown})
        return
    click.echo(render_plans(shown, width=terminal_width()), nl=False, color=False if no_color else None)
    click.echo(f"{len(shown):,} of {len(offers):,} plans, at list prices before any partner discount", err=True)
