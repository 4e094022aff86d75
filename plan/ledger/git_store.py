"""The ledger on a branch of its own in the team's git repository."""

import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from plan.errors import LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.entry import Entry
from plan.ledger.git import Git
from plan.ledger.git_branch import Branch, LocalBranch, RemoteBranch
from plan.ledger.git_history import Loaded, check_history
from plan.ledger.lines import Mark, above, check_link, continues, lines_of, scan

SEGMENT: Final = 1000
READ_BACK: Final = (0.5, 1.5)  # seconds between two looks at a branch after a push that did not end well


@dataclass(frozen=True, slots=True)
class Version:
    """One commit of the branch: `full` are the blobs of its full segments, `tail` the lines of the last one."""

    commit: str | None = None
    mark: Mark = field(default_factory=Mark)
    full: tuple[str, ...] = ()
    tail: tuple[bytes, ...] = ()


class GitStore:
    """A branch that holds segment files (`000001.jsonl`, a thousand entries each) and nothing else.

    It shares no commit with the other branches. Commits are made by plumbing and published by compare-and-swap: a push
    on condition that the remote's branch is what was read, or the like for a branch of this repository alone. Work
    tree, index, HEAD and every other branch stay as they are. What was last read or written is remembered in a private
    ref (`refs/agencyfile/ledger/BRANCH`), so that a branch that was rewritten in between is noticed.

    `remote` is the name of a configured remote; None means `origin` if there is one, else the repository that contains
    `folder`. A remote that is a folder of this machine needs AGENCYFILE_ALLOW_LOCAL_REMOTE=1 in the environment.
    """

    def __init__(self, folder: Path, branch: str, remote: str | None = None) -> None:
        self._folder = folder
        self._name = branch
        self._remote = remote
        self._git = Git(folder)
        self._memory = f"refs/agencyfile/ledger/{branch}"
        self._version: Version | None = None

    @property
    def location(self) -> str:
        """The branch and the remote or folder that it is in."""
        return self._branch.location

    def read(self, after: int) -> Sequence[Entry]:
        """The entries above `after`, the chain checked from the first line."""
        return above(self._read(), after)

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Publish a commit that adds to the last segment, and begins new ones when that is full."""
        known = self._at(expected, entries)
        return self._publish(entries, known, known)

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        """Publish a commit that holds nothing but `entries`; what they stand for is still in the branch's history."""
        known = self._at(expected, entries)
        return self._publish(entries, known, Version(known.commit))

    @cached_property
    def _branch(self) -> Branch:
        if self._git.ask("rev-parse", "--is-inside-work-tree").text != "true":
            raise LedgerError(
                f"{self._folder} is in no git repository that can be used, and the ledger is kept on a git branch",
                fix="run `git init` there (or fix what `git status` says there), or keep the ledger in a file",
            )
        if not self._git.ask("check-ref-format", f"refs/heads/{self._name}").is_ok:
            raise LedgerError(f"git takes no branch named {self._name!r}", fix="name another branch for the ledger")
        remote = self._remote
        if remote is None and "origin" in self._git.get("remote").text.splitlines():
            remote = "origin"
        return (
            RemoteBranch(self._git, self._name, remote) if remote else LocalBranch(self._git, self._name, self._folder)
        )

    def _at(self, expected: int, entries: Sequence[Entry]) -> Version:
        if self._version is None or self._version.mark.serial != expected:
            self._read()
        assert self._version  # noqa: S101 - reading sets it
        if self._version.mark.serial != expected:
            raise LedgerConflict(expected=expected, found=self._version.mark.serial)
        check_link(entries, self._version.mark, f"{self.location}, entry {expected}")
        return self._version

    def _read(self) -> list[Entry]:
        # In this order: what another process of this repository remembered before the branch was asked must be in it.
        seen = self._remembered()
        head = self._branch.head()
        if head is None:
            self._version = self._absent(seen)
            return []
        loaded, version = self._load(head)
        entries = loaded.entries
        known = self._version.mark if self._version else Mark()
        if not (continues(entries, version.mark, known) and self._continues(entries, version, seen)):
            raise self._rewritten("was rewritten: it lacks entries that were read from it before")
        self._check_history(head, loaded, seen)
        self._version = version
        self._remember(seen, head)
        return entries

    def _check_history(self, head: str, loaded: Loaded, seen: str | None) -> None:
        """Check the commits that were added since the last look; in a new clone all of them."""
        checked = [commit for commit in (self._version.commit if self._version else None, seen) if commit]
        known = next((commit for commit in checked if commit == head or self._is_before(commit, head)), None)
        if known != head:
            check_history(
                self._git, head, known, loaded, location=self.location, load=lambda commit: self._load(commit)[0]
            )

    def _is_before(self, commit: str, head: str) -> bool:
        return self._git.ask("merge-base", "--is-ancestor", commit, head).is_ok

    def _absent(self, seen: str | None) -> Version:
        if seen or (self._version and self._version.commit):
            raise self._rewritten("is gone, though a ledger was read from it before")
        return Version()

    def _rewritten(self, what: str) -> LedgerCorrupt:
        target = f"--force {self._branch.remote}" if self._branch.remote else "--force ."
        error = LedgerCorrupt(self.location, f"the branch {what}; nothing was changed")
        error.fix = (
            f"put back what was last read here: git push {target} {self._memory}:refs/heads/{self._name} "
            f"(only if the branch is right and this repository is not: git update-ref -d {self._memory})"
        )
        return error

    def _load(self, commit: str) -> tuple[Loaded, Version]:
        segments = self._segments(commit)
        entries: list[Entry] = []
        mark, contents = Mark(), self._git.blobs(segments)
        for number, content in enumerate(contents, 1):
            found, mark = scan(content, mark, partial(self._line, number, mark.lines))
            if not content.endswith(b"\n"):
                raise LedgerCorrupt(self._line(number, 0, len(found) + 1), "the segment is cut short")
            entries += found
        tail = tuple(contents[-1].splitlines(keepends=True))
        loaded = Loaded(entries, contents)
        if len(tail) >= SEGMENT:
            return loaded, Version(commit, mark, tuple(segments))
        return loaded, Version(commit, mark, tuple(segments[:-1]), tail)

    def _line(self, segment: int, before: int, line: int) -> str:
        return f"{self.location}, {_segment_name(segment)}:{line - before}"

    def _segments(self, commit: str) -> list[str]:
        listed = self._git.get("ls-tree", "-z", f"{commit}^{{tree}}").output.decode(errors="replace")
        files = {name: head.split() for head, name in (item.split("\t", 1) for item in listed.split("\0") if item)}
        strange = [name for name, head in files.items() if head[1] != "blob" or not re.fullmatch(r"\d{6}\.jsonl", name)]
        if strange or not files:
            raise self._foreign(strange)
        names = [_segment_name(number) for number in range(1, len(files) + 1)]
        for name in names:
            if name not in files:
                raise LedgerCorrupt(self.location, f"the ledger is truncated: its segment {name} is missing")
        return [files[name][2] for name in names]

    def _foreign(self, strange: Sequence[str]) -> LedgerCorrupt:
        holds = f"it holds {', '.join(strange[:3])}" if strange else "it holds no file"
        error = LedgerCorrupt(self.location, f"this branch is no ledger ({holds}); nothing was changed")
        error.fix = "name a branch in agency.ledger that holds a ledger or does not exist yet"
        return error

    def _publish(self, entries: Sequence[Entry], before: Version, base: Version) -> int:
        wanted = self._write(entries, before, base)
        reason = self._branch.move(before.commit, wanted.commit or "")
        if reason:
            self._settle(reason, before, wanted)
        self._version = wanted
        self._remember(before.commit, wanted.commit or "")
        return wanted.mark.serial

    def _write(self, entries: Sequence[Entry], before: Version, base: Version) -> Version:
        added = lines_of(entries)
        tail, full = (*base.tail, *added), list(base.full)
        while len(tail) >= SEGMENT:
            full.append(self._store_blob(tail[:SEGMENT]))
            tail = tail[SEGMENT:]
        oids = [*full, self._store_blob(tail)] if tail else full
        tree = "".join(f"100644 blob {oid}\t{_segment_name(number)}\n" for number, oid in enumerate(oids, 1))
        commit = self._store_commit(self._git.get("mktree", data=tree.encode()).text, before.commit, entries)
        return Version(commit, base.mark.after(entries, added), tuple(full), tail)

    def _store_blob(self, lines: Sequence[bytes]) -> str:
        return self._git.get("hash-object", "-w", "--stdin", "--no-filters", data=b"".join(lines)).text

    def _store_commit(self, tree: str, parent: str | None, entries: Sequence[Entry]) -> str:
        types = ", ".join(dict.fromkeys(entry.type.value for entry in entries))
        # Two writers must never make the same commit: each would take the other's push for its own.
        text = f"Ledger: entries {entries[0].serial} to {entries[-1].serial} ({types})\n\nAppend: {uuid.uuid4().hex}\n"
        parents = ("-p", parent) if parent else ()
        return self._git.get("commit-tree", "--no-gpg-sign", *parents, "-F", "-", tree, data=text.encode()).text

    def _settle(self, reason: str, before: Version, wanted: Version) -> None:
        """Find out whether a push that failed was carried out after all. Return if it was."""
        try:
            head = self._head_in_the_end()
        except LedgerError as error:
            raise LedgerError(
                f"the ledger, {self.location}, may or may not have been written: {reason}; then {error}",
                fix="when the branch can be reached again, run plan: it shows what is there",
            ) from None
        if head == wanted.commit:
            return
        if head == before.commit:
            raise self._not_written(reason)
        if head and self._git.ask("merge-base", "--is-ancestor", wanted.commit or "", head).is_ok:
            return
        self._read()
        if self._version and self._version.mark.serial != before.mark.serial:
            raise LedgerConflict(expected=before.mark.serial, found=self._version.mark.serial)
        raise self._not_written(reason)

    def _head_in_the_end(self) -> str | None:
        """Ask for the branch again for a while: the connection that broke a push may be back in a moment."""
        for pause in READ_BACK:
            try:
                return self._branch.head()
            except LedgerError:
                time.sleep(pause)
        return self._branch.head()

    def _not_written(self, reason: str) -> LedgerError:
        return LedgerError(
            f"the ledger, {self.location}, was not written: {reason}",
            fix="fix what git says (the right to push to that branch, its protection, its hooks), then run again",
        )

    def _remembered(self) -> str | None:
        answer = self._git.ask("rev-parse", "--verify", "--quiet", f"{self._memory}^{{commit}}")
        return answer.text if answer.is_ok else None

    def _remember(self, seen: str | None, commit: str) -> None:
        # Whoever was faster remembers something newer: losing this race is right.
        if seen != commit:
            self._git.ask("update-ref", self._memory, commit, seen or "")

    def _continues(self, entries: Sequence[Entry], version: Version, seen: str | None) -> bool:
        if seen is None or seen in {version.commit, self._version.commit if self._version else None}:
            return True
        return continues(entries, version.mark, self._end_of(seen))

    def _end_of(self, commit: str) -> Mark:
        last = self._git.blobs(self._segments(commit)[-1:])[0].splitlines(keepends=True)[-1:]
        try:
            return Mark().after([Entry.parse(line.decode()) for line in last], last)
        except (ValueError, IndexError):
            raise LedgerCorrupt(self._memory, "what this repository remembers of the ledger is no ledger") from None


def _segment_name(number: int) -> str:
    return f"{number:06}.jsonl"
