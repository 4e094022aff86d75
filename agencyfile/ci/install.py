"""The installation step of the jobs: a requirements file with hashes, and the source of agencyfile itself.

pip installs from the file with `--require-hashes --no-deps`: exactly the files that the lock names, whatever an index
offers besides. The workflow holds the file's SHA-256, so that the file changes only together with it: code owners
protect the workflow, and a token without the permission to change workflows cannot replace what a job installs.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

_NAME: Final = re.compile(r"([A-Za-z0-9._-]+)")


@dataclass(frozen=True, slots=True)
class FromIndex:
    """A release: its version, and the SHA-256 of its wheel."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FromWheel:
    """A wheel that lies in the repository, by its path from the top."""

    path: PurePosixPath
    sha256: str


@dataclass(frozen=True, slots=True)
class FromCommit:
    """A commit of a git repository, by its full id. pip has no hash for it: the id stands for one."""

    url: str
    commit: str


Origin = FromIndex | FromWheel | FromCommit


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks that come with agencyfile: what it needs to run, and what builds it from a commit."""

    runtime: str
    build: str


def make_requirements(origin: Origin, locks: Locks) -> str:
    """Return the requirements file: every package with its version and its hashes."""
    match origin:
        case FromIndex(version, sha256):
            return _with_hash(f"agencyfile=={version}", sha256) + locks.runtime
        case FromWheel(path, sha256):
            return _with_hash(f"./{path}", sha256) + locks.runtime
        case FromCommit():
            return locks.runtime + _missing_from(locks.runtime, locks.build)


def after_requirements(origin: Origin, python: str) -> str:
    """Return the commands that follow `pip install --requirement`: those for a commit, or none."""
    if not isinstance(origin, FromCommit):
        return ""
    return (
        "# pip knows no hash of a commit: its full id says which one it is, and what builds it is in the lock\n"
        f"{python} -I -m pip install --no-deps --no-build-isolation "
        f'"agencyfile @ git+{origin.url}@{origin.commit}"\n'
    )


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _with_hash(requirement: str, sha256: str) -> str:
    return f"{requirement} \\\n    --hash=sha256:{sha256}\n"


def _missing_from(first: str, second: str) -> str:
    """Return the entries of the second lock whose packages the first one does not name."""
    known = {_name(entry) for entry in _entries(first)}
    return "".join(entry for entry in _entries(second) if _name(entry) not in known)


def _entries(lock: str) -> list[str]:
    """Split a lock into its entries: each begins at the margin, its hashes are indented."""
    return re.findall(r"^[A-Za-z0-9].*\n(?:[ \t].*\n)*", lock, re.MULTILINE)


def _name(entry: str) -> str:
    match = _NAME.match(entry)
    return match[1].lower().replace("_", "-") if match else entry
