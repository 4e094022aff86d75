"""A team's repository at the forge: a real bare repository, pull requests with their merges, pushes."""

from dataclasses import dataclass
from pathlib import Path

from contract.repositories import git, make_remote
from pipelines.forge import Forge, Thread

_HOOK = """\
#!/bin/sh
# a job may push only where its permissions say `contents: write`; people may always
test "${RUNNER_CONTENTS:-write}" = write || { echo "remote: Permission to northwind/portal.git denied" >&2; exit 1; }
"""


@dataclass
class Origin:
    """The bare repository, a developer's clone of it, and the forge that knows its pull requests."""

    bare: Path
    work: Path
    forge: Forge

    @property
    def url(self) -> str:
        """What jobs clone: by a transport that honours depths."""
        return f"file://{self.bare}"

    def head(self, branch: str) -> str:
        """The commit of a branch."""
        return git(self.bare, "rev-parse", branch)

    def push(self, branch: str, message: str, **files: str) -> str:
        """Commit files (`agency_yaml="…"`) on a branch, which begins at main, and push it."""
        if git(self.bare, "branch", "--list", branch):
            git(self.work, "fetch", "--quiet", "origin", branch)
            git(self.work, "checkout", "--quiet", "-B", branch, "FETCH_HEAD")
        elif git(self.bare, "branch", "--list", "main"):
            git(self.work, "fetch", "--quiet", "origin", "main")
            git(self.work, "checkout", "--quiet", "-B", branch, "FETCH_HEAD")
        for name, text in files.items():
            (self.work / name.replace("_", ".")).write_text(text, encoding="utf-8")
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--allow-empty", f"--message={message}")
        git(self.work, "push", "--quiet", "origin", branch)
        for thread in self.forge.threads.values():
            if thread.title == branch and thread.state == "open":
                self._test_merge(thread)
        return self.head(branch)

    def update(self, branch: str, **files: str) -> str:
        """Merge main into a branch, settling conflicts by these files, and push it."""
        git(self.work, "fetch", "--quiet", "origin", branch)
        git(self.work, "checkout", "--quiet", "-B", branch, "FETCH_HEAD")
        git(self.work, "fetch", "--quiet", "origin", "main")
        git(self.work, "merge", "--quiet", "--strategy=ours", "--message=Merge main", "FETCH_HEAD")
        git(self.work, "push", "--quiet", "origin", f"{branch}:{branch}-merged")
        git(self.bare, "update-ref", f"refs/heads/{branch}", f"refs/heads/{branch}-merged")
        return self.push(branch, "Settle conflicts", **files)

    def open_pull_request(self, branch: str) -> Thread:
        """A pull request of a branch; the forge keeps what merging it would give."""
        thread = self.forge.open_pull_request(title=branch)
        self._test_merge(thread)
        return thread

    def merge(self, thread: Thread) -> str:
        """Squash it onto main, as the button does; return the commit."""
        tree = git(self.bare, "rev-parse", f"refs/pull/{thread.number}/merge^{{tree}}")
        commit = git(
            self.bare, "commit-tree", tree, "-p", self.head("main"), "-m", f"{thread.title} (#{thread.number})"
        )
        git(self.bare, "update-ref", "refs/heads/main", commit)
        thread.state, thread.merge_commit = "closed", commit
        return commit

    def queue(self, *threads: Thread) -> tuple[str, str]:
        """Merge pull requests onto main where a merge queue tests them, one after another; return branch and commit."""
        base = commit = self.head("main")
        for thread in threads:
            tree = git(self.bare, "merge-tree", "--write-tree", commit, str(thread.head)).splitlines()[0]
            commit = git(self.bare, "commit-tree", tree, "-p", commit, "-m", f"{thread.title} (#{thread.number})")
        branch = f"gh-readonly-queue/main/pr-{threads[-1].number}-{base}"
        git(self.bare, "update-ref", f"refs/heads/{branch}", commit)
        return branch, commit

    def merge_queued(self, thread: Thread, commit: str) -> None:
        """Move main to what the queue has tested."""
        git(self.bare, "update-ref", "refs/heads/main", commit)
        thread.state, thread.merge_commit = "closed", commit

    def _test_merge(self, thread: Thread) -> None:
        base, head = self.head("main"), self.head(thread.title)
        tree = git(self.bare, "merge-tree", "--write-tree", base, head).splitlines()[0]
        merge = git(self.bare, "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}")
        git(self.bare, "update-ref", f"refs/pull/{thread.number}/merge", merge)
        thread.head = head


def make_origin(folder: Path, forge: Forge) -> Origin:
    """An empty repository."""
    bare = make_remote(folder / "origin.git")
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(_HOOK, encoding="utf-8")
    hook.chmod(0o755)
    git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    work = folder / "work"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "remote", "add", "origin", str(bare))
    forge.history = lambda revision: git(bare, "rev-list", revision).splitlines()
    return Origin(bare, work, forge)
