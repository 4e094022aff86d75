"""Workbooks as a source: every bad row is named, the good ones are read, and nothing hostile does harm."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from clients.workbooks import (
    HEADERS,
    ROWS,
    book_bytes,
    enterprise_number,
    hostile,
    register_number,
    row,
    rows,
    with_shared_strings,
    write,
)
from openpyxl import load_workbook
from sampling import thinned

from agencyfile.clients.excel.layouts import declared_layout
from agencyfile.clients.excel.template import template_bytes
from agencyfile.clients.excel.workbook import Limits, Workbook
from agencyfile.clients.records import Found, Record, Rejected, Remark, SourceError


def read(path: Path) -> list[Record]:
    """Every record of a workbook."""
    return list(Workbook(path).read())


def texts(records: list[Record]) -> Iterator[str]:
    """Everything that records say."""
    for one in records:
        if isinstance(one, Found):
            yield from (*one.words.values(), *one.notes, one.key or "", one.place)
        elif isinstance(one, Rejected):
            yield from (text for problem in one.problems for text in (problem.place, problem.reason))
        else:
            yield one.text


@pytest.mark.long
@pytest.mark.parametrize("number", thinned(range(200), every=47))
def test_hostile_workbook_does_no_harm(number: int, tmp_path: Path) -> None:
    """Each bad row is named by sheet, row and column, the good rows come, or the workbook is refused as a whole."""
    case = hostile(number)
    path = tmp_path / "clients.xlsx"
    path.write_bytes(case.content)
    try:
        records = read(path)
    except SourceError:
        records = None
    if records is None:
        assert case.bad is None, case
        return
    assert not case.is_refused, case
    said = "\n".join(texts(records))
    assert [secret for secret in case.secrets if secret in said] == []
    if case.bad is not None:
        rejected = [one for one in records if isinstance(one, Rejected)]
        named = {place for one in rejected for place in (one.place, *(problem.place for problem in one.problems))}
        assert set(case.bad) <= named, (case, named)
        assert sum(isinstance(one, Found) for one in records) == case.good


def test_rows_become_clients(tmp_path: Path) -> None:
    """Words in their canonical form, the code as key, the register number nowhere."""
    found = read(write(tmp_path / "clients.xlsx", rows(1)))

    assert found == [
        Found(
            {
                "name": "Client 0",
                "email": "owner0@client0.example",
                "language": "fr",
                "country": "BE",
                "phone": "+32 2 555 01 01",
                "enterprise_number": enterprise_number(0),
            },
            "K0",
            "Clients!2",
        )
    ]


def test_texts_in_a_part_of_their_own_are_read(tmp_path: Path) -> None:
    """As spreadsheets write them."""
    path = tmp_path / "clients.xlsx"
    path.write_bytes(with_shared_strings(book_bytes(rows())))
    other = write(tmp_path / "other.xlsx", rows())

    assert read(path) == read(other)


SHARED: Final = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@pytest.mark.rest
def test_workbook_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    """A million texts in a part of their own, and too little memory for them."""
    many = (
        b"<si><t>abcdefgh%07d</t></si>" * 1000 % tuple(range(start, start + 1000))
        for start in range(0, 1_000_000, 1000)
    )
    path = tmp_path / "clients.xlsx"
    path.write_bytes(with_shared_strings(book_bytes(rows()), itertools.chain([SHARED], many, [b"</sst>"])))
    with pytest.raises(SourceError, match="too much memory"):
        list(Workbook(path, limits=Limits(memory=100 * 1024 * 1024)).read())


def test_workbook_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    """The processor time is the child's own. Three million texts take twenty times as long as it may."""
    many = itertools.repeat(b"<si><t>a</t></si>" * 1000, 3000)
    path = tmp_path / "clients.xlsx"
    path.write_bytes(with_shared_strings(book_bytes(rows()), itertools.chain([SHARED], many, [b"</sst>"])))
    with pytest.raises(SourceError, match="takes too long"):
        list(Workbook(path, limits=Limits(processor=1)).read())


def test_number_that_lost_its_zero_is_completed_with_a_remark(tmp_path: Path) -> None:
    """A cell that holds a number instead of a text has nine digits."""
    values = row(1)
    values[5] = int(enterprise_number(1))
    (found,) = read(write(tmp_path / "clients.xlsx", [values]))

    assert isinstance(found, Found)
    assert found.words["enterprise_number"] == enterprise_number(1)
    assert found.notes == ("Clients!F2 is a number and lost its leading 0, which was added",)


def test_every_problem_of_a_row_is_named(tmp_path: Path) -> None:
    """Not only the first one."""
    (found,) = read(
        write(tmp_path / "clients.xlsx", [[None, "no address", "fr", "BE", None, "0431150351", "K1", "12"]])
    )

    assert isinstance(found, Rejected)
    assert [(problem.place, problem.reason.partition(":")[0]) for problem in found.problems] == [
        ("Clients!2", "has no name"),
        ("Clients!B2", "is not an e-mail address"),
        ("Clients!F2", "is not an enterprise number"),
        ("Clients!H2", "is not a national register number"),
    ]


def test_layouts_of_three_systems_are_known(tmp_path: Path) -> None:
    """By their headers, with a star or without, in any order."""
    tables = {
        "accounton": (
            ["person", "Firstname*", "Lastname*", "Email*", "Mobile number", "Language*", "National register number"],
            ["person", "Jan", "Voorbeeld", "jan@voorbeeld.example", "0475 12 34 56", "nl", register_number(3)],
        ),
        "adminpulse": (
            ["Status", "Type", "Naam", "Voornaam", "Klantcode", "Ondernemingsnummer", "Rijksregisternummer", "E-mail"],
            ["Klant", "Bedrijf", "Jan Voorbeeld", None, "K7", enterprise_number(7), None, "jan@voorbeeld.example"],
        ),
        "adminconsult": (
            ["CustomerId", "Name", "Firstname", "Email", "VATNr", "SocialSecurityNumber", "Language"],
            ["1007", "Voorbeeld", "Jan", "jan@voorbeeld.example", None, register_number(4), "Nederlands"],
        ),
    }
    for name, table in tables.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(_plain_book(table))
        (found,) = read(path)

        assert isinstance(found, Found), (name, found)
        assert (found.words["name"], found.words["email"]) == ("Jan Voorbeeld", "jan@voorbeeld.example")


def test_prospect_is_no_client(tmp_path: Path) -> None:
    """AdminPulse's workbook says which relation is one."""
    path = tmp_path / "adminpulse.xlsx"
    path.write_bytes(_plain_book((["Status", "Naam", "Klantcode"], ["Prospect", "Jan", "K1"], ["Klant", "Piet", "K2"])))

    assert [type(one).__name__ for one in read(path)] == ["Rejected", "Found"]


def test_declared_columns_are_read(tmp_path: Path) -> None:
    """Headers of one's own; a known column of register numbers is checked and dropped all the same."""
    path = tmp_path / "own.xlsx"
    path.write_bytes(_plain_book((["Firma", "Post", "Rijksregisternummer"], ["Acme", "owner@acme.example", "12"])))
    source = Workbook(path, (declared_layout({"name": ["FIRMA"], "email": ["Post"]}),))
    (found,) = source.read()

    assert isinstance(found, Rejected)
    assert [problem.place for problem in found.problems] == ["Blad!C2"]


def test_sheets_that_are_not_read_are_named(tmp_path: Path) -> None:
    """Hidden ones, and those without known headers."""

    def change(book: object) -> None:
        book.create_sheet("Notes").append(["just", "words"])  # type: ignore[attr-defined]
        book.create_sheet("Old").sheet_state = "hidden"  # type: ignore[attr-defined]

    path = tmp_path / "clients.xlsx"
    path.write_bytes(book_bytes(rows(1), change))
    remarks = [one.text for one in read(path) if isinstance(one, Remark)]

    assert remarks == [
        "the sheet Old is hidden, and was not read",
        "the sheet Notes has no row of known headers, and was not read",
    ] or sorted(remarks) == [
        "the sheet Notes has no row of known headers, and was not read",
        "the sheet Old is hidden, and was not read",
    ]


def test_template_is_a_workbook_that_import_knows(tmp_path: Path) -> None:
    """Filled in, each of its columns is read."""
    path = tmp_path / "clients.xlsx"
    path.write_bytes(template_bytes())
    book = load_workbook(path)
    sheet = book["Clients"]
    values = ["Acme", "a@acme.example", "French", "Belgium", "Europe/Brussels", "+32 2 555 01 01", "0417497106", "A1"]
    for number, value in enumerate(values, start=1):
        sheet.cell(row=2, column=number, value=value)
    book.save(path)
    (found,) = read(path)

    assert isinstance(found, Found)
    assert len(found.words) == len(HEADERS) - 1
    assert found.key == "A1"


@pytest.mark.rest
def test_workbook_of_10000_rows_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    """Only memory is limited, and generously."""
    path = write(tmp_path / "clients.xlsx", [row(number) for number in range(10_000)])
    found = Workbook(path, limits=Limits(memory=300 * 1024 * 1024)).read()

    assert sum(isinstance(one, Found) for one in found) == 10_000


def test_cells_of_a_good_row_count(tmp_path: Path) -> None:
    """Rows without a value in any known column are no rows."""
    table = [*rows(), [None] * len(HEADERS)]

    assert len(read(write(tmp_path / "clients.xlsx", table))) == ROWS


def _plain_book(table: object) -> bytes:
    import io  # noqa: PLC0415 - only here

    from openpyxl import Workbook as Book  # noqa: PLC0415 - same

    book = Book()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Blad"
    for values in table:  # type: ignore[attr-defined]
        sheet.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
