"""What of the agency file a plan is about: named targets, or what changed since a revision."""

from collections.abc import Sequence
from difflib import get_close_matches

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.revisions import revised_since
from agencyfile.cli.workspace import Workspace
from plan import Address
from plan.scope import matching


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
        near = get_close_matches(idle[0], [str(address) for address in known], n=3)
        guess = (
            f"did you mean {', '.join(map(one_line, near))}?" if near else "agencyfile validate shows what is declared"
        )
        raise CommandExit(ExitCode.ERROR, f"nothing that is declared is called {one_line(idle[0])}", fix=guess)
    return found
