"""A file that is a whole HAR document at every moment, so that a run that is killed leaves a trace that can be read.

Each write replaces the end of the document by the next entries and a new end, in one call to the system. What was
there is never longer than what comes: it is padded with spaces, which JSON allows.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agencyfile.files import PRIVATE
from agencyfile.http_trace.har import DOCUMENT_END, document_start

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_OLD: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MARK: Final = b'{"log":{"version":"1.2","creator":{"name": "agencyfile"'


class TraceFile:
    """The file, which only its owner may read.

    Raises:
        OSError: it cannot be made, or something else bears its name: only an older trace of agencyfile is replaced, and
            no link is followed.
    """

    def __init__(self, path: Path, version: str) -> None:
        _remove_older_trace(path)
        self._descriptor = os.open(path, _NEW, PRIVATE)
        self._end = 0
        self._whole = 0
        self._length = 0
        self._has_entry = False
        self._end = self._put(document_start(version), ())

    def write(self, finished: Iterable[str], under_way: Iterable[str]) -> None:
        """Add entries for good, and behind them those that the next write replaces.

        Raises:
            OSError: they cannot be written.
        """
        entries = tuple(finished)
        text = "".join(f"{',' if self._has_entry or at else ''}\n{entry}" for at, entry in enumerate(entries))
        has_entry = self._has_entry or bool(entries)
        end = self._put(text, under_way, is_first=not has_entry)
        self._end, self._has_entry = end, has_entry

    def close(self) -> None:
        """Remove the spaces at the end, and close it."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._whole)
        os.close(self._descriptor)

    def _put(self, text: str, under_way: Iterable[str], *, is_first: bool = True) -> int:
        kept = text.encode()
        rest = ",\n".join(under_way)
        tail = f"{'' if is_first or not rest else ','}{rest}{DOCUMENT_END}".encode()
        self._whole = self._end + len(kept) + len(tail)
        content = (kept + tail).ljust(self._length - self._end)
        _write_all(self._descriptor, content, self._end)
        self._length = self._end + len(content)
        return self._end + len(kept)


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def _remove_older_trace(path: Path) -> None:
    try:
        descriptor = os.open(path, _OLD)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, which is not followed") from None
        raise
    with os.fdopen(descriptor, "rb") as stream:
        is_ours = stat.S_ISREG(os.fstat(descriptor).st_mode) and stream.read(len(_MARK)) == _MARK
    if not is_ours:
        raise FileExistsError(errno.EEXIST, "it exists, and is no trace of agencyfile: it stays as it is")
    path.unlink()
