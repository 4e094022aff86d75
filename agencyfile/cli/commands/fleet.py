"""`agencyfile fleet`: many agencies in one run."""

import os
from pathlib import Path
from typing import Any

import click

from agencyfile.cli.commands import fleet_runs
from agencyfile.cli.console import json_document, log_command
from agencyfile.cli.diagnostics import count_of, print_diagnostics
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import Duration, no_color
from agencyfile.cli.fleet.opening import choice, engine_choice, fleet_file, open_fleet, open_history
from agencyfile.cli.fleet.output import output_of, print_report, report_output
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.terminal import terminal_width


@click.group("fleet")
def command() -> None:
    """Many agencies in one run: a group of brands, regions or franchises."""


for _command in (fleet_runs.plan, fleet_runs.apply, fleet_runs.drift, fleet_runs.retry):
    command.add_command(_command)


@command.command("validate")
@fleet_file
@click.option("--json", "as_json", is_flag=True, help="Print the diagnostics as JSON.")
@click.option("--format", "form", type=click.Choice(["text", "github"]), default="text", help="Of the diagnostics.")
@no_color
def validate(path: Path, *, as_json: bool, form: str, no_color: bool) -> int:
    """Check the fleet file, and that its patterns find agencies. Agency files are not read."""
    from agencyfile.fleet.loader import load_fleet  # noqa: PLC0415 - YAML and pydantic
    from agencyfile.language import render_github  # noqa: PLC0415

    loaded = load_fleet(path, os.environ)
    if as_json:
        from plan.forms import encode_diagnostic  # noqa: PLC0415 - only programs need it

        found = [encode_diagnostic(one) for one in loaded.diagnostics]
        json_document({"valid": loaded.fleet is not None, "diagnostics": found})
    elif form == "github":
        for one in loaded.diagnostics:
            log_command(render_github(one))
    else:
        print_diagnostics(loaded.diagnostics, loaded.sources, color=not no_color)
    if loaded.fleet is None:
        return ExitCode.ERROR
    if not as_json and form == "text":
        warnings = f" ({count_of(loaded.diagnostics)})" if loaded.diagnostics else ""
        words = _agencies(len(loaded.fleet.agencies))
        click.echo(f"{path} is valid: {words} in {count(len(loaded.fleet.waves), 'wave')}{warnings}")
    return ExitCode.DONE


def _agencies(number: int) -> str:
    return "1 agency" if number == 1 else f"{number:,} agencies"


@command.command("list")
@choice
@fleet_file
@engine_choice
@click.option("--batch", type=click.IntRange(1), metavar="N", help="Also batches of N agencies, for the jobs of a CI.")
@click.option("--json", "as_json", is_flag=True, help="Print the agencies as JSON.")
@no_color
def list_(
    names: tuple[str, ...],
    *,
    path: Path,
    engine: str,
    waves: tuple[str, ...],
    changed_since: str | None,
    batch: int | None,
    as_json: bool,
    no_color: bool,
) -> int:
    """List agencies, or those that NAMES match."""
    from agencyfile.cli.fleet.listing import listing_of  # noqa: PLC0415
    from agencyfile.cli.fleet.selection import selected  # noqa: PLC0415

    fleet = open_fleet(path, color=not no_color)
    listing = listing_of(fleet, selected(fleet, names, waves, changed_since), batch, open_history(fleet, engine))
    if as_json:
        json_document(listing)
        return ExitCode.DONE
    from agencyfile.cli.render.fleet_text import render_listing  # noqa: PLC0415

    click.echo(render_listing(listing, width=terminal_width()), nl=False, color=False if no_color else None)
    return ExitCode.DONE


@command.command("status")
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@fleet_file
@engine_choice
@click.option("--run", metavar="RUN", help="Show the report of a run instead; `latest` is the newest one.")
@report_output
def status(names: tuple[str, ...], *, path: Path, engine: str, run: str | None, **form: Any) -> int:
    """Show the latest plan, apply and drift of each agency, and what is paused."""
    from agencyfile.cli.fleet.listing import report_of, status_of  # noqa: PLC0415
    from agencyfile.cli.fleet.selection import selected  # noqa: PLC0415
    from agencyfile.cli.render.fleet_text import render_status  # noqa: PLC0415

    output = output_of(**form)
    fleet = open_fleet(path, color=output.color is None)
    journal = open_history(fleet, engine)
    if run is not None:
        print_report(report_of(journal, run), output)
        return ExitCode.DONE
    found = status_of(fleet, selected(fleet, names), journal)
    if output.form == "json":
        json_document(found)
        return ExitCode.DONE
    if output.form != "text":
        raise click.UsageError(f"--format {output.form} shows the report of a run: add --run latest")
    click.echo(render_status(found, width=terminal_width()), nl=False, color=output.color)
    for name in found["running"]:
        click.echo(f"{name} has not ended: it goes on, or was cut off (then: agencyfile fleet retry --rest)", err=True)
    return ExitCode.DONE


@command.command("pause")
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@fleet_file
@engine_choice
@click.option("--reason", required=True, help="Why; everybody sees it.")
@no_color
def pause(names: tuple[str, ...], *, path: Path, engine: str, reason: str, no_color: bool) -> int:
    """Let no apply start agencies: those that NAMES match, or the whole fleet. A run under way heeds it too."""
    from agencyfile.cli.fleet.listing import pause_names  # noqa: PLC0415

    if not reason.strip():
        raise click.UsageError("--reason is empty")
    fleet = open_fleet(path, color=not no_color)
    journal = open_history(fleet, engine)
    journal.pause({**journal.paused(), **dict.fromkeys(pause_names(fleet, names), " ".join(reason.split()))})
    click.echo(f"{', '.join(names) or 'the whole fleet'} paused")
    return ExitCode.DONE


@command.command("resume")
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@fleet_file
@engine_choice
@no_color
def resume(names: tuple[str, ...], *, path: Path, engine: str, no_color: bool) -> int:
    """Let applies start agencies again: those that NAMES match, or all of the fleet."""
    from agencyfile.cli.fleet.listing import pause_names  # noqa: PLC0415

    fleet = open_fleet(path, color=not no_color)
    journal = open_history(fleet, engine)
    paused = journal.paused()
    ended = set(paused) if not names else set(pause_names(fleet, names))
    journal.pause({name: reason for name, reason in paused.items() if name not in ended})
    click.echo(f"{count(len(ended & set(paused)), 'pause')} ended")
    return ExitCode.DONE


@command.command("worker")
@fleet_file
@click.option("--concurrency", type=click.IntRange(1), default=2, metavar="N", help="Children at a time.  [default: 2]")
@click.option("--port", type=click.IntRange(0, 65535), help="Serve /health, /metrics and a status page on this port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve them on.")
@click.option(
    "--heartbeat",
    type=Duration(),
    default=5.0,
    metavar="DURATION",
    help="Time between signs of life; after six of them without one, jobs start again elsewhere.  [default: 5s]",
)
@click.option(
    "--lease-wait",
    type=Duration(),
    default=fleet_runs.LEASE_WAIT,
    metavar="DURATION",
    help="Wait before a second try where somebody else is writing.  [default: 5s]",
)
@no_color
def worker(
    *,
    path: Path,
    concurrency: int,
    port: int | None,
    host: str,
    heartbeat: float,
    lease_wait: float,
    no_color: bool,
) -> int:
    """Run jobs of `--engine postgres` until SIGTERM, on any number of machines; start what is scheduled.

    A second SIGTERM asks the children to stop too. AGENCYFILE_FLEET_DATABASE, or PGHOST and the like, lead to the
    database.
    """
    from agencyfile.cli.fleet.working import work  # noqa: PLC0415 - the extra

    work(path, concurrency, heartbeat, lease_wait, None if port is None else (host, port), color=not no_color)
    return ExitCode.DONE
