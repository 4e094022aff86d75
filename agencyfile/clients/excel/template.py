"""An empty workbook for clients."""

from io import BytesIO
from typing import Final

_COLUMNS: Final = (
    ("Name", "required: the client's name", 30),
    ("E-mail", "the client's own address; an account needs one", 30),
    ("Language", "code or name, as in fr or French", 12),
    ("Country", "code or name, as in BE or Belgium", 12),
    ("Time zone", "name of the IANA list, as in Europe/Brussels", 20),
    ("Telephone", "as text, as in +32 2 555 01 01", 20),
    ("Enterprise number", "Belgian enterprise or VAT number, as text", 20),
    ("Code", "your own code of the client: later imports find the client by it", 14),
)
_ROWS: Final = 500  # rows whose cells are text from the start


def template_bytes() -> bytes:
    """Return the workbook."""
    from openpyxl import Workbook  # noqa: PLC0415 - only this command writes one
    from openpyxl.comments import Comment  # noqa: PLC0415 - same
    from openpyxl.styles import Font  # noqa: PLC0415 - same

    book = Workbook()
    sheet = book.active
    sheet.title = "Clients"
    sheet.freeze_panes = "A2"
    for number, (header, help_text, width) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(row=1, column=number, value=header)
        cell.font = Font(bold=True)
        cell.comment = Comment(help_text, "agencyfile")
        sheet.column_dimensions[cell.column_letter].width = width
        for row in range(2, _ROWS):
            sheet.cell(row=row, column=number).number_format = "@"  # keeps leading zeros
    out = BytesIO()
    book.save(out)
    return out.getvalue()
