"""New files, whole or not at all, and never in the place of another."""

import errno
import os
from pathlib import Path
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode

_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)  # what file systems without hard links answer


def write_new(path: Path, text: str) -> bool:
    """Write a file that is not there, with the folders above it; False where one of this text is there already.

    Raises:
        CommandExit: another file is there, or it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _make_folder(path.parent)
        try:
            partial.write_text(text, encoding="utf-8", newline="")
            _publish(partial, path, text)
        finally:
            partial.unlink(missing_ok=True)
    except FileExistsError:
        return _check_same(path, text)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None
    return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is not a folder") from None


def _publish(partial: Path, path: Path, text: str) -> None:
    """Give the whole file its name; unlike a rename, that fails where something bears it."""
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)


def _check_same(path: Path, text: str) -> bool:
    try:
        is_same = path.read_bytes() == text.encode()
    except OSError:
        is_same = False
    if is_same:
        return False
    raise CommandExit(
        ExitCode.ERROR, f"{path} exists already and says something else; it is left as it is", fix="move it away"
    )
