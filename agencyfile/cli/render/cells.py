"""Tables for spreadsheets: CSV and workbooks, in which no name is ever a formula.

A spreadsheet evaluates a cell that begins with `=`, `+`, `-` or `@`, also in their full width. In a CSV file it may cut
cells at another separator than the comma, so that a sign behind one begins a cell too. Such a sign gets an apostrophe
in front of it. Workbooks say of each cell that it is text, and need none.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from agencyfile.cli.render.safe import shortened

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell: TypeAlias = str | int | Decimal | date | None

_FORMULA: Final = re.compile(r"(?:^|(?<=[;,\t|]))(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_LONGEST: Final = 30_000  # characters; a cell of a workbook takes 32,767
_WIDEST: Final = 60
_NARROWEST: Final = 8
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, its heads and its rows. `total` is one more row, which is set apart."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Sequence[Cell]] = ()


def render_csv(sheet: Sheet) -> str:
    """The rows as CSV (RFC 4180, with line feeds), each text in quotes. Totals are left out: others add the rows up."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(sheet.head)
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return written.getvalue()


def _plain(cell: Cell) -> str | int | Decimal:
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case str():
            return _FORMULA.sub(r"\1'", shortened(cell, _LONGEST))
        case _:
            return cell


def render_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The tables as a workbook (.xlsx), one sheet each."""
    from openpyxl import Workbook  # noqa: PLC0415 - only what writes a workbook pays for it

    book = Workbook()
    for number, sheet in enumerate(sheets):
        page = book.active if number == 0 else book.create_sheet()
        _fill(page, sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(page: "Worksheet", sheet: Sheet) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    page.title = _FORBIDDEN.sub("-", sheet.name)[:31]
    bold = Font(bold=True)
    for row, cells in enumerate((sheet.head, *sheet.rows, *sheet.total), 1):
        is_set_apart = row == 1 or row > 1 + len(sheet.rows)
        for column, value in enumerate(cells, 1):
            if value is not None:
                _put(page.cell(row, column), value, bold if is_set_apart else None)
    page.freeze_panes = "A2"
    if sheet.rows:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.head))}{1 + len(sheet.rows)}"
    for column, head in enumerate(sheet.head):
        width = max(len(str(cells[column])) for cells in (sheet.head, *sheet.rows, *sheet.total) if column < len(cells))
        page.column_dimensions[get_column_letter(column + 1)].width = (
            min(max(width, len(head), _NARROWEST), _WIDEST) + 2
        )


def _put(cell: Any, value: Cell, font: Any) -> None:
    """Put a value into a cell. A text is said to be one, so that none is a formula, before or after it is edited."""
    if isinstance(value, str):
        cell.value = shortened(value, _LONGEST)
        cell.data_type = "s"
        cell.quotePrefix = True
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0.00"
    if font is not None:
        cell.font = font
