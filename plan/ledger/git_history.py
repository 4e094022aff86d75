"""The history of a ledger's branch: each commit's ledger must extend that of the commit before it.

A branch can be moved forward to a commit that holds an older ledger. Such a ledger is whole in itself, and only the
history of the branch shows that entries are missing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from plan.errors import LedgerCorrupt
from plan.ledger.entry import Entry, EntryType, line_digest
from plan.ledger.git import Git

_NOTHING: Final = frozenset("0")
_SHA1: Final = 40  # characters of an object's name


@dataclass(frozen=True, slots=True)
class Loaded:
    """A commit's ledger: its entries, and the bytes of each segment."""

    entries: list[Entry]
    contents: list[bytes]


@dataclass(frozen=True, slots=True)
class _Commit:
    """One commit, and what it changed: the old and new blob of each segment; None where there is none."""

    name: str
    parents: tuple[str, ...]
    changes: Mapping[str, tuple[str | None, str | None]]


def check_history(
    git: Git, head: str, known: str | None, ledger: Loaded, *, location: str, load: Callable[[str], Loaded]
) -> None:
    """Walk from `head` back to the commit `known`, which was checked before, or to the first; one pass, newest first.

    No blob is read for it but at a compaction: what a commit holds must be a first part of what `head` holds, and git
    names a blob by its content.

    Raises:
        LedgerCorrupt: a commit does not extend the one before it.
    """
    commits = list(_walk(git, head, known))
    sizes = _sizes(git, commits)
    segments = _by_name(ledger.contents)
    for commit in commits:
        if len(commit.parents) > 1:
            raise _refused(location, commit, "joins two histories")
        if _extends(commit, segments, sizes):
            continue
        before = load(commit.parents[0]) if commit.parents else None
        if before is None or not _is_compaction(load(commit.name).entries, before.entries):
            raise _refused(location, commit, "does not extend the commit before it: entries were taken out or changed")
        segments = _by_name(before.contents)


def _walk(git: Git, head: str, known: str | None) -> Iterator[_Commit]:
    chosen = (head, f"^{known}") if known else (head,)
    listed = git.get("rev-list", "--first-parent", "--parents", *chosen).text.splitlines()
    names = [line.split() for line in listed]
    shown = git.get(
        "diff-tree", "--stdin", "--root", "-r", "--no-abbrev", "--no-renames", "--raw",
        data="".join(f"{commit}\n" for commit, *_ in names).encode(),
    ).text  # fmt: skip
    changes: dict[str, dict[str, tuple[str | None, str | None]]] = {commit: {} for commit, *_ in names}
    current = ""
    for line in shown.splitlines():
        if not line.startswith(":"):
            current = line.split()[0]
            continue
        head_of_line, _, path = line.partition("\t")
        old, new = head_of_line.split()[2:4]
        changes[current][path] = (_blob(old), _blob(new))
    for commit, *parents in names:
        yield _Commit(commit, tuple(parents), changes[commit])


def _blob(name: str) -> str | None:
    return None if set(name) == _NOTHING else name


def _sizes(git: Git, commits: Sequence[_Commit]) -> dict[str, int]:
    blobs = {blob for commit in commits for change in commit.changes.values() for blob in change if blob}
    if not blobs:
        return {}
    data = "".join(f"{blob}\n" for blob in sorted(blobs)).encode()
    answer = git.get("cat-file", "--batch-check=%(objectname) %(objectsize)", data=data).text
    found = (line.split() for line in answer.splitlines())
    return {name: int(size) for name, size in found if size.isdecimal()}


def _by_name(contents: Sequence[bytes]) -> dict[str, bytes]:
    return {f"{number:06}.jsonl": content for number, content in enumerate(contents, 1)}


def _extends(commit: _Commit, segments: Mapping[str, bytes], sizes: Mapping[str, int]) -> bool:
    """Does it only add lines, and are they those that the newest ledger has there?"""
    for path, (old, new) in commit.changes.items():
        content = segments.get(path)
        if content is None or new is None or not _is_start(new, content, sizes):
            return False
        if old is not None and not (_is_start(old, content, sizes) and sizes[old] < sizes[new]):
            return False
    return True


def _is_start(blob: str, content: bytes, sizes: Mapping[str, int]) -> bool:
    size = sizes.get(blob, -1)
    if not 0 <= size <= len(content):
        return False
    algorithm = hashlib.sha1 if len(blob) == _SHA1 else hashlib.sha256
    hashed = algorithm(b"blob %d\0" % size, usedforsecurity=False)
    hashed.update(memoryview(content)[:size])
    return hashed.hexdigest() == blob


def _is_compaction(after: Sequence[Entry], before: Sequence[Entry]) -> bool:
    """Does the ledger begin with what all entries of the one before it add up to, linked to its last line?"""
    if not (after and before):
        return False
    first, last = after[0], before[-1]
    is_linked = first.serial == last.serial + 1 and first.previous == line_digest(last.line())
    return first.type is EntryType.COMPACTED and is_linked


def _refused(location: str, commit: _Commit, what: str) -> LedgerCorrupt:
    name = commit.name[:12]
    error = LedgerCorrupt(location, f"the commit {name} {what}; nothing was changed")
    good = commit.parents[0] if commit.parents else "COMMIT"
    error.fix = (
        f"look who pushed {name}, and put back the commit before it: git push --force-with-lease REMOTE {good}:BRANCH"
    )
    return error
