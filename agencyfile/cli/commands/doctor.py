"""`agencyfile doctor`: look at the set-up and at the portal. It holds a reader, so it cannot write there."""

from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Duration, agency_file, lock_timeout, no_color
from agencyfile.cli.open_calls import first_command, named, open_calls
from agencyfile.cli.render.terminal import terminal_width


@click.command("doctor")
@agency_file
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON (schema: agencyfile schema doctor).")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a report for the maintainers: no name, no address, no key. An existing file is never overwritten.",
)
@click.option("--remember", is_flag=True, help="Write the portal's readings into the ledger.")
@click.option(
    "--timeout",
    type=Duration(),
    default=60.0,
    metavar="DURATION",
    help="Time for all questions to the portal together.  [default: 60s]",
)
@lock_timeout
@no_color
def command(
    *,
    path: Path,
    as_json: bool,
    report: Path | None,
    remember: bool,
    timeout: float,
    lock_timeout: float,
    no_color: bool,
) -> int:
    """Check the set-up: keys, portal, ledger, passwords, git, pipelines.

    Changes nothing at the portal. Each problem comes with what to do about it. The portal's readings of open questions
    are compared with those that the ledger knows. Exits with 0 without a problem, with 1 if there is one, and with 5
    while the outcome of a call is unknown. It works without an agency file too; the keys are enough.
    """
    from agencyfile.cli.doctor.examination import examine_everything  # noqa: PLC0415 - heavy
    from agencyfile.cli.doctor.remembering import remember as write_down  # noqa: PLC0415
    from agencyfile.cli.doctor.report import write_report  # noqa: PLC0415
    from agencyfile.cli.render.doctor_text import render_doctor  # noqa: PLC0415

    examined = examine_everything(path, seconds=timeout)
    if as_json:
        json_document(examined.document)
    else:
        text = render_doctor(examined.document, width=terminal_width())
        click.echo(text, nl=False, color=False if no_color else None)
    if report:
        write_report(examined, report)
        click.echo(f"{report} holds no name, address or key: you can send it to the maintainers", err=True)
    if remember:
        click.echo(write_down(examined, patience=lock_timeout), err=True)
    calls = open_calls(examined.ledger) if examined.ledger else {}
    if calls:
        raise CommandExit(ExitCode.UNKNOWN, named(calls), fix=first_command(calls))
    problems = [check["subject"] for check in examined.document["checks"] if check["state"] == "problem"]
    if problems and not as_json:
        raise CommandExit(ExitCode.ERROR, f"there are problems with: {', '.join(dict.fromkeys(problems))}")
    return examined.document["exit_code"]
