"""The part of the agency file that a plan covers: named targets, changes since a revision, all but what is excluded."""

from collections.abc import Collection, Sequence
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import Selection
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.cli.workspace import Workspace
from plan import Address
from plan.scope import Part, matching

_LONGEST: Final = 120  # characters of a pattern that are looked at, where it names nothing


def part_of(workspace: Workspace, selection: Selection) -> Part:
    """Return the part of the file that was chosen.

    Raises:
        CommandExit: a pattern names nothing that the file declares, or there is no such revision.
    """
    if workspace.agency_file.agency.address in _named(workspace, selection.exclude):
        raise CommandExit(
            ExitCode.USAGE, "the settings of the agency are in every plan", fix="exclude blocks, as in account.acme"
        )
    excluded = {pattern: tuple(sorted(_named(workspace, [pattern]))) for pattern in dict.fromkeys(selection.exclude)}
    return Part(_targets(workspace, selection), excluded)


def _targets(workspace: Workspace, selection: Selection) -> Collection[Address] | None:
    if not selection.target and selection.changed_since is None:
        return None
    found = _named(workspace, selection.target)
    if selection.changed_since is not None:
        from agencyfile.cli.revisions import revised_since  # noqa: PLC0415 - git

        since = revised_since(workspace.path, selection.changed_since, workspace.agency_file)
        found |= {change.address for change in since}
    return found


def _named(workspace: Workspace, patterns: Sequence[str]) -> set[Address]:
    agency_file = workspace.agency_file
    known = {resource.address for resource in agency_file.declared}
    known |= {removal.address for removal in agency_file.removals}
    found, idle = matching(patterns, known)
    if idle:
        names = [str(address) for address in known]
        near = dict.fromkeys(name for pattern in idle for name in _similar(pattern[:_LONGEST], names))
        guess = f"did you mean {', '.join(map(one_line, near))}?" if near else "write KIND.NAME, as in account.acme"
        called = ", ".join(f"'{shortened(pattern, _LONGEST)}'" for pattern in idle)
        raise CommandExit(ExitCode.ERROR, f"nothing that is declared is called {called}", fix=guess)
    return found


def _similar(pattern: str, names: Sequence[str]) -> Sequence[str]:
    """Return addresses of that name, of whatever kind, or else those that are spelled alike."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where a name is wrong

    same = [name for name in names if name.partition(".")[2] == pattern]
    return same or get_close_matches(pattern, names, n=3)
