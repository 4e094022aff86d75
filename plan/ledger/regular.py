"""Opening files that may be anything: a FIFO would wait for ever, a device has no end, a link leads elsewhere."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from plan.errors import LedgerError

_SAFELY: Final = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_NAMES: Final = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a symbolic link",
}


def open_regular(path: Path, flags: int, mode: int = 0o600) -> int:
    """Open a plain file without waiting and without following a link; return its descriptor.

    Raises:
        LedgerError: it is something else.
        OSError: it cannot be opened.
    """
    try:
        before = path.lstat().st_mode
    except FileNotFoundError:
        before = stat.S_IFREG
    _check(path, before)  # opening a device can have effects of its own
    try:
        descriptor = os.open(path, flags | _SAFELY, mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            _check(path, stat.S_IFLNK)
        raise
    try:
        _check(path, os.fstat(descriptor).st_mode)
    except LedgerError:
        os.close(descriptor)
        raise
    return descriptor


def _check(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = _NAMES.get(stat.S_IFMT(mode), "something else")
        raise LedgerError(
            f"{path} is {what}, and a ledger is a plain file",
            fix="let agency.ledger name a file that holds the ledger, or does not exist yet",
        )
