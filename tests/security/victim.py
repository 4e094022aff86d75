"""Who is attacked: an agency's clone of its repository, with the real command line in processes of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import evidence
from contract.repositories import git, make_remote
from rehearsal import _TAKES_FILE, Ran, Rehearsal

from agencyfile.local_portal import RunningPortal

IDENTITY = {
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@agency.example",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@agency.example",
}


class Victim(Rehearsal):
    """A rehearsal in a clone of a real remote; every command is a process that a pipeline would start."""

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        super().__init__(folder, portal)
        self.remote = make_remote(folder.parent / "origin.git")
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "remote", "add", "origin", str(self.remote))
        self.environment["AGENCYFILE_ALLOW_LOCAL_REMOTE"] = "1"  # the remote of this clone is a folder of this machine

    def run(self, command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run one command of agencyfile as a process; everything that it prints becomes evidence."""
        line = [command, *arguments, *(["-f", str(self.file)] if command in _TAKES_FILE else [])]
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            **self.environment,
            **(environment or {}),
        }
        done = subprocess.run(
            [sys.executable, "-m", "agencyfile", *line],
            cwd=self.folder,
            env=surroundings,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        evidence.keep(f"$ {line}\n{done.returncode}\n{done.stdout}\n{done.stderr}", self._files())
        return Ran(done.returncode, done.stdout, done.stderr)

    def commit(self, message: str = "Change") -> str:
        """Commit everything in the folder, as the author of a pull request would; return the commit."""
        git(self.folder, "add", "--all", "--force")
        git(self.folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
        return git(self.folder, "rev-parse", "HEAD")

    def requests(self) -> list[str]:
        """Every request that the portal has seen, by operation."""
        return [row["action"] for row in self.book("requests")]
