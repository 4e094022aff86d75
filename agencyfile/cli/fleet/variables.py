"""Variables that a fleet file names and that are not set here, told once each, however many agencies need them."""

import os
from collections.abc import Iterable, Sequence
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.fleet_wording import count_agencies, names
from agencyfile.cli.render.safe import one_line
from agencyfile.fleet.environment import missing_variables
from agencyfile.fleet.model import Agency, Fleet

_MOST: Final = 5  # variables in a message


def check_variables(fleet: Fleet, agencies: Iterable[Agency]) -> None:
    """Refuse an apply that would stop at an agency whose variables are not set, before any other is applied.

    Raises:
        CommandExit: a variable is not set.
    """
    if missing := missing_words(fleet, agencies):
        fix = "set them where the fleet runs, or name the agencies to apply"
        raise CommandExit(ExitCode.ERROR, f"nothing is applied: {missing}", fix=fix)


def missing_words(fleet: Fleet, agencies: Iterable[Agency]) -> str:
    """Return which variables of these agencies are not set here, and how many agencies need each; empty if none."""
    missing = missing_variables(agencies, os.environ)
    shown, rest = cut_after([_words(variable, needing) for variable, needing in missing.items()], _MOST)
    more = f" {rest.words}" if rest.items else ""
    return f"variables that {fleet.path} names are not set: {'; '.join(shown)}{more}" if missing else ""


def _words(variable: str, needing: Sequence[str]) -> str:
    return f"{variable} for {count_agencies(len(needing))} ({names(needing, one_line)})"
