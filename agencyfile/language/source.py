"""Bytes of one file, checked before the native parser sees them."""

import os
import stat
from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from yaml.reader import Reader as YamlReader

from agencyfile.declarations.report import BREAK, Report
from agencyfile.fields.wording import shown
from plan.address import Origin

MIB: Final = 1024 * 1024
_FORBIDDEN: Final = YamlReader.NON_PRINTABLE  # what YAML forbids, compiled by PyYAML already; compiling takes 4 ms
# A smaller number changes nothing: the environment raises limits, and lowers none.
RAISED_BY: Final = {
    "file_bytes": "AGENCYFILE_LIMIT_FILE_BYTES",
    "all_bytes": "AGENCYFILE_LIMIT_ALL_BYTES",
    "values": "AGENCYFILE_LIMIT_VALUES",
}
SPLIT: Final = "split the file and name its parts under include, or "
_DIGITS: Final = 12
_BYTE_ORDER_MARK: Final = "\ufeff"  # YAML allows it, as the first character; the codec has taken that one off


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one run in bytes, and of one file in values, levels of nesting and values behind aliases.

    `problem` says what is wrong with a limit of the environment; then nothing is read.
    """

    file_bytes: int = 5 * MIB
    all_bytes: int = 50 * MIB
    values: int = 500_000
    depth: int = 32
    expansion: int = 100_000
    problem: str = ""


def limits_of_environment() -> Limits:
    """Return the limits, those of size as the environment raises them. No file can raise one."""
    known = Limits()
    raised: dict[str, Any] = {}
    for name, variable in RAISED_BY.items():
        text = os.environ.get(variable, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            return Limits(problem=f"{variable} is {shown(text)}, and not a whole number of at most {_DIGITS} digits.")
        if text:
            raised[name] = max(int(text), getattr(known, name))
    return replace(known, **raised)


@dataclass(slots=True)
class Reader:
    """Reads the files of one run.

    `texts` holds what was read, by the name used in origins; `marked` the names of files that begin with a byte order
    mark, which is no part of their text.
    """

    report: Report
    limits: Limits = field(default_factory=limits_of_environment)
    texts: dict[str, str] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)
    _read: int = 0
    _refused: int = 0

    def text(self, path: Path, name: str) -> str | None:
        """The text of `path`, or None after a diagnostic that says why there is none."""
        if self.limits.problem:
            self.report.add("size-limit", Origin(name, 1, 1), self.limits.problem)
            return None
        raw = self._bytes(path, name)
        return None if raw is None else self._text(raw, name)

    def text_of_stream(self, stream: BinaryIO, name: str) -> str | None:
        """The text that `stream` gives, or None after a diagnostic."""
        raw = stream.read(self.limits.file_bytes + 1)
        if len(raw) > self.limits.file_bytes:
            self._refuse_size(Origin(name, 1, 1), len(raw))
            return None
        return self._text(raw, name)

    def _text(self, raw: bytes, name: str) -> str | None:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._refuse_bytes(raw, name, error)
            return None
        if raw.startswith(BOM_UTF8):
            self.marked.add(name)
        self.texts[name] = text
        return text if self._is_clean(text, name) else None

    def _bytes(self, path: Path, name: str) -> bytes | None:
        start = Origin(name, 1, 1)
        try:
            size = _regular_size(path)
            if size > self.limits.file_bytes or self._read + size > self.limits.all_bytes:
                self._refuse_size(start, size)
                return None
            with path.open("rb") as file:
                raw = file.read(self.limits.file_bytes + 1)
        except (OSError, ValueError) as error:
            self.report.add("file-unreadable", start, f"The file cannot be read: {_reason(error)}.")
            return None
        self._read += len(raw)
        if len(raw) > self.limits.file_bytes:
            self._refuse_size(start, len(raw))
            return None
        return raw

    def _refuse_size(self, start: Origin, size: int) -> None:
        limits = self.limits
        self._refused += size  # so that the last file that is refused names what all of them need
        needed = {"file_bytes": size, "all_bytes": self._read + self._refused}
        exports = " ".join(
            f"{RAISED_BY[name]}={_enough(getattr(limits, name), bytes_)}"
            for name, bytes_ in needed.items()
            if bytes_ > getattr(limits, name)
        )
        self.report.add(
            "file-too-large",
            start,
            f"The file has {size:,} bytes. At most {limits.file_bytes:,} are read from one file, "
            f"and {limits.all_bytes:,} from all files of a run.",
            fix=f"{SPLIT if size > limits.file_bytes else ''}export {exports}",
        )

    def _refuse_bytes(self, raw: bytes, name: str, error: UnicodeDecodeError) -> None:
        before = raw[: error.start].decode("utf-8-sig", errors="replace")
        self.texts[name] = raw.decode("utf-8-sig", errors="replace")
        self.report.add(
            "not-utf8",
            origin_at(name, before, len(before)),
            f"The byte 0x{raw[error.start]:02x} at this place is not UTF-8: {error.reason}.",
        )

    def _is_clean(self, text: str, name: str) -> bool:
        found = _FORBIDDEN.search(text)
        places = [found.start()] if found else []
        if _BYTE_ORDER_MARK in text:
            places.append(text.index(_BYTE_ORDER_MARK))
        if not places:
            return True
        first = min(places)
        self.report.add(
            "control-character",
            origin_at(name, text, first),
            f"The character U+{ord(text[first]):04X} may not stand in a YAML file.",
        )
        return False


def _enough(limit: int, needed: int) -> int:
    """The first doubling of `limit` that holds `needed`, so that a file that grows does not meet the next limit."""
    while limit < needed:
        limit *= 2
    return limit


def _regular_size(path: Path) -> int:
    """Size of a regular file; a pipe or a device is never opened, because reading it may not end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file")
    return status.st_size


def _reason(error: OSError | ValueError) -> str:
    text = error.strerror if isinstance(error, OSError) else str(error)
    text = text or type(error).__name__
    return text[:1].lower() + text[1:]


def origin_at(name: str, text: str, index: int) -> Origin:
    """The place of the character `index` of `text`."""
    line, start = 1, 0
    for found in BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return Origin(name, line, index - start + 1)
