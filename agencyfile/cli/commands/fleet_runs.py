"""The commands of `agencyfile fleet` that run a command for many agencies."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Duration, MoneyType, Share
from agencyfile.cli.fleet.opening import choice, engine_choice, fleet_file, open_fleet, open_history
from agencyfile.cli.fleet.output import Output, output_of, print_report, report_output, write_report
from plan.money import Money

if TYPE_CHECKING:
    from agencyfile.cli.fleet.running import Running
    from agencyfile.fleet.model import Fleet, Wave
    from agencyfile.fleet.orders import Task
    from agencyfile.fleet.records import FleetReport

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
LEASE_WAIT: Final = 5.0


def _pace(decorated: Decorated) -> Decorated:
    """`--concurrency` and `--lease-wait`."""
    concurrency = click.option(
        "--concurrency", type=click.IntRange(1), metavar="N", help="Most children at a time.  [default: the file's]"
    )
    wait = click.option(
        "--lease-wait",
        type=Duration(),
        default=LEASE_WAIT,
        metavar="DURATION",
        help="Wait before a second try where somebody else is writing.  [default: 5s]",
    )
    return concurrency(wait(decorated))


def _out(decorated: Decorated) -> Decorated:
    """`--out`."""
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option("--out", type=folder, help="Write the report, a comment and a page into a folder.")(decorated)


@click.command("plan")
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


@click.command("apply")
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
@_out
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
        message = "say either --plans FOLDER, which `fleet plan --out FOLDER` writes, or --auto-approve"
        raise click.UsageError(f"{message}: nobody is asked for each agency")
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


@click.command("drift")
@choice
@fleet_file
@engine_choice
@_out
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


@click.command("retry")
@click.argument("names", nargs=-1, metavar="[NAMES]...")
@fleet_file
@engine_choice
@click.option("--rest", is_flag=True, help="Also agencies that the run before did not start.")
@_out
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
    if again.unknown:
        return ExitCode.UNKNOWN
    is_planned = report["command"] == "plan" and report["exit_code"] == ExitCode.CHANGES
    return ExitCode.DONE if is_planned else report["exit_code"]  # as `fleet plan` without --detailed-exitcode


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
