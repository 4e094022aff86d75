"""The HTML file of a template: inside the agency file's folder, UTF-8, known by its digest."""

import hashlib
from pathlib import Path
from typing import Final

from agencyfile.language.files import is_inside
from agencyfile.language.report import Report
from plan.address import Address, Origin

_MOST_BYTES: Final = 5 * 1024 * 1024


def template_digest(folder: Path, html: str, origin: Origin, address: Address, report: Report) -> str:
    """SHA-256 of the file in hex; empty after a diagnostic when the file cannot be used."""
    problem, raw = _read(folder, html)
    if problem:
        report.add("template-html", origin, problem, address=address)
        return ""
    return hashlib.sha256(raw).hexdigest()


def _read(folder: Path, html: str) -> tuple[str, bytes]:
    parts = html.replace("\\", "/").split("/")
    if not html or parts[0] in ("", "~") or ".." in parts or not is_inside(folder / html, folder):
        return "The path leaves the agency file's folder.", b""
    path = folder / html
    try:
        if not path.is_file():
            return "No file is at this path.", b""
        if path.stat().st_size > _MOST_BYTES:
            return f"The file has more than {_MOST_BYTES:,} bytes.", b""
        raw = path.read_bytes()
        raw.decode()
    except UnicodeDecodeError as error:
        return f"The file is not UTF-8: its byte {error.start} is 0x{raw[error.start]:02x}.", b""
    except (OSError, ValueError) as error:
        return f"The file cannot be read: {getattr(error, 'strerror', None) or error}.", b""
    return "", raw
