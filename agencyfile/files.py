"""Files that agencyfile writes: whole or not at all, and readable by their owner alone where they may hold client data.

The file that is written beside the final one is made anew, with an unguessable name, and never through a link; then it
takes the final name in one step. So another user of the machine, or a link that a pull request brings along, can
neither read it, nor choose where it goes. A link at the final place is replaced, not followed.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
SHARED: Final = 0o666  # less what the umask takes
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # what file systems without hard links answer


def replace_file(path: Path, text: str, *, mode: int = PRIVATE) -> None:
    """Write `path` in one step, in the place of whatever bears that name.

    Raises:
        OSError: it cannot be written; then what was there still is.
    """
    with _beside(path, text, mode) as partial:
        partial.replace(path)


def create_file(path: Path, text: str, *, mode: int = PRIVATE, is_synced: bool = True) -> None:
    """Write `path` in one step, where nothing bears that name.

    `is_synced` is False where many files are written that can be made again: to sync each of them takes seconds.

    Raises:
        FileExistsError: something does, be it a link to nowhere; it is left as it is.
        OSError: it cannot be written.
    """
    with _beside(path, text, mode, is_synced=is_synced) as partial:
        try:
            os.link(partial, path, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _write(path, text, mode, is_synced=is_synced)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder, with those above it.

    Raises:
        NotADirectoryError: something else bears its name.
        OSError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is not a folder") from None


@contextlib.contextmanager
def _beside(path: Path, text: str, mode: int, *, is_synced: bool = True) -> Iterator[Path]:
    partial = path.with_name(f".{path.name[:64]}.{secrets.token_hex(8)}")
    try:
        _write(partial, text, mode, is_synced=is_synced)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, text: str, mode: int, *, is_synced: bool) -> None:
    descriptor = os.open(path, _FRESH, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        if is_synced:
            os.fsync(descriptor)
