"""New files, whole or not at all, and never in the place of another."""

from pathlib import Path

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.files import SHARED, create_file, make_folder


def write_new(path: Path, text: str) -> bool:
    """Write a file that is not there, with the folders above it; False where one of this text is there already.

    Raises:
        CommandExit: another file is there, or it cannot be written.
    """
    try:
        make_folder(path.parent)
        create_file(path, text, mode=SHARED, is_synced=False)
    except FileExistsError:
        return _check_same(path, text)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None
    return True


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
