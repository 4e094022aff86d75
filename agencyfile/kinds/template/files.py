"""The HTML file of a template.

It is uploaded into accounts. So only HTML files in the folder of the agency file are read; otherwise a pull request
could upload any file of the machine that applies it.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.folder import is_inside
from agencyfile.declarations.report import Report
from plan.address import Address, Origin
from plan.values import Content

_MOST_BYTES: Final = 5 * 1024 * 1024
_SUFFIXES: Final = (".html", ".htm")
_PRIVATE: Final = re.compile(r"AGE-SECRET-KEY-1|-----BEGIN [A-Z0-9 ]*PRIVATE KEY", re.IGNORECASE)
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """The content of a template's file, and its real path from the folder of the agency file."""

    content: Content
    path: str


def template_file(declaration: Declaration, folder: Path, report: Report) -> TemplateFile | None:
    """Return the file of a template, or None where the block names none. Report a file that cannot be used."""
    html = declaration.text("html")
    if html is None:
        return None
    return _read(folder, html, declaration.block.values_at["html"], declaration.address, report)


def _read(folder: Path, html: str, origin: Origin, address: Address, report: Report) -> TemplateFile:
    path = html
    try:
        path = _real_path(folder, html)
        return TemplateFile(Content(_text(folder, path)), path)
    except _Unusable as error:
        report.add("template-html", origin, str(error), address=address)
    except UnicodeDecodeError as error:
        problem = f"The file is not UTF-8: its byte {error.start} is 0x{error.object[error.start]:02x}."
        report.add("template-html", origin, problem, address=address)
    except (OSError, ValueError) as error:
        problem = f"The file cannot be read: {getattr(error, 'strerror', None) or error}."
        report.add("template-html", origin, problem, address=address)
    return TemplateFile(Content(""), path)


class _Unusable(Exception):
    """The file cannot be used. The message is a sentence that says why."""


def _real_path(folder: Path, html: str) -> str:
    """Return the real path, links followed. Both paths must end in .html or .htm and have no hidden part."""
    parts = html.replace("\\", "/").split("/")
    if not html or parts[0] in ("", "~") or ".." in parts or not is_inside(folder / html, folder):
        raise _Unusable("The path leaves the agency file's folder.")
    real = Path(os.path.realpath(folder / html)).relative_to(os.path.realpath(folder))
    for path in (Path(html), real):
        leads = "" if path == Path(html) else f", where the path leads, to {path.as_posix()},"
        if any(part.startswith(".") for part in path.parts):
            raise _Unusable(f"A hidden file or folder{leads} is no place for a template.")
        if path.parts and path.suffix.lower() not in _SUFFIXES and not (folder / path).is_dir():
            raise _Unusable(f"The name{leads} does not end in .html or .htm.")
    return real.as_posix()


def _text(folder: Path, path: str) -> str:
    descriptor = _opened(os.path.realpath(folder), path)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _Unusable("No file is at this path.")
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise _Unusable(f"The file has more than {_MOST_BYTES:,} bytes.")
    text = raw.decode()
    if _PRIVATE.search(text):
        raise _Unusable("The file holds a private key. It would be uploaded into accounts.")
    return text


def _opened(folder: str, path: str) -> int:
    """Open the file. Fail if any part of the path has become a link since it was checked."""
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    *folders, name = path.split("/")
    try:
        for part in folders:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(name, _FLAGS, dir_fd=here)
    except (FileNotFoundError, NotADirectoryError):
        raise _Unusable("No file is at this path.") from None
    finally:
        os.close(here)
