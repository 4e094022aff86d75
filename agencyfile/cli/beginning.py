"""The files beside a new agency file: a key that opens passwords, and a `.gitignore` that keeps it out of git."""

from pathlib import Path
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.files import SHARED, replace_file

IDENTITY: Final = Path(".agencyfile/identity.txt")
AGENCY_NAME: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def new_identity(path: Path) -> str:
    """Write an age identity to `path`, keep it out of git, and return its recipient.

    Raises:
        CommandExit: `path` is there already, or it cannot be written.
    """
    from agencyfile.vault import make_identity  # noqa: PLC0415 - loads age

    try:
        return make_identity(path)
    except FileExistsError:
        raise CommandExit(
            ExitCode.ERROR,
            f"{path} exists already; it is left as it is, because passwords may be sealed to it",
            fix="name another file, or move it away and keep it",
        ) from None
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None


def keep_out_of_git(identity: Path, folder: Path) -> bool:
    """Name `identity` in the `.gitignore` of `folder`; False where it stands elsewhere.

    Raises:
        CommandExit: the file cannot be written.
    """
    line = _inside(identity, folder)
    ignore = folder / ".gitignore"
    if line is None or ignore.is_symlink():
        return False
    try:
        text = ignore.read_text(encoding="utf-8") if ignore.exists() else ""
        if line not in text.splitlines():
            replace_file(ignore, f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n", mode=SHARED)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandExit(ExitCode.ERROR, f"{ignore} cannot be written: {error}") from None
    return True


def _inside(path: Path, folder: Path) -> str | None:
    """`path` as a `.gitignore` of `folder` names it: from the folder on, whatever is in it and below."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return None
