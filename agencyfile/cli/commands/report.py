"""`agencyfile report`: what the agency has, costs and did, as a page, a workbook and a calendar."""

from collections.abc import Callable
from pathlib import Path

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.flags import agency_file, no_color
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.output import write_whole
from agencyfile.cli.render.numbers import count
from agencyfile.cli.reporting.records import ReportDocument
from agencyfile.cli.workspace import open_workspace

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("report")
@click.option("--out", type=_FILE, help="Write the page to this file.  [default: report.html]")
@click.option("--xlsx", type=_FILE, help="Write a workbook to this file.")
@click.option("--ics", type=_FILE, help="Write a calendar of ends and renewals to this file.")
@click.option(
    "--balances", is_flag=True, help="Ask accounts whose API a key opens for the email credits that are left."
)
@click.option("--json", "as_json", is_flag=True, help="Print the document; write files only where they are named.")
@no_color
@agency_file
def command(
    *,
    out: Path | None,
    xlsx: Path | None,
    ics: Path | None,
    balances: bool,
    as_json: bool,
    no_color: bool,
    path: Path,
) -> None:
    """Write a report: clients, cost per month, trials, renewals, open steps, credits, drift and history.

    The page is one file that asks for nothing else. The portal and the ledger are only read. All amounts are list
    prices, before any partner discount.
    """
    document = _document(path, balances=balances, color=not no_color)
    page = out if out is not None or as_json or xlsx or ics else Path("report.html")
    wanted: dict[Path | None, Callable[[ReportDocument], str | bytes]] = {page: _page, xlsx: _workbook, ics: _calendar}
    written = [_written(name, make(document)) for name, make in wanted.items() if name is not None]
    if as_json:
        json_document(document)
    else:
        click.echo(f"{', '.join(written)}: {count(len(document['accounts']), 'account')}")


def _document(path: Path, *, balances: bool, color: bool) -> ReportDocument:
    from agencyfile.cli.reporting.document import report_document  # noqa: PLC0415 - heavy
    from agencyfile.cli.reporting.gathering import gather  # noqa: PLC0415 - same
    from agencyfile.portal import open_reader  # noqa: PLC0415 - same

    workspace = open_workspace(path, color=color)
    with naming_open_calls(workspace), open_reader(workspace.endpoint()) as reader:
        return report_document(gather(workspace, reader, balances=balances))


def _page(document: ReportDocument) -> str:
    from agencyfile.cli.render.html.report import render_report_page  # noqa: PLC0415 - each form alone

    return render_report_page(document)


def _workbook(document: ReportDocument) -> bytes:
    from agencyfile.cli.render.cells import render_workbook  # noqa: PLC0415 - each form alone
    from agencyfile.cli.render.report_cells import report_sheets  # noqa: PLC0415 - same

    return render_workbook(report_sheets(document))


def _calendar(document: ReportDocument) -> str:
    from agencyfile.cli.render.calendar_text import render_calendar  # noqa: PLC0415 - each form alone

    return render_calendar(document)


def _written(path: Path, content: str | bytes) -> str:
    write_whole(path, content)
    return str(path)
