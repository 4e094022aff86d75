"""Rows of an export: a .csv file or a workbook, both from elsewhere, so both hostile.

A workbook is read by the child process that reads workbooks of clients, with its limits. A .csv file is small enough
to be read whole, as UTF-8.
"""

import csv
import io
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agencyfile.clients.excel.workbook import FAULTS, Merged, letters, sheet_lines
from agencyfile.clients.records import SourceError
from agencyfile.contacts.errors import ExportError

LARGEST: Final = 20 * 1024 * 1024  # bytes of a .csv file
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 120
LONGEST: Final = 1_000  # characters of a cell
_DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: texts by column, and why cells cannot be read, by column. `place` names the row for a person."""

    place: str
    texts: Mapping[int, str]
    faults: Mapping[int, str]

    def at(self, column: int) -> str:
        """Return the place of a cell."""
        return f"{self.place}, column {letters(column)}"


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an export, empty ones left out.

    Raises:
        ExportError: it cannot be read to its end.
    """
    return _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)


def _csv(path: Path) -> Iterator[Row]:
    text = _text(path)
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise ExportError(f"{path} has more than {MOST_ROWS:,} rows")
            if any(cell.strip() for cell in cells):
                yield _row_of(reader.line_num, cells)
    except csv.Error as error:
        raise ExportError(f"{path}, line {reader.line_num}, is no CSV: {error}", fix="export it again") from None


def _row_of(line: int, cells: list[str]) -> Row:
    texts: dict[int, str] = {}
    faults: dict[int, str] = {}
    for column, cell in enumerate(cells[:MOST_COLUMNS], start=1):
        value = cell.strip()
        if len(value) > LONGEST:
            faults[column] = f"is longer than {LONGEST:,} characters"
        elif not value.isprintable():
            faults[column] = "holds characters that are not seen"
        elif value:
            texts[column] = value
    return Row(f"line {line}", texts, faults)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
                raise ExportError(f"{path} is no file of at most {LARGEST // 1024**2} MB")
            return stream.read(LARGEST + 1).decode("utf-8-sig")
    except OSError as error:
        raise ExportError(
            f"the export of contacts cannot be read: {path}: {error.strerror}",
            fix="export the contact list on the operator's pages, and save it there",
        ) from None
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{path} is not UTF-8 (byte {error.start})", fix="export it as UTF-8, or as a workbook (.xlsx)"
        ) from None


def _workbook(path: Path) -> Iterator[Row]:
    sheet, merged, is_read = "", Merged(()), False
    try:
        with closing(sheet_lines(path)) as lines:
            for line in lines:
                if "sheet" in line:
                    is_read = not line["hidden"] and not sheet
                    if is_read:
                        sheet, merged = line["sheet"], Merged(line["merged"])
                elif "row" in line and is_read:
                    yield _row_in(sheet, merged, line["row"], line["cells"])
    except SourceError as error:
        raise ExportError(f"{path}: {error}", fix=error.fix) from None


def _row_in(sheet: str, merged: Merged, number: int, cells: list[list[str]]) -> Row:
    texts: dict[int, str] = {}
    faults: dict[int, str] = {}
    for column, kind, text in ((int(cell[0]), cell[1], cell[2]) for cell in cells):
        value = text.strip()
        if merged.covers(number, column):
            faults[column] = "is part of merged cells"
        elif kind in FAULTS:
            faults[column] = FAULTS[kind]
        elif len(value) > LONGEST or not value.isprintable():
            faults[column] = "is too long, or holds characters that are not seen"
        elif value:
            texts[column] = value
    return Row(f"{sheet}, row {number}", texts, faults)
