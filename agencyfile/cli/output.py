"""Files that commands write: whole or not at all."""

import os
from pathlib import Path

from agencyfile.cli.exit_codes import CommandExit, ExitCode


def write_whole(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step.

    Raises:
        CommandExit: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
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
