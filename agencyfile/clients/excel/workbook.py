"""A workbook as a source: rows of the child process become records."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import agencyfile
from agencyfile.clients.checks import Raw, RawClient, checked
from agencyfile.clients.excel.layouts import LAYOUTS, Columns, Layout, columns_of
from agencyfile.clients.records import Connected, Found, Problem, Record, Rejected, Remark, SourceError
from plan.child_environment import without_secrets

LARGEST: Final = 50 * 1024 * 1024  # bytes of the file
_HEADER_ROWS: Final = 30  # rows of a sheet among which its headers stand
_LONGEST_LINE: Final = 4 * 1024 * 1024
FAULTS: Final = {
    "formula": "holds a formula; paste its value",
    "error": "holds an error of the spreadsheet",
    "boolean": "is true or false, where text is expected",
    "date": "is a date, where text is expected",
    "other": "is no text",
}
_OUT_OF_MEMORY: Final = 3
_TALL: Final = 50  # rows


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of reading a workbook: bytes of address space, seconds of processor time."""

    memory: int = 768 * 1024 * 1024
    processor: int = 90


@dataclass(slots=True)
class Workbook:
    """A workbook. `layouts` are the layouts that its sheets may have."""

    path: Path
    layouts: Sequence[Layout] = LAYOUTS
    limits: Limits = Limits()
    name: str = field(default="excel", init=False)

    def connect(self) -> Connected:
        """Read the workbook to its end, and say which sheets hold clients.

        Raises:
            SourceError: it cannot be read.
        """
        rows: dict[str, int] = {}
        for record in self.read():
            if isinstance(record, Found | Rejected):
                sheet = record.place.rpartition("!")[0]
                rows[sheet] = rows.get(sheet, 0) + 1
        return Connected(str(self.path), tuple(f"{sheet}: {count:,} rows" for sheet, count in rows.items()))

    def read(self) -> Iterator[Record]:
        """Read every row of every visible sheet whose headers are known.

        Raises:
            SourceError: the file is no workbook, holds too much, or no sheet has headers that are known.
        """
        reading = _Reading(self.layouts)
        with closing(sheet_lines(self.path, self.limits)) as lines:
            for line in lines:
                yield from reading.take(line)
        if not reading.has_clients:
            raise SourceError(
                "no visible sheet has a row of headers that is known",
                "agencyfile clients template clients.xlsx shows one; --columns FILE declares others",
            )


class _Reading:
    """The state of a reading: the sheet at hand, its columns, its merged cells."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self._layouts = layouts
        self._sheet = ""
        self._looked_at = 0
        self._columns: Columns | None = None
        self._merged = Merged(())
        self.has_clients = False

    def take(self, line: Mapping[str, Any]) -> Iterator[Record]:
        """Take one line, and yield the records that are complete."""
        if "sheet" in line or "end" in line:
            if self._sheet and self._columns is None:
                yield Remark(f"the sheet {self._sheet} has no row of known headers, and was not read")
            self._sheet = ""
        if "sheet" in line:
            if line["hidden"]:
                yield Remark(f"the sheet {line['sheet']} is hidden, and was not read")
            else:
                self._sheet, self._columns, self._looked_at = line["sheet"], None, 0
                self._merged = Merged(line["merged"])
        elif "row" in line:
            yield from self._take_row(line["row"], {column: (kind, text) for column, kind, text in line["cells"]})

    def _take_row(self, number: int, cells: Mapping[int, Sequence[str]]) -> Iterator[Record]:
        if self._columns is not None:
            yield from self._records(number, cells, self._columns)
        elif self._looked_at < _HEADER_ROWS:
            self._looked_at += 1
            headers = {column: text for column, (kind, text) in cells.items() if kind == "text"}
            self._columns = columns_of(headers, self._layouts)
            self.has_clients |= self._columns is not None

    def _records(self, number: int, cells: Mapping[int, Sequence[str]], columns: Columns) -> Iterator[Record]:
        if columns.all.isdisjoint(cells):
            return
        joined = [column for column in sorted(columns.all) if self._merged.covers(number, column)]
        if joined:
            problems = [Problem(self._place(number, column), "is part of merged cells") for column in joined]
            yield Rejected(f"{self._sheet}!{number}", tuple(problems))
        else:
            yield self._record(number, cells, columns)

    def _record(self, number: int, cells: Mapping[int, Sequence[str]], columns: Columns) -> Record:
        place = f"{self._sheet}!{number}"
        if columns.status is not None and columns.status in cells:
            _, status = cells[columns.status]
            if status.strip() and status.strip().casefold() not in columns.layout.client_words:
                where = self._place(number, columns.status)
                return Rejected(place, (Problem(where, "says that this is no client"),))
        values = {
            name: [self._raw(number, column, *cells[column]) for column in of_field if column in cells]
            for name, of_field in columns.by_field.items()
        }
        return checked(RawClient(place, values))

    def _raw(self, number: int, column: int, kind: str, text: str) -> Raw:
        return Raw(self._place(number, column), text, FAULTS.get(kind, ""), is_number=kind == "number")

    def _place(self, row: int, column: int) -> str:
        return f"{self._sheet}!{letters(column)}{row}"


class Merged:
    """The merged ranges of a sheet. Those of a few rows are found by their row, the others are few."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._by_row: dict[int, list[tuple[int, int]]] = {}
        self._tall: list[tuple[int, int, int, int]] = []
        for top, bottom, left, right in map(_range, texts):
            if bottom - top > _TALL:
                self._tall.append((top, bottom, left, right))
            else:
                for row in range(top, bottom + 1):
                    self._by_row.setdefault(row, []).append((left, right))
        if len(self._tall) > _TALL:
            raise SourceError(f"a sheet has more than {_TALL} merged ranges of more than {_TALL} rows")

    def covers(self, row: int, column: int) -> bool:
        """Return whether a cell is part of merged cells."""
        if any(left <= column <= right for left, right in self._by_row.get(row, ())):
            return True
        return any(top <= row <= bottom and left <= column <= right for top, bottom, left, right in self._tall)


def _range(text: str) -> tuple[int, int, int, int]:
    (left, top), (right, bottom) = (_corner(corner) for corner in text.split(":"))
    return top, bottom, left, right


def _corner(text: str) -> tuple[int, int]:
    letters = text.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(text[len(letters) :])


def letters(column: int) -> str:
    """Return the letters of a column, as spreadsheets show them."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sheet_lines(path: Path, limits: Limits = Limits()) -> Generator[Mapping[str, Any], None, None]:
    """Start the child, yield its lines, and end it.

    Raises:
        SourceError: the child could not read the workbook to its end.
    """
    with _opened(path) as workbook:
        child = subprocess.Popen(  # noqa: S603 - this very Python, with a module of ours
            [sys.executable, "-P", "-m", "agencyfile.clients.excel.child", str(limits.memory), str(limits.processor)],
            stdin=workbook,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
    is_whole = False
    try:
        while line := child.stdout.readline(_LONGEST_LINE) if child.stdout else b"":
            said = _decoded(line)
            is_whole = "end" in said
            yield said
    finally:
        child.kill()
        code = child.wait()
        if child.stdout:
            child.stdout.close()
    if not is_whole:
        raise _broken(code)


def _environment() -> dict[str, str]:
    """The environment of the child: no key, and of all places to find modules only that of agencyfile itself."""
    return without_secrets(os.environ, may_authenticate=False) | {
        "PYTHONPATH": str(Path(agencyfile.__file__).resolve().parents[1]),
        "OPENPYXL_LXML": "False",  # one parser, whatever else is installed
    }


def _opened(path: Path) -> Any:
    try:
        stream = path.open("rb")
        found = os.fstat(stream.fileno())
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        stream.close()
        raise SourceError(f"{path} is no file of at most {LARGEST // 1024**2} MB")
    return stream


def _decoded(line: bytes) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = json.loads(line)
    except ValueError:
        return {}
    if "refused" in said:
        raise SourceError(f"the workbook is not read: {said['refused']}")
    if "broken" in said:
        raise SourceError(f"the workbook is damaged ({said['broken']})", "open it in a spreadsheet and save it again")
    return said


def _broken(code: int) -> SourceError:
    if code == -signal.SIGXCPU:
        return SourceError("the workbook takes too long to read", "split it, or remove what is not needed")
    if code in (_OUT_OF_MEMORY, -signal.SIGKILL):
        return SourceError("the workbook needs too much memory", "split it, or remove what is not needed")
    return SourceError("the workbook cannot be read to its end", "open it in a spreadsheet and save it again")
