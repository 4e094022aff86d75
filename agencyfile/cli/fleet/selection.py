"""The agencies of a fleet that a command looks at."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.fleet.model import Agency, Fleet, Wave
from agencyfile.fleet.waves import Pattern

_LONGEST = 120


def selected(
    fleet: Fleet, patterns: Sequence[str], waves: Sequence[str] = (), changed_since: str | None = None
) -> tuple[Wave, ...]:
    """Return the waves with the agencies that all of these choose; a wave without one is left out.

    Raises:
        CommandExit: a pattern or a wave names nothing, or there is no such revision.
    """
    names = _named(fleet, patterns)
    if waves:
        names &= _in_waves(fleet, waves)
    if changed_since is not None:
        names &= changed(fleet, changed_since)
    return with_names(fleet, names)


def with_names(fleet: Fleet, names: Collection[str]) -> tuple[Wave, ...]:
    """Return the waves with the agencies of these names alone; a wave without one is left out."""
    waves = (replace(wave, agencies=tuple(one for one in wave.agencies if one.name in names)) for wave in fleet.waves)
    return tuple(wave for wave in waves if wave.agencies)


def _named(fleet: Fleet, patterns: Sequence[str]) -> set[str]:
    known = [agency.name for agency in fleet.agencies]
    if not patterns:
        return set(known)
    found: set[str] = set()
    for text in patterns:
        matching = {name for name in known if Pattern.of(text).matches(name)}
        if not matching:
            near = [name for name in known if name.endswith(f"/{text}")][:3]
            near = near or get_close_matches(text[:_LONGEST], known, n=3)
            guess = f"did you mean {', '.join(map(one_line, near))}?" if near else "agencyfile fleet list shows all"
            raise CommandExit(ExitCode.ERROR, f"no agency is called '{shortened(text, _LONGEST)}'", fix=guess)
        found |= matching
    return found


def _in_waves(fleet: Fleet, waves: Sequence[str]) -> set[str]:
    known = {wave.name: wave for wave in fleet.waves}
    for name in waves:
        if name not in known:
            fix = f"the waves are {', '.join(known)}"
            raise CommandExit(ExitCode.ERROR, f"there is no wave '{shortened(name, _LONGEST)}'", fix=fix)
    return {agency.name for name in waves for agency in known[name].agencies}


def changed(fleet: Fleet, revision: str) -> set[str]:
    """Return the names of the agencies whose files differ from a revision of git.

    An agency file includes files of its own folder alone. So whatever differs there counts, but for files that belong
    to other agencies: their agency files, and folders that hold the file of another one.

    Raises:
        CommandExit: there is no such revision.
    """
    from agencyfile.cli.revisions import paths_since  # noqa: PLC0415 - git

    paths = [PurePosixPath(path) for path in paths_since(fleet.folder, revision)]
    return changed_by(fleet.agencies, fleet.folder, paths)


def changed_by(agencies: Iterable[Agency], folder: Path, paths: Iterable[PurePosixPath]) -> set[str]:
    """Return the names of the agencies that these paths, relative to the fleet's folder, belong to."""
    files: dict[PurePosixPath, str] = {}
    folders: dict[PurePosixPath, set[str]] = {}
    for agency in agencies:
        file = PurePosixPath(agency.path.relative_to(folder).as_posix())
        files[file] = agency.name
        folders.setdefault(file.parent, set()).add(agency.name)
    return {name for path in paths for name in _owners(path, files, folders)}


def _owners(
    path: PurePosixPath, files: dict[PurePosixPath, str], folders: dict[PurePosixPath, set[str]]
) -> Collection[str]:
    """Return the agencies that a path may belong to: those of the nearest folder with an agency file."""
    if path in files:
        return {files[path]}
    if ".agencyfile" in path.parts:  # a ledger says nothing of what is declared
        return ()
    return next((folders[parent] for parent in path.parents if parent in folders), ())
