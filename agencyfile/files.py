"""Files that agencyfile writes: whole or not at all, and readable by their owner alone where they may hold client data.

The file that is written beside the final one is made anew, with an unguessable name, and never through a link; then it
takes the final name in one step. So another user of the machine, or a link that a pull request brings along, can
neither read it, nor choose where it goes. A link at the final place is replaced, not followed.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
SHARED: Final = 0o666  # less what the umask takes
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # what file systems without hard links answer


def replace_file(path: Path, text: str | bytes, *, mode: int = PRIVATE) -> None:
    """Write `path` in one step, in the place of whatever bears that name.

    Raises:
        OSError: it cannot be written, or what bears the name is no file but a device, a pipe or a folder; then what was
            there still is.
    """
    _check_place(path)
    with _beside(path, text, mode) as partial:
        partial.replace(path)


def rewrite_file(path: Path, text: str) -> None:
    """Write a file that is there anew, in one step; whose it is and who may read it stays as it is.

    Raises:
        OSError: it is not there, is write-protected, or cannot be written.
    """
    before = path.stat()
    if not os.access(path, os.W_OK):
        raise PermissionError(0, "it is write-protected")
    with _beside(path, text, PRIVATE) as partial:
        with contextlib.suppress(OSError):  # only root may give a file away
            os.chown(partial, before.st_uid, before.st_gid)
        partial.chmod(stat.S_IMODE(before.st_mode))
        partial.replace(path)


def append_to_file(path: Path, text: str) -> None:
    """Add to a file, which is made if need be; a link in its place is not followed.

    Raises:
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, PRIVATE), "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)


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


def _check_place(path: Path) -> None:
    """Refuse to put a file in the place of a device or a pipe, as `/dev/stdout` would ask for."""
    parent = Path(os.path.realpath(path.parent))
    is_special = parent.parts[1:2] in (("dev",), ("proc",), ("sys",))
    with contextlib.suppress(FileNotFoundError):  # nothing, or a link to nowhere, which is replaced
        is_special = is_special or not stat.S_ISREG(path.stat().st_mode)
    if is_special:
        raise OSError(errno.EINVAL, "it is not a place for a file")


@contextlib.contextmanager
def _beside(path: Path, text: str | bytes, mode: int, *, is_synced: bool = True) -> Iterator[Path]:
    partial = path.with_name(f".{path.name[:64]}.{secrets.token_hex(8)}")
    try:
        _write(partial, text, mode, is_synced=is_synced)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, text: str | bytes, mode: int, *, is_synced: bool) -> None:
    descriptor = os.open(path, _FRESH, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text.encode() if isinstance(text, str) else text)
        stream.flush()
        if is_synced:
            os.fsync(descriptor)
