"""The part of the agency file that a plan covers: named targets, or changes since a revision."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.cli.revisions import revised_since
from agencyfile.cli.workspace import Workspace
from plan import Address
from plan.scope import matching

_LONGEST: Final = 120  # characters of a pattern that are looked at, where it names nothing


def targets_of(workspace: Workspace, patterns: Sequence[str], changed_since: str | None) -> set[Address] | None:
    """The addresses to look at; None is everything.

    Raises:
        CommandExit: a pattern names nothing that the file declares, or there is no such revision.
    """
    if not patterns and changed_since is None:
        return None
    found = _named(workspace, patterns) if patterns else set()
    if changed_since is not None:
        found |= {change.address for change in revised_since(workspace.path, changed_since, workspace.agency_file)}
    return found


def _named(workspace: Workspace, patterns: Sequence[str]) -> set[Address]:
    agency_file = workspace.agency_file
    known = {resource.address for resource in agency_file.resources}
    known |= {removal.address for removal in agency_file.removals}
    found, idle = matching(patterns, known)
    if idle:
        names = [str(address) for address in known]
        near = dict.fromkeys(name for pattern in idle for name in get_close_matches(pattern[:_LONGEST], names, n=3))
        guess = f"did you mean {', '.join(map(one_line, near))}?" if near else "write KIND.NAME, as in account.acme"
        called = ", ".join(f"'{shortened(pattern, _LONGEST)}'" for pattern in idle)
        raise CommandExit(ExitCode.ERROR, f"nothing that is declared is called {called}", fix=guess)
    return found
