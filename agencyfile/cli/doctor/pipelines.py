"""The pipelines that `agencyfile ci` wrote: are they what it writes now?"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agencyfile.cli.doctor.lines import line
from agencyfile.cli.doctor.records import CheckRecord
from agencyfile.cli.workspace import Workspace

_FOLDERS: Final = {"github": Path(".github/workflows"), "gitlab": Path(".gitlab")}
_OURS: Final = "AGENCYFILE_"
_LARGEST: Final = 1024 * 1024  # bytes of a pipeline


def check_pipelines(folder: Path, workspace: Workspace | None) -> Iterator[CheckRecord]:
    """Return a line for each pipeline in the repository of `folder`."""
    top = _top(folder.absolute())
    found = 0
    for forge, place in _FOLDERS.items():
        for path in sorted((top / place).glob("*.yml")):
            text = _text(path)
            if text is not None:
                found += 1
                yield _check(forge, path, text, top, workspace)
    if not found:
        words = "no pipeline of agencyfile in this repository"
        yield line("pipelines", "ok", "none", "pipelines", words)


def _top(folder: Path) -> Path:
    """Return the top of the repository, without git; the folder itself where there is none."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def _text(path: Path) -> str | None:
    """Return the text of a pipeline that agencyfile has written; None for any other file."""
    from agencyfile.ci.written import is_generated  # noqa: PLC0415

    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    return text if is_generated(text) else None


def _check(forge: str, path: Path, text: str, top: Path, workspace: Workspace | None) -> CheckRecord:
    from agencyfile import __version__  # noqa: PLC0415
    from agencyfile.ci.written import is_as_written_now, locks_of, version_of  # noqa: PLC0415

    name, again = path.name, f"look at what you changed there, then: agencyfile ci {forge} --force"
    for digest, place in locks_of(text):
        if _digest(top / place) != digest:
            words = f"{name} expects another {place}: its jobs refuse to install"
            return line("pipelines", "problem", "stale", "pipelines", words, again)
    missing = sorted(_variables(workspace) - _handed_on(text)) if forge == "github" else []
    if missing:
        words = f"{name} does not hand {', '.join(missing)} to the jobs, and the agency file names it"
        return line("pipelines", "problem", "stale", "pipelines", words, again)
    if is_as_written_now(name, text) and version_of(text) == __version__:
        return line("pipelines", "ok", "well", "pipelines", f"{name} is what agencyfile {__version__} writes")
    if version_of(text) != __version__:
        words = f"{name} was written by agencyfile {version_of(text)}; this one is {__version__}"
        return line("pipelines", "note", "stale", "pipelines", words, again)
    words = f"{name} differs from what agencyfile {__version__} writes"
    return line("pipelines", "note", "edited", "pipelines", words, f"if nobody changed it on purpose: {again}")


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _variables(workspace: Workspace | None) -> set[str]:
    named = workspace.agency_file.variables.values() if workspace else ()
    return {name for name in named if not name.startswith(_OURS)}


def _handed_on(text: str) -> frozenset[str]:
    from agencyfile.ci.written import secrets_of  # noqa: PLC0415

    return secrets_of(text)
