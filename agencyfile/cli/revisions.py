"""The agency file as it was at another revision of its git repository."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line, shortened
from plan.address import Origin
from plan.ledger.git import SAFE, environment, redact
from plan.revision import TAKEN_OUT, Revised, revised

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile

TIMEOUT: Final = 60.0
_MOST: Final = 8 * 1024 * 1024  # bytes of a file; the language reads no larger one
_OID: Final = re.compile(r"[0-9a-f]{40,64}")
_LINK, _FILE = b"120000", b"100"
# Nothing of the repository's settings runs a program, or leaves a file out.
_SETTINGS: Final = (
    *SAFE,
    "core.sparseCheckout=false",
    "core.splitIndex=false",
    "index.sparse=false",
)


def revised_since(path: Path, revision: str, now: "AgencyFile") -> tuple[Revised, ...]:
    """Return how the agency file at `path` differs from `revision`.

    Raises:
        CommandExit: there is no such revision, or the file there is not valid.
    """
    return compared(path, revision, now)[1]


def compared(path: Path, revision: str, now: "AgencyFile") -> tuple["AgencyFile", tuple[Revised, ...]]:
    """Return the agency file as it was at `revision`, and how it differs from that now.

    Raises:
        CommandExit: as `revised_since`.
    """
    with TemporaryDirectory(prefix="agencyfile-") as temporary:
        there = Path(os.path.realpath(temporary))
        root = _checked_out(path, revision, there)
        then = _loaded(root / path.name, there, path, revision)
    found = revised(then.declared, now.declared, then.removals, now.removals)
    found = tuple(sorted(found, key=lambda change: change.address != now.agency.address))  # settings before the rest
    return then, tuple(
        replace(change, origin=_as_here(change.origin, root, path)) if change.action == TAKEN_OUT else change
        for change in found
    )


def commits_since(path: Path, revision: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Return the base, the last commit, and author and time (ISO 8601) of each commit in between, the newest first.

    The base is the last commit that both have in common. Merges have no author of their own.

    Raises:
        CommandExit: there is no such revision.
    """
    with TemporaryDirectory(prefix="agencyfile-") as temporary:
        git = _Git(path.parent.absolute(), Path(temporary) / "index")
        named, head = _commit(git, revision), _commit(git, "HEAD")
        base = git.ask("merge-base", named, head).stdout.decode(errors="replace").strip()
        start = base if _OID.fullmatch(base) else named
        arguments = ("log", "--no-merges", "--no-show-signature", "-z", "--format=%an%x1f%aI", f"{start}..{head}")
        listed = git.get(*arguments, of=revision).decode(errors="replace")
    rows = (entry.partition("\x1f") for entry in listed.split("\0") if entry)
    return start, head, tuple((name, time) for name, _, time in rows)


def paths_since(folder: Path, revision: str) -> tuple[str, ...]:
    """Return the paths in `folder`, relative to it, whose content differs from `revision`, gone and new ones too.

    Neither the work tree nor the index is touched. What git ignores is no change.

    Raises:
        CommandExit: there is no such revision.
    """
    if not revision.strip() or revision.startswith("-"):
        raise CommandExit(ExitCode.USAGE, f"'{shortened(revision, 80)}' is not a revision")
    with TemporaryDirectory(prefix="agencyfile-") as temporary:
        git = _Git(folder.absolute(), Path(temporary) / "index")
        git.get("rev-parse", "--show-prefix", of="the fleet's folder", fix="work in a git repository")
        git.get("read-tree", _commit(git, revision), of=revision)
        git.ask("update-index", "-q", "--refresh")  # it fails where anything differs, which is no failure here
        changed = git.get("diff-files", "--name-only", "--relative", "-z", of=revision)
        added = git.get("ls-files", "--others", "--exclude-standard", "-z", of=revision)
    return tuple(sorted(os.fsdecode(name) for name in {*changed.split(b"\0"), *added.split(b"\0")} if name))


def _loaded(then: Path, there: Path, path: Path, revision: str) -> "AgencyFile":
    from agencyfile.language import load  # noqa: PLC0415 - heavy
    from agencyfile.language.environment import AnyEnvironment  # noqa: PLC0415 - same

    if not then.is_file() or not Path(os.path.realpath(then)).is_relative_to(there):
        raise CommandExit(
            ExitCode.ERROR,
            f"{one_line(revision)} has no {one_line(path.name)} in this folder",
            fix="name a revision that has it",
        )
    loaded = load(then, AnyEnvironment(takes_any_name=True))
    if loaded.agency_file is None:
        rules = ", ".join(dict.fromkeys(found.rule for found in loaded.diagnostics))
        raise CommandExit(
            ExitCode.ERROR,
            f"{one_line(path.name)} at {one_line(revision)} is not valid ({one_line(rules)})",
            fix="name a revision at which it is",
        )
    return loaded.agency_file


def _as_here(origin: Origin, root: Path, path: Path) -> Origin:
    """The place of what is no longer there, as if it were."""
    return origin._replace(file=str(path.parent / Path(origin.file).relative_to(root)))


def _checked_out(path: Path, revision: str, there: Path) -> Path:
    """A copy of the folder of `path` as it was at `revision`; neither the work tree nor the index is touched.

    As a checkout would make it, so that line ends are the same here and there; without submodules and large files.
    """
    if not revision.strip() or revision.startswith("-"):
        raise CommandExit(ExitCode.USAGE, f"'{shortened(revision, 80)}' is not a revision")
    git = _Git(path.parent.absolute(), there / "index")
    prefix = git.get("rev-parse", "--show-prefix", of="the agency file's folder", fix="work in a git repository")
    commit = _commit(git, revision)
    git.get("read-tree", commit, of=revision)
    listed = git.get("ls-tree", "-r", "-z", "-l", commit, of=revision)
    names = b"".join(name + b"\0" for name in _wanted(listed, os.fsencode(path.name)))
    git.get("checkout-index", "-q", "-z", "--stdin", f"--prefix={there}/tree/", of=revision, data=names)
    return there / "tree" / os.fsdecode(prefix.removesuffix(b"\n"))


def _wanted(listed: bytes, agency_file: bytes) -> Iterator[bytes]:
    """The names of files and links that an agency file may be made of."""
    for entry in listed.split(b"\0")[:-1]:
        head, _, name = entry.partition(b"\t")
        mode, _, _, size = head.split()
        is_text = mode.startswith(_FILE) and (name == agency_file or int(size) <= _MOST)
        if is_text or mode == _LINK:
            yield name


def _commit(git: "_Git", revision: str) -> str:
    named = _oid(git, revision)
    commit = _oid(git, f"{named}^{{commit}}") if named else None
    if commit is None:
        problem, fix = f"git rev-parse finds no revision {shortened(revision, 80)}", "commit it or fetch it first"
        if git.ask("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            problem += ", and the clone is shallow"
            fix = "git fetch --unshallow; in a pipeline, check out the whole history"
        raise CommandExit(ExitCode.ERROR, problem, fix=fix)
    return commit


def _oid(git: "_Git", name: str) -> str | None:
    """Return the name of one object, and refuse an exclusion (`^name`)."""
    oid = git.ask("rev-parse", "--verify", "--quiet", name).stdout.decode(errors="replace").strip()
    return oid if _OID.fullmatch(oid) else None


@dataclass(frozen=True, slots=True)
class _Git:
    """Runs git in `folder`, with an index of its own."""

    folder: Path
    index: Path

    def get(self, *arguments: str, of: str, fix: str = "see what git says", data: bytes = b"") -> bytes:
        """Return the output of a command.

        Raises:
            CommandExit: it failed.
        """
        ended = self.ask(*arguments, data=data)
        if ended.returncode:
            reason = one_line(redact(ended.stderr.decode(errors="replace").strip()))[:400]
            what = f"git {arguments[0]} of {shortened(of, 80)}"
            raise CommandExit(ExitCode.ERROR, f"{what}: {reason or 'it failed'}", fix=fix)
        return ended.stdout

    def ask(self, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end.

        Raises:
            CommandExit: there is no git, or it takes too long.
        """
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command: Sequence[str] = ["git", "-C", str(self.folder), *settings, *arguments]
        mine = {"GIT_INDEX_FILE": str(self.index), "GIT_LFS_SKIP_SMUDGE": "1"}
        try:
            return subprocess.run(  # noqa: S603 - a fixed program, no shell
                command,
                env={**environment(os.environ), **mine},
                input=data,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            problem = f"git {arguments[0]} gave no answer within {TIMEOUT:g} seconds"
            raise CommandExit(ExitCode.ERROR, problem, fix="create the missing dependency first") from None
        except (OSError, ValueError) as error:
            problem = f"git cannot be run ({type(error).__name__})"
            raise CommandExit(ExitCode.ERROR, problem, fix="install git") from None
