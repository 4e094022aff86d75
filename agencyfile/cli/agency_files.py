"""The two names that an agency file may have, and the one that a folder uses."""

from pathlib import Path
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode

NAMES: Final = ("agency.yaml", "agencyfile.yaml")
USUAL: Final = NAMES[0]


def agency_file_in(folder: Path = Path()) -> Path:
    """Return the agency file of a folder; the usual name where there is none.

    Raises:
        CommandExit: the folder has one of each name.
    """
    found = [folder / name for name in NAMES if (folder / name).exists()]
    if len(found) > 1:
        raise CommandExit(
            ExitCode.ERROR,
            f"{found[0]} and {found[1]} are both there, and only one can be the agency file",
            fix="remove one of them, or name the one that is meant: -f FILE",
        )
    return found[0] if found else folder / USUAL
