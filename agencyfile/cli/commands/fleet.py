"""`agencyfile fleet`: many agencies in one run."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from agencyfile.cli.console import json_document, log_command
from agencyfile.cli.diagnostics import count_of, print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Duration, MoneyType, Share, no_color
from agencyfile.cli.fleet.opening import choice, engine_choice, fleet_file, open_fleet, open_history
from agencyfile.cli.fleet.output import Output, output_of, print_report, report_output, write_report
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.terminal import terminal_width
from plan.money import Money

if TYPE_CHECKING:
    from agencyfile.cli.fleet.running import Running
    from agencyfile.fleet.model import Fleet, Wave
    from agencyfile.fleet.orders import Task
    from agencyfile.fleet.records import FleetReport

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_LEASE_WAIT: Final = 5.0


@click.group("fleet")
def command() -> None:
    """Many agencies in one run: a group of brands, regions or franchises."""


def _pace(decorated: Decorated) -> Decorated:
    """`--concurrency` and `--lease-wait`."""
    concurrency = click.option(
        "--concurrency", type=click.IntRange(1), metavar="N", help="Most children at a time.  [default: the file's]"
    )
    wait = click.option(
        "--lease-wait",
        type=Duration(),
        default=_LEASE_WAIT,
        metavar="DURATION",
        help="Wait before a second try where somebody else is writing.  [default: 5s]",
    )
    return concurrency(wait(decorated))


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


@command.command("plan")
@choice
@fleet_file
@engine_choice
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the plans, the report, a comment and a page into a folder.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is something to change.")
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when manual steps are pending.")
@click.option("--check", is_flag=True, help="Exit with 3 when an apply would refuse a plan.")
@click.option("--base", metavar="REVISION", help="Also say who asked for it, and what differs in the file since.")
@_pace
@report_output
def plan(
    names: tuple[str, ...],
    *,
    path: Path,
    engine: str,
    waves: tuple[str, ...],
    changed_since: str | None,
    out: Path | None,
    detailed_exitcode: bool,
    concurrency: int | None,
    lease_wait: float,
    fail_if_pending: bool,
    check: bool,
    base: str | None,
    **form: Any,
) -> int:
    """Plan all agencies, or those that NAMES match; nothing is changed.

    An agency that fails does not hold up the others.
    """
    from agencyfile.cli.fleet.running import Running  # noqa: PLC0415
    from agencyfile.fleet.orders import Task  # noqa: PLC0415

    output = output_of(**form)
    fleet, chosen = _chosen(path, names, waves, changed_since, output)
    options = [
        *(["--fail-if-pending"] if fail_if_pending else []),
        *(["--check"] if check else []),
        *([f"--base={base}"] if base is not None else []),
    ]
    report = _ran(fleet, chosen, Task("plan", options), Running(concurrency, out, lease_wait, engine), output)
    if report["exit_code"] == ExitCode.CHANGES and not detailed_exitcode:
        return ExitCode.DONE
    return report["exit_code"]


@command.command("apply")
@choice
@fleet_file
@engine_choice
@click.option(
    "--plans",
    type=click.Path(path_type=Path, file_okay=False),
    help="Apply exactly the plans of this folder, which `fleet plan --out` wrote.",
)
@click.option("--auto-approve", is_flag=True, help="Make plans and apply them. Charges need --allow billed as well.")
@click.option(
    "--allow", default="", metavar="EFFECTS", help="What --auto-approve covers: billed, one-shot, permanent, guard."
)
@click.option("--max-spend", type=MoneyType(), metavar="MONEY", help="Refuse to charge more than this in one agency.")
@click.option(
    "--max-changed-share",
    type=Share(),
    metavar="PERCENT",
    help="Allow a larger share of the live objects of a kind to change than agency.review does.",
)
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when manual steps are pending.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the report, a comment and a page into a folder.",
)
@_pace
@report_output
def apply(
    names: tuple[str, ...],
    *,
    path: Path,
    engine: str,
    waves: tuple[str, ...],
    changed_since: str | None,
    plans: Path | None,
    auto_approve: bool,
    concurrency: int | None,
    lease_wait: float,
    out: Path | None,
    **given: Any,
) -> int:
    """Apply all agencies, or those that NAMES match, wave by wave.

    Once an agency fails, no further one is started; those that run come to their end. An agency whose ledger somebody
    else writes to is tried again. A call without a known outcome is left to a person.
    """
    from agencyfile.cli.fleet.reviewed import reviewed_plans  # noqa: PLC0415
    from agencyfile.cli.fleet.running import Running  # noqa: PLC0415
    from agencyfile.fleet.orders import Task  # noqa: PLC0415

    if (plans is None) == (not auto_approve):
        raise click.UsageError("say either --plans FOLDER or --auto-approve: nobody is asked for each agency")
    form = {name: given.pop(name) for name in ("as_json", "form", "link", "no_color")}
    output = output_of(**form)
    fleet, chosen = _chosen(path, names, waves, changed_since, output)
    reviewed = None
    if plans is not None:
        chosen, reviewed = reviewed_plans(plans, fleet, chosen)
    task = Task("apply", _apply_options(auto_approve=auto_approve, **given), reviewed)
    return _ran(fleet, chosen, task, Running(concurrency, out, lease_wait, engine), output)["exit_code"]


def _apply_options(
    *,
    auto_approve: bool,
    allow: str,
    max_spend: Money | None,
    max_changed_share: float | None,
    fail_if_pending: bool,
) -> list[str]:
    return [
        *(["--auto-approve"] if auto_approve else []),
        *([f"--allow={allow}"] if allow else []),
        *([f"--max-spend={max_spend}"] if max_spend else []),
        *([f"--max-changed-share={max_changed_share:.0%}"] if max_changed_share else []),
        *(["--fail-if-pending"] if fail_if_pending else []),
    ]


@command.command("drift")
@choice
@fleet_file
@engine_choice
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the report, a comment and a page into a folder.",
)
@_pace
@report_output
def drift(
    names: tuple[str, ...],
    *,
    path: Path,
    engine: str,
    waves: tuple[str, ...],
    changed_since: str | None,
    out: Path | None,
    concurrency: int | None,
    lease_wait: float,
    **form: Any,
) -> int:
    """Look for changes that were made at the portals. Exits with 2 when there is drift."""
    from agencyfile.cli.fleet.running import Running  # noqa: PLC0415
    from agencyfile.fleet.orders import Task  # noqa: PLC0415

    output = output_of(**form)
    fleet, chosen = _chosen(path, names, waves, changed_since, output)
    return _ran(fleet, chosen, Task("drift"), Running(concurrency, out, lease_wait, engine), output)["exit_code"]


@command.command("retry")
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@fleet_file
@engine_choice
@click.option("--rest", is_flag=True, help="Also agencies that the run before did not start.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the report, a comment and a page into a folder.",
)
@_pace
@report_output
def retry(
    names: tuple[str, ...],
    *,
    path: Path,
    engine: str,
    rest: bool,
    out: Path | None,
    concurrency: int | None,
    lease_wait: float,
    **form: Any,
) -> int:
    """Run the latest command again, with its options, for the agencies that failed.

    An agency with a call of unknown outcome (exit 5) is left alone: settle that first, as its message says.
    """
    from agencyfile.cli.fleet.retrying import retry_of  # noqa: PLC0415
    from agencyfile.cli.fleet.running import Running, left_alone  # noqa: PLC0415

    output = output_of(**form)
    fleet = open_fleet(path, color=output.color is None)
    again = retry_of(fleet, open_history(fleet, engine), names, with_rest=rest)
    left_alone(again.before, again.unknown)
    if not again.waves:
        click.echo("nothing is left to try again", err=True)
        return ExitCode.UNKNOWN if again.unknown else ExitCode.DONE
    report = _ran(fleet, again.waves, again.task, Running(concurrency, out, lease_wait, engine), output)
    return ExitCode.UNKNOWN if again.unknown else report["exit_code"]


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
        click.echo(f"{name} has no end: it goes on, or was cut off", err=True)
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
    default=_LEASE_WAIT,
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


def _chosen(
    path: Path, names: Sequence[str], waves: Sequence[str], changed_since: str | None, output: Output
) -> tuple["Fleet", tuple["Wave", ...]]:
    from agencyfile.cli.fleet.selection import selected  # noqa: PLC0415

    fleet = open_fleet(path, color=output.color is None)
    return fleet, selected(fleet, names, waves, changed_since)


def _ran(fleet: "Fleet", waves: Sequence["Wave"], task: "Task", running: "Running", output: Output) -> "FleetReport":
    """Run, print the report, and write it where that is asked for."""
    from agencyfile.cli.fleet.running import run_fleet  # noqa: PLC0415

    try:
        report = run_fleet(fleet, waves, task, running)
        if running.out:
            write_report(report, running.out, output.link)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"the run cannot be written down: {error.strerror}") from None
    print_report(report, output)
    return report
