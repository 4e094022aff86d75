"""The agency file as it was at another revision of its git repository."""

import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from plan.revision import Revised, revised

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile

TIMEOUT = 60.0


def revised_since(path: Path, revision: str, now: "AgencyFile") -> tuple[Revised, ...]:
    """What the agency file at `path` says differently than at `revision`.

    Raises:
        CommandExit: there is no such revision, or the file there is not valid.
    """
    then = _at(path, revision)
    return revised(then.resources, now.resources, then.removals, now.removals)


def _at(path: Path, revision: str) -> "AgencyFile":
    from agencyfile.language import load  # noqa: PLC0415 - heavy

    folder = path.parent.absolute()
    with _checked_out(folder, revision) as root:
        then = root / path.name
        if not then.is_file():
            raise CommandExit(
                ExitCode.ERROR, f"{revision} has no {path.name}", fix="name a revision that has it: --base REVISION"
            )
        loaded = load(then, AnyEnvironment())
    if loaded.agency_file is None:
        rules = ", ".join(dict.fromkeys(found.rule for found in loaded.diagnostics))
        raise CommandExit(ExitCode.ERROR, f"{path.name} at {revision} is not valid ({one_line(rules)})")
    return loaded.agency_file


class AnyEnvironment(Mapping[str, str]):
    """An environment in which every variable is set: where no portal is spoken to, no key is needed."""

    def __getitem__(self, name: str) -> str:
        return "not-needed-without-a-portal"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@contextmanager
def _checked_out(folder: Path, revision: str) -> Iterator[Path]:
    """A copy of `folder` as it was at `revision`; neither the work tree nor the index is touched."""
    if revision.startswith("-"):
        raise CommandExit(ExitCode.USAGE, f"{revision!r} is not a revision")
    commit = _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    archive = _git(folder, "archive", "--format=tar", commit)
    with TemporaryDirectory(prefix="agencyfile-") as temporary:
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(temporary, filter="data")
        yield Path(temporary)


def _git(folder: Path, *arguments: str) -> bytes:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        ended = subprocess.run(  # noqa: S603 - a fixed program, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            env={**environ, "LC_ALL": "C"},
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandExit(ExitCode.ERROR, f"git cannot be run ({type(error).__name__})", fix="install git") from None
    if ended.returncode:
        reason = one_line(ended.stderr.decode(errors="replace").strip()) or "no such revision"
        raise CommandExit(ExitCode.ERROR, f"git {arguments[0]} of {arguments[-1]}: {reason}", fix="fetch it first")
    return ended.stdout
