"""Workbooks of tests: good ones, and two hundred hostile ones that are made the same way each time."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

HEADERS: Final = ("Name", "E-mail", "Language", "Country", "Telephone", "Enterprise number", "Code", "Register number")
ROWS: Final = 12
FIRST_ROW: Final = 2


def enterprise_number(number: int) -> str:
    """A valid number."""
    base = 7_000_000 + number
    return f"{base:08}{97 - base % 97:02}"


def register_number(number: int) -> str:
    """A valid national register number, of nobody."""
    nine = f"{40 + number % 59:02}{1 + number % 12:02}{1 + number % 28:02}{1 + number % 998:03}"
    return f"{nine}{97 - int(nine) % 97:02}"


def row(number: int) -> list[Any]:
    """A good row."""
    return [
        f"Client {number}",
        f"owner{number}@client{number}.example",
        ("fr", "Nederlands", "en")[number % 3],
        ("BE", "Belgique", "NL")[number % 3],
        "+32 2 555 01 01",
        enterprise_number(number),
        f"K{number}",
        register_number(number) if number % 4 == 0 else None,
    ]


def rows(count: int = ROWS) -> list[list[Any]]:
    """Good rows."""
    return [row(number) for number in range(count)]


def book_bytes(table: Sequence[Sequence[Any]], change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook with these rows below the headers, changed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Clients"
    for values in (HEADERS, *table):
        sheet.append(values)
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(path: Path, table: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook with these rows."""
    path.write_bytes(book_bytes(table))
    return path


@dataclass(frozen=True)
class Hostile:
    """A hostile workbook.

    `bad` are the places that must be named. Where it is None, the workbook as a whole is refused, or is read to its
    end: which of them is up to what the bytes have become. `secrets` may stand in no output.
    """

    name: str
    content: bytes = field(repr=False)
    bad: tuple[str, ...] | None = None
    good: int | None = None
    secrets: tuple[str, ...] = ()
    is_refused: bool = False


def hostile(number: int) -> Hostile:
    """The workbook of that number."""
    kinds = list(KINDS)
    kind = kinds[number % len(kinds)]
    return KINDS[kind](random.Random(f"{kind}-{number}"), f"{kind}-{number}")


def _truncated(draw: random.Random, name: str) -> Hostile:
    content = book_bytes(rows())
    return Hostile(name, content[: draw.randrange(1, len(content) - 30)], is_refused=True)


def _corrupted(draw: random.Random, name: str) -> Hostile:
    content = bytearray(book_bytes(rows()))
    for _ in range(draw.choice((1, 3, 50))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return Hostile(name, bytes(content))


def _cells(values: Sequence[Any]) -> Callable[[random.Random, str], Hostile]:
    """Workbooks in which some cells of mapped columns hold what is no text."""

    def make(draw: random.Random, name: str) -> Hostile:
        table = rows()
        bad = set()
        for number in draw.sample(range(ROWS), draw.randrange(1, 5)):
            column = draw.choice((0, 1, 5))
            table[number][column] = draw.choice(values)
            bad.add(f"Clients!{'ABCDEFGH'[column]}{number + FIRST_ROW}")
        return Hostile(name, book_bytes(table), tuple(sorted(bad)), ROWS - len(bad))

    return make


def _errors(draw: random.Random, name: str) -> Hostile:
    table = rows()
    number = draw.randrange(ROWS)
    table[number][1] = draw.choice(("#N/A", "#REF!", "#VALUE!"))
    return Hostile(name, book_bytes(table), (f"Clients!B{number + FIRST_ROW}",), ROWS - 1)


def _merged(draw: random.Random, name: str) -> Hostile:
    top = draw.randrange(FIRST_ROW, ROWS)
    bottom = top + draw.randrange(1, 3)
    column = draw.choice("ABF")

    def change(book: Workbook) -> None:
        book["Clients"].merge_cells(f"{column}{top}:{column}{bottom}")

    bad = tuple(f"Clients!{column}{number}" for number in range(top, min(bottom, ROWS + 1) + 1))
    return Hostile(name, book_bytes(rows(), change), bad, ROWS - len(bad))


def _hidden(draw: random.Random, name: str) -> Hostile:
    number = 1000 + draw.randrange(900)

    def change(book: Workbook) -> None:
        sheet = book.create_sheet("Secret clients")
        sheet.append(HEADERS)
        sheet.append(row(number))
        sheet.sheet_state = draw.choice(("hidden", "veryHidden"))

    return Hostile(name, book_bytes(rows(), change), (), ROWS, secrets=(f"K{number}",))


def _register(draw: random.Random, name: str) -> Hostile:
    """Register numbers in their own column, where they are dropped, and in others, where they make a row invalid."""
    table, secrets, bad = rows(), [], set()
    for number in draw.sample(range(ROWS), 3):
        secret = register_number(draw.randrange(9_999))
        written = draw.choice((secret, f"{secret[:2]}.{secret[2:4]}.{secret[4:6]}-{secret[6:9]}.{secret[9:]}"))
        column = draw.choice((0, 1, 6, 7))
        table[number][column] = f"Jan {written}" if column == 0 else written
        secrets += [secret, written]
        if column != 7:
            bad.add(f"Clients!{'ABCDEFGH'[column]}{number + FIRST_ROW}")
    return Hostile(name, book_bytes(table), tuple(sorted(bad)), ROWS - len(bad), secrets=tuple(secrets))


def _wrong_register(draw: random.Random, name: str) -> Hostile:
    table = rows()
    number = draw.randrange(ROWS)
    right = register_number(draw.randrange(9_999))
    wrong = f"{right[:9]}{(int(right[9:]) + 1) % 97:02}"
    table[number][7] = wrong
    return Hostile(name, book_bytes(table), (f"Clients!H{number + FIRST_ROW}",), ROWS - 1, secrets=(wrong,))


def _unseen(draw: random.Random, name: str) -> Hostile:
    table = rows()
    number = draw.randrange(ROWS)
    table[number][0] = draw.choice(("Acme \u202e emca", "x" * 5000, "${env:AGENCY_KEY}", "AGE-SECRET-KEY-1QQQ", "  "))
    return Hostile(name, book_bytes(table), (f"Clients!{number + FIRST_ROW}",), ROWS - 1)


def _other_format(draw: random.Random, name: str) -> Hostile:
    return Hostile(name, draw.choice(_FORMATS)(), is_refused=True)


def _archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


_FORMATS: Final[tuple[Callable[[], bytes], ...]] = (
    bytes,
    lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    lambda: b"Name,E-mail\nAcme,owner@acme.example\n",
    lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    lambda: b"%PDF-1.7\n",
    lambda: b"<html><table></table></html>",
    lambda: _archive(**{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
    lambda: _archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    lambda: _archive(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}),
    lambda: _with_part("xl/vbaProject.bin", b"macros"),
    lambda: _archive(**{f"part{number}": b"" for number in range(3000)}),
)


def _with_part(part: str, content: bytes | Callable[[bytes], bytes]) -> bytes:
    """A good workbook with one part added or changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_bytes(rows()))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            before = old.read(info)
            if info.filename == part and callable(content):
                before = content(before)
            new.writestr(info.filename, before)
        if not callable(content):
            new.writestr(part, content)
    return out.getvalue()


_MAIN: Final = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TEXT: Final = re.compile(rb'<c r="([A-Z]+[0-9]+)" t="inlineStr"><is><t>(.*?)</t></is></c>')
_STRINGS: Final = "xl/sharedStrings.xml"
_OVERRIDE: Final = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_shared_strings(content: bytes, strings: Iterable[bytes] | None = None) -> bytes:
    """The same workbook with its texts in a part of their own, as spreadsheets do. `strings` replace that part."""
    texts: list[bytes] = []

    def shared(found: re.Match[bytes]) -> bytes:
        texts.append(found[2])
        return b'<c r="%s" t="s"><v>%d</v></c>' % (found[1], len(texts) - 1)

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == _SHEET:
                part = _TEXT.sub(shared, part)
            if info.filename == "[Content_Types].xml":
                part = part.replace(b"</Types>", _OVERRIDE)
            new.writestr(info.filename, part)
        with new.open(_STRINGS, "w", force_zip64=True) as part_file:
            for piece in strings or _shared_strings(texts):
                part_file.write(piece)
    return out.getvalue()


def _shared_strings(texts: Iterable[bytes]) -> Iterator[bytes]:
    yield b'<sst xmlns="%s">' % _MAIN
    for text in texts:
        yield b"<si><t>%s</t></si>" % text
    yield b"</sst>"


def _shared(draw: random.Random, name: str) -> Hostile:
    """Texts in a part of their own that is cut short, lies, or is no XML."""
    content = book_bytes(rows())
    few = list(_shared_strings([b"Name", b"E-mail"]))
    strings: list[list[bytes]] = [few, [b"<sst"], [b""], [b'<sst xmlns="%s" count="99999999"/>' % _MAIN], [_LAUGHS]]
    return Hostile(name, with_shared_strings(content, draw.choice(strings)))


def _bomb(draw: random.Random, name: str) -> Hostile:
    """Archives that unpack to far more than they are, or lie about it."""
    if int(name.rpartition("-")[2]) // len(KINDS) % 5:
        return Hostile(name, draw.choice((_lying, _wide))())
    size = 450 * 1024 * 1024
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // (1 << 20)):
                part.write(bytes(1 << 20))
    return Hostile(name, out.getvalue(), is_refused=True)


def _lying() -> bytes:
    """A part of 60 MB that says that it has 100 bytes."""
    size = 60 * 1024 * 1024
    content = bytearray(_with_part(_SHEET, lambda before: before + b" " * size))
    at = content.rfind(b"PK\x01\x02")
    while at >= 0:
        name_at = at + 46
        if content[name_at : name_at + len(_SHEET)] == _SHEET.encode():
            content[at + 24 : at + 28] = (100).to_bytes(4, "little")
        at = content.rfind(b"PK\x01\x02", 0, at)
    return bytes(content)


def _wide() -> bytes:
    """A row of 400,000 cells."""
    cells = b"<c r='XFD2' t='str'><v>x</v></c>" * 400_000
    return _with_part(
        _SHEET, lambda before: before.replace(b"</sheetData>", b"<row r='2'>" + cells + b"</row></sheetData>")
    )


_LAUGHS: Final = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 20) for level in range(12))
    + b"]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
    b"<c r='A1' t='inlineStr'><is><t>&m;</t></is></c></row></sheetData></worksheet>"
)
_SHEET: Final = "xl/worksheets/sheet1.xml"


def _strange(draw: random.Random, name: str) -> Hostile:
    """XML that a spreadsheet would never write."""
    changes: list[Callable[[bytes], bytes]] = [
        lambda _: _LAUGHS,
        lambda _: b"",
        lambda before: before.replace(b"<sheetData>", b"<sheetData>" + b"<row>" * 50_000),
        lambda before: before.replace(b'r="A2"', b'r="AAAAAAAAAA99999999999"'),
        lambda before: before.replace(b't="inlineStr"', b't="s"', 9),
        lambda before: before.replace(b'<dimension ref="A1:H13"', b'<dimension ref="A1:XFD1048576"'),
        lambda before: before.replace(b'<row r="13"', b'<row r="1048576"'),
        lambda before: before.replace(b't="n"', b't="zz"'),
        lambda before: before.replace(b"<worksheet", b"<!DOCTYPE w SYSTEM 'file:///etc/passwd'><worksheet", 1),
    ]
    return Hostile(name, _with_part(_SHEET, draw.choice(changes)))


KINDS: Final[dict[str, Callable[[random.Random, str], Hostile]]] = {
    "truncated": _truncated,
    "corrupted": _corrupted,
    "formula": _cells(("=A1", "=1+1", '=HYPERLINK("http://x.example","x")', "=WEBSERVICE(A1)")),
    "other-type": _cells((True, False, 3.5, 10**20)),
    "error": _errors,
    "merged": _merged,
    "hidden": _hidden,
    "register-number": _register,
    "wrong-register-number": _wrong_register,
    "unseen": _unseen,
    "other-format": _other_format,
    "strange": _strange,
    "shared": _shared,
    "bomb": _bomb,
}
