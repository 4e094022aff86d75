"""The branch that a ledger is kept on: at a remote, or in this repository alone. Both move by compare-and-swap."""

from pathlib import Path
from typing import Protocol

from plan.errors import LedgerError
from plan.ledger.git import LOCAL_REMOTES, Git, allows_local_remotes, is_local, redact


class Branch(Protocol):
    """A branch that several writers may share."""

    @property
    def location(self) -> str:
        """Human-readable location."""

    @property
    def remote(self) -> str | None:
        """The remote that keeps it, as the user named it."""

    def head(self) -> str | None:
        """Return the branch's commit, fetched with all it needs. None means that there is no such branch.

        Raises:
            LedgerError: it cannot be reached.
        """

    def move(self, old: str | None, new: str) -> str:
        """Move the branch from `old` to `new`. Return the reason if that may have failed, else an empty text."""


class RemoteBranch:
    """A branch of a remote; nothing of it is kept here but commits and one private ref."""

    def __init__(self, git: Git, name: str, remote: str) -> None:
        _check_remote(git, remote)
        self._git = git.with_quiet_ssh()
        self._ref = f"refs/heads/{name}"
        self.location = f"git branch {name} of {redact(remote)}"
        self.remote: str | None = remote

    def head(self) -> str | None:
        """Ask the remote, and fetch what is missing here."""
        for _ in range(3):
            commit = self._advertised()
            if commit is None or self._has(commit):
                return commit
            self._fetch()
            if self._has(commit):
                return commit
        raise LedgerError(f"the ledger, {self.location}, is rewritten while it is read", fix="run again")

    def move(self, old: str | None, new: str) -> str:
        """Push, on condition that the branch is still `old`."""
        return self._git.ask(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-signed",
            "--no-follow-tags",
            "--recurse-submodules=no",
            f"--force-with-lease={self._ref}:{old or ''}",
            "--",
            self._remote(),
            f"{new}:{self._ref}",
        ).reason

    def _remote(self) -> str:
        return self.remote or ""

    def _advertised(self) -> str | None:
        answer = self._git.ask("ls-remote", "--refs", "--", self._remote(), self._ref)
        if not answer.is_ok:
            raise self._unreachable(answer.reason)
        advertised = (line.split("\t", 1) for line in answer.text.splitlines())
        return next((commit for commit, ref in advertised if ref == self._ref), None)

    def _fetch(self) -> None:
        # The whole history, in a shallow repository too: it shows whether entries were taken out.
        answer = self._git.ask(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--refmap=",
            "--",
            self._remote(),
            self._ref,
        )
        if not answer.is_ok and "find remote ref" not in answer.reason:
            raise self._unreachable(answer.reason)

    def _has(self, commit: str) -> bool:
        return self._git.ask("cat-file", "-e", f"{commit}^{{commit}}").is_ok

    def _unreachable(self, reason: str) -> LedgerError:
        return LedgerError(
            f"the ledger, {self.location}, cannot be reached: {reason}",
            fix="fix the network, the credentials or the remote's URL (git remote -v), then run again",
        )


def _check_remote(git: Git, remote: str) -> None:
    """Refuse a remote that is not configured, or whose URL does not lead over a network.

    The name stands in the agency file, and git would take a name that is not configured for a path: a folder that came
    with a pull request would then be pushed to, and its hooks would run.
    """
    if remote not in git.get("remote").text.splitlines():
        raise LedgerError(
            f"the repository has no remote that is called {redact(remote)}, and the ledger is kept at a configured one",
            fix=f"git remote add {redact(remote)} URL, or name another one in agency.ledger (git remote -v lists them)",
        )
    urls = git.ask("remote", "get-url", "--all", remote), git.ask("remote", "get-url", "--all", "--push", remote)
    local = [url for answer in urls for url in answer.text.splitlines() if is_local(url)]
    if local and not allows_local_remotes():
        raise LedgerError(
            f"the remote {remote} is a folder or a program of this machine ({redact(local[0])}): its hooks would run",
            fix=f"name a remote that is reached over a network; if a local one is meant: export {LOCAL_REMOTES}=1",
        )


class LocalBranch:
    """A branch of this repository alone."""

    remote: str | None = None

    def __init__(self, git: Git, name: str, folder: Path) -> None:
        self._git = git
        self._ref = f"refs/heads/{name}"
        self.location = f"git branch {name} in {folder}"

    def head(self) -> str | None:
        """Look it up."""
        answer = self._git.ask("rev-parse", "--verify", "--quiet", f"{self._ref}^{{commit}}")
        return answer.text if answer.is_ok else None

    def move(self, old: str | None, new: str) -> str:
        """Update the ref, on condition that it is still `old`, unless it is somebody's work tree."""
        if f"branch {self._ref}" in self._git.get("worktree", "list", "--porcelain").text.splitlines():
            return "the branch is checked out, and the ledger needs one of its own: check out another one"
        return self._git.ask("update-ref", self._ref, new, old or "").reason
