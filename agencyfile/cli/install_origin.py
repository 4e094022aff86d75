"""The source of agencyfile for the jobs of a pipeline: an index, a wheel in the repository, or a commit."""

import json
import re
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import click

from agencyfile import __version__
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.shipped import shipped

if TYPE_CHECKING:
    from agencyfile.ci import Locks, Origin

RUNTIME: Final = "requirements.txt"
STORES: Final = "requirements-stores.txt"  # RUNTIME, and the clients of ledgers in databases and buckets
BUILD: Final = "requirements-build.txt"
_WHEEL: Final = re.compile(r"agencyfile-[A-Za-z0-9._]+-py3-none-any\.whl")
_COMMIT: Final = re.compile(r"((?:https|ssh)://[A-Za-z0-9._~:/@-]+)@([0-9a-f]{40}|[0-9a-f]{64})")
_SHA256: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_PLACE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9._/-]*")
_HOW: Final = "say it: --from-wheel FILE, --from-commit URL@COMMIT, or --from-index SHA256"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The choices of the command line; at most one of them is set."""

    wheel: Path | None = None
    commit: str | None = None
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The source of agencyfile, its locks, and the wheel that is copied into the repository."""

    origin: "Origin"
    locks: "Locks"
    copied: bytes | None = None


def find_origin(wishes: Wishes, top: Path, folder: PurePosixPath | None, *, with_stores: bool = False) -> Found:
    """Return where the jobs get agencyfile from, and what they install with it.

    Where the command line says nothing, it is what this agencyfile was installed from: a commit or a wheel. A release
    cannot be the default, because no package knows the hash of its own wheel. A version without a hash is never used.

    Args:
        wishes: what the command line says.
        top: the top of the repository.
        folder: where a wheel from elsewhere is copied to, from the top; None where there is no place for one.
        with_stores: whether the jobs need the clients of databases and buckets.

    Raises:
        CommandExit: it cannot be found out, or the wheel is none.
        click.UsageError: the command line contradicts itself.
    """
    if sum(wish is not None for wish in (wishes.wheel, wishes.commit, wishes.index)) > 1:
        raise click.UsageError("--from-wheel, --from-commit and --from-index exclude each other")
    runtime = STORES if with_stores else RUNTIME
    if wishes.wheel:
        return _wheel(wishes.wheel, top, folder, runtime)
    if wishes.commit:
        return _commit(wishes.commit, runtime)
    if wishes.index:
        return _index(wishes.index, runtime)
    installed = _installed_from()
    url = urlsplit(str(installed.get("url", "")))
    vcs = installed.get("vcs_info")
    if isinstance(vcs, dict):
        return _commit(f"{url.geturl()}@{vcs.get('commit_id', '')}", runtime)
    path = Path(unquote(url.path))
    if url.scheme == "file" and path.suffix == ".whl" and path.is_file():
        return _wheel(path, top, folder, runtime)
    raise CommandExit(
        ExitCode.USAGE, "where the jobs shall get agencyfile from cannot be seen from this installation", fix=_HOW
    )


def _installed_from() -> dict[str, Any]:
    """Return the installer's record (direct_url.json, PEP 610); empty after an installation from an index."""
    try:
        found = json.loads(distribution("agencyfile").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _commit(text: str, runtime: str) -> Found:
    from agencyfile.ci import FromCommit  # noqa: PLC0415

    match = _COMMIT.fullmatch(text.removeprefix("git+"))
    if match is None or ".." in text:
        raise click.UsageError(f"{text!r} is no commit: give it whole, as in https://git.example/agencyfile@0123…cdef")
    return Found(FromCommit(match[1], match[2]), _own_locks(runtime))


def _index(text: str, runtime: str) -> Found:
    from agencyfile.ci import FromIndex  # noqa: PLC0415

    match = _SHA256.fullmatch(text)
    if match is None:
        raise click.UsageError(f"{text!r} is no SHA-256: it has 64 hexadecimal digits")
    return Found(FromIndex(__version__, match[1]), _own_locks(runtime))


def _wheel(path: Path, top: Path, folder: PurePosixPath | None, runtime: str) -> Found:
    from agencyfile.ci import FromWheel, Locks, sha256_of  # noqa: PLC0415

    if folder is None:
        raise click.UsageError("a component cannot bring a wheel along: --from-commit or --from-index")
    content = _content(path)
    locks = Locks(_locked(path, runtime), _locked(path, BUILD))
    try:
        place, is_inside = PurePosixPath(path.resolve().relative_to(top.resolve()).as_posix()), True
    except ValueError:
        place, is_inside = folder / path.name, False
    if not _PLACE.fullmatch(str(place)) or ".." in str(place):
        raise CommandExit(ExitCode.ERROR, f"{str(place)!r}: letters, digits and ._/- only", fix="move the wheel")
    return Found(FromWheel(place, sha256_of(content)), locks, None if is_inside else content)


def _content(path: Path) -> bytes:
    if not _WHEEL.fullmatch(path.name):
        raise CommandExit(ExitCode.ERROR, f"{path.name!r} is no wheel of agencyfile", fix=_HOW)
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be read: {error.strerror}") from None


def _locked(wheel: Path, name: str) -> str:
    """A lock that lies in a wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(f"agencyfile/{name}").decode()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise CommandExit(
            ExitCode.ERROR,
            f"{wheel} is no wheel of agencyfile that brings its lock",
            fix="build it anew, or --from-commit",
        ) from None


def _own_locks(runtime: str) -> "Locks":
    from agencyfile.ci import Locks  # noqa: PLC0415

    return Locks(*(shipped(name).read_text(encoding="utf-8") for name in (runtime, BUILD)))
