"""Files that commands write: whole or not at all."""

from pathlib import Path

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.files import PRIVATE, replace_file


def write_whole(path: Path, text: str | bytes, *, mode: int = PRIVATE) -> None:
    """Replace `path` by `text` in one step; what may hold client data is for its owner's eyes alone.

    Raises:
        CommandExit: it cannot be written.
    """
    try:
        replace_file(path, text, mode=mode)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None


def read_text(path: Path) -> str:
    """The text of `path`.

    Raises:
        CommandExit: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandExit(ExitCode.ERROR, f"{path} is not UTF-8 text") from None
