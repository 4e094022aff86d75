"""Exports come from elsewhere: what cannot be used is named by its place, and nothing is read half without a word."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clients.workbooks import hostile
from openpyxl import Workbook

from agencyfile.contacts.errors import ExportError
from agencyfile.contacts.export import Export, read_export

HEAD = "E-mail,Name,Phone,Language,Group contact,Status,Customer number,Level,Level id,Subscription,Exported\n"
NOC = "noc@acme.example,Acme NOC,,fr,yes,Not required,OCN-1,Account,,Planned Works,2026-11-20T10:00:00+00:00\n"
JANE = (
    "Jane@Acme.example,Jane Doe,+32 2 555 01 01,,no,Pending verification,OCN-1,Service,SVC-1,"
    "Proactive Service Outage,2026-11-20T10:00:00+00:00\n"
)


def read(folder: Path, text: str | bytes) -> Export:
    """Read an export."""
    path = folder / "contacts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_export(path)


def test_export_is_people_and_subscriptions(tmp_path: Path) -> None:
    """Addresses are compared without capitals; a subscription of a service has the service in front."""
    export = read(tmp_path, HEAD + NOC + JANE)

    assert export.problems == []
    assert export.made == datetime(2026, 11, 20, 10, tzinfo=UTC)
    jane = export.people["jane@acme.example"]
    assert (dict(jane.words), jane.is_group, jane.is_pending) == (
        {"name": "Jane Doe", "phone": "+32 2 555 01 01"},
        False,
        True,
    )
    assert export.people["noc@acme.example"].is_group
    assert export.subscribed == {
        "OCN-1": {
            "planned-works": {"noc@acme.example"},
            "service SVC-1/proactive-service-outage": {"jane@acme.example"},
        }
    }


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_mark_of_order_are_read(tmp_path: Path, delimiter: str) -> None:
    """As spreadsheets of other languages write them."""
    text = (HEAD + NOC).replace(",", delimiter)

    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()).people.keys() == {"noc@acme.example"}


def test_workbook_says_the_same_as_the_csv(tmp_path: Path) -> None:
    """A number in a cell is text; a hidden sheet is no export."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD, NOC, JANE):
        sheet.append(line.strip().split(","))
    sheet.append(["max@acme.example", "Max", 32255501, None, "no", "Verified", "OCN-1", None, None, "Planned Works"])
    hidden = book.create_sheet("Old")
    hidden.append(["E-mail"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "contacts.xlsx"
    book.save(path)

    export, other = read_export(path), read(tmp_path, HEAD + NOC + JANE)
    assert export.people.pop("max@acme.example").words["phone"] == "32255501"
    export.subscribed["OCN-1"]["planned-works"].remove("max@acme.example")
    assert (export.people, export.subscribed, export.problems) == (other.people, other.subscribed, [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("nobody,N,,,,,OCN-1,,,Planned Works,\n", "line 3, column A: is no e-mail address"),
        ("a@b.example,N,,,,,OCN-1,Region,,Planned Works,\n", "line 3: names no customer number, no subscription"),
        ("a@b.example,N,,,,,,,,Planned Works,\n", "line 3: names no customer number, no subscription"),
        ("a@b.example,N,,,,,OCN-1,,,???,\n", "line 3: names no customer number, no subscription"),
        (f"a@b.example,{'N' * 1001},,,,,,,,,\n", "line 3, column B: is longer than 1,000 characters"),
        ("a@b.example,N\u202eN,,,,,,,,,\n", "line 3, column B: holds characters that are not seen"),
        ("noc@acme.example,Other,,fr,yes,,,,,,\n", "line 3: says something else of noc@acme.example"),
    ],
)
def test_bad_row_is_named_and_the_others_count(tmp_path: Path, row: str, problem: str) -> None:
    """By line and column, without its value."""
    export = read(tmp_path, HEAD + NOC + row + JANE)

    assert {"noc@acme.example", "jane@acme.example"} <= export.people.keys()
    (found,) = export.problems
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "has no column e-mail", id="empty"),
        pytest.param(
            b"Name,Phone\nA,B\n",
            "has no column e-mail and no column customer number and no column subscription",
            id="other columns",
        ),
        pytest.param(HEAD.encode() + b'"noc@acme.example,never closed\n', "is no CSV", id="open quote"),
        pytest.param((HEAD + "é@acme.example\n").encode("latin-1"), "is not UTF-8", id="latin-1"),
        pytest.param(b"\x00\xff\xfe", "is not UTF-8", id="bytes"),
        pytest.param(
            HEAD.encode() + b"x\n" * 200_001, "has more than 200,000 rows", id="too long", marks=pytest.mark.rest
        ),
    ],
)
def test_export_that_cannot_be_read_stops_everything(tmp_path: Path, content: bytes, message: str) -> None:
    """Half an export would plan what is done already."""
    with pytest.raises(ExportError, match=message):
        read(tmp_path, content)


def test_file_that_is_none_stops_everything(tmp_path: Path) -> None:
    """A folder, a pipe, nothing, or 20 MB."""
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)
    for path in (tmp_path, tmp_path / "absent.csv", large, tmp_path / "absent.xlsx"):
        with pytest.raises(ExportError):
            read_export(path)


def test_hostile_workbooks_end_in_an_error(tmp_path: Path) -> None:
    """Those that are made for the import of clients: bombs, other formats, cut files. None is an export."""
    for number in random.Random(5).sample(range(200), 6):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(hostile(number).content)
        with pytest.raises(ExportError):
            read_export(path)


def test_hostile_cells_are_named_and_the_other_rows_count(tmp_path: Path) -> None:
    """Formulas, dates, truth values and merged cells, each by sheet, row and column."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Contacts"
    for line in (HEAD, NOC):
        sheet.append(line.strip().split(","))
    sheet.append(["=HYPERLINK(1)", "A"])
    sheet.append(["b@acme.example", datetime(2026, 1, 1)])  # noqa: DTZ001 - a spreadsheet knows no zone
    sheet.append(["c@acme.example", True])
    sheet.append(["d@acme.example", "D", "", "", "", "", "OCN-1"])
    sheet.merge_cells("A6:A7")
    path = tmp_path / "contacts.xlsx"
    book.save(path)

    export = read_export(path)
    assert export.people.keys() == {"noc@acme.example"}
    assert export.problems == [
        "Contacts, row 3, column A: holds a formula; paste its value",
        "Contacts, row 4, column B: is a date, where text is expected",
        "Contacts, row 5, column B: is true or false, where text is expected",
        "Contacts, row 6, column A: is part of merged cells",
    ]
