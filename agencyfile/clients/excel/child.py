"""The child process that reads a workbook: standard input is the workbook, standard output one JSON line for each row.

Its two arguments are bytes of address space and seconds of processor time.

It holds no key, and its memory, processor time and output are limited. Whatever a workbook does to the libraries that
read it, it does here. The parent believes the end only when the line `{"end": true}` has come.
"""

import datetime as dt
import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Final

MOST_ENTRIES: Final = 2_000
MOST_BYTES: Final = 400 * 1024 * 1024  # of all parts of the workbook, unpacked
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 120
MOST_MERGED: Final = 10_000
LONGEST: Final = 1_000  # characters of a cell
_MACROS: Final = re.compile(r"(^|/)vbaProject\.bin$", re.IGNORECASE)
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_PIECE: Final = 1 << 20
_SPECIAL: Final = {"f": "formula", "e": "error", "b": "boolean"}


class Refused(Exception):
    """The bytes are no workbook that is read. The message says what they are."""


def main() -> int:
    """Read the workbook on standard input."""
    _limit(memory=int(sys.argv[1]), processor=int(sys.argv[2]))
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as out:
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - libraries may print
        return _told(out)


def _told(out: IO[str]) -> int:
    try:
        with os.fdopen(os.dup(0), "rb") as workbook:
            for line in lines(workbook):
                out.write(json.dumps(line, ensure_ascii=True) + "\n")
    except Refused as error:
        out.write(json.dumps({"refused": str(error)}) + "\n")
    except MemoryError:
        return 3
    except Exception as error:  # noqa: BLE001 - whatever a hostile workbook makes a library raise
        out.write(json.dumps({"broken": type(error).__name__}) + "\n")
    return 0


def lines(workbook: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield what the workbook holds: sheets, rows, merged cells, the end."""
    _check_format(workbook)
    with zipfile.ZipFile(workbook) as archive:
        _check_archive(archive)
        workbook.seek(0)
        from openpyxl import load_workbook  # noqa: PLC0415 - only what passed the checks

        book = load_workbook(workbook, read_only=True, data_only=False, keep_links=False)
        rows = 0
        for sheet in book.worksheets:
            is_hidden = sheet.sheet_state != "visible"
            merged = [] if is_hidden else list(_merged(archive, sheet))
            yield {"sheet": str(sheet.title)[:LONGEST], "hidden": is_hidden, "merged": merged}
            if is_hidden:
                continue
            sheet.reset_dimensions()  # what a workbook says of its own size is not believed
            for row in sheet.iter_rows(max_col=MOST_COLUMNS):
                cells = [_cell(cell) for cell in row if cell.value is not None]
                if not cells:
                    continue
                rows += 1
                if rows > MOST_ROWS:
                    raise Refused(f"it has more than {MOST_ROWS:,} rows")
                yield {"row": next(cell.row for cell in row if cell.value is not None), "cells": cells}
        yield {"end": True}


def _limit(*, memory: int, processor: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _check_format(workbook: IO[bytes]) -> None:
    head = workbook.read(8)
    workbook.seek(0)
    if not head:
        raise Refused("it is empty")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("it is an old workbook (.xls), or one with a password; save it as .xlsx without one")
    if not head.startswith(b"PK"):
        raise Refused("it is no workbook (.xlsx)")
    if not zipfile.is_zipfile(workbook):
        raise Refused("it is cut off, or no workbook (.xlsx)")
    workbook.seek(0)


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse archives that would unpack to too much, and those that hold something else than a workbook of cells."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_ENTRIES:
        raise Refused(f"it has more than {MOST_ENTRIES:,} parts")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise Refused(f"it would unpack to more than {MOST_BYTES // 1024**2} MB")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("it has a password")
    if any(map(_MACROS.search, names)):
        raise Refused("it holds macros (.xlsm); save it as .xlsx")
    if "xl/workbook.bin" in names:
        raise Refused("it is a binary workbook (.xlsb); save it as .xlsx")
    if "[Content_Types].xml" not in names:
        raise Refused("it is an archive, but no workbook (.xlsx)")


def _cell(cell: Any) -> list[Any]:
    """A cell as column, kind and text. Kinds: text, number, true or false, date, error, formula, other."""
    column, value = cell.column, cell.value
    if cell.data_type in _SPECIAL:
        return [column, _SPECIAL[cell.data_type], ""]
    if isinstance(value, int | float):
        return [column, "number", _number(value)]
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return [column, "date", ""]
    if isinstance(value, str):
        return [column, "text", value[: LONGEST + 1]]
    return [column, "other", ""]


def _number(value: float) -> str:
    """The digits of a whole number; anything else as Python writes it."""
    if abs(value) < 1e15 and value == int(value):  # noqa: PLR2004 - beyond it digits are lost
        return str(int(value))
    return repr(value)[:LONGEST]


def _merged(archive: zipfile.ZipFile, sheet: Any) -> Iterator[str]:
    """The merged ranges of a sheet. openpyxl does not tell them of a sheet that it reads row by row."""
    with archive.open(sheet._worksheet_path) as part:  # noqa: SLF001 - the only place that knows the part
        rest, found = b"", 0
        while piece := part.read(_PIECE):
            window = rest + piece
            for match in _MERGED.finditer(window):
                found += 1
                if found > MOST_MERGED:
                    raise Refused(f"a sheet has more than {MOST_MERGED:,} merged ranges")
                yield match[1].decode()
            cut = window.rfind(b"<")
            rest = window[cut:][-4096:] if cut >= 0 else b""


if __name__ == "__main__":
    sys.exit(main())
