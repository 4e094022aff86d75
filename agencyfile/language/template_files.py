"""The HTML file of a template: inside the agency file's folder, and UTF-8."""

from pathlib import Path
from typing import Final

from agencyfile.language.files import is_inside
from agencyfile.language.report import Report
from plan.address import Address, Origin
from plan.values import Content

_MOST_BYTES: Final = 5 * 1024 * 1024


def template_content(folder: Path, html: str, origin: Origin, address: Address, report: Report) -> Content:
    """What the file holds; nothing after a diagnostic when it cannot be used."""
    problem, text = _read(folder, html)
    if problem:
        report.add("template-html", origin, problem, address=address)
    return Content(text)


def _read(folder: Path, html: str) -> tuple[str, str]:
    parts = html.replace("\\", "/").split("/")
    if not html or parts[0] in ("", "~") or ".." in parts or not is_inside(folder / html, folder):
        return "The path leaves the agency file's folder.", ""
    path = folder / html
    try:
        if not path.is_file():
            return "No file is at this path.", ""
        if path.stat().st_size > _MOST_BYTES:
            return f"The file has more than {_MOST_BYTES:,} bytes.", ""
        return "", path.read_bytes().decode()
    except UnicodeDecodeError as error:
        return f"The file is not UTF-8: its byte {error.start} is 0x{error.object[error.start]:02x}.", ""
    except (OSError, ValueError) as error:
        return f"The file cannot be read: {getattr(error, 'strerror', None) or error}.", ""
