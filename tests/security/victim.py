"""Who is attacked: an agency's clone of its repository, with the real command line in processes of their own."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import evidence
import forks
import requests
from contract.repositories import git, make_remote
from rehearsal import _TAKES_FILE, Ran, Rehearsal

from agencyfile.local_portal import RunningPortal


class Victim(Rehearsal):
    """A rehearsal in a clone of a real remote; every command is a process that a pipeline would start."""

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        super().__init__(folder, portal)
        self.remote = make_remote(folder.parent / "origin.git")
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "remote", "add", "origin", str(self.remote))

    def run(self, command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run one command of agencyfile on the agency's file."""
        file = ("-f", str(self.file)) if command in _TAKES_FILE else ()
        return self.run_line(command, *arguments, *file, environment=environment)

    def run_line(self, *line: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run agencyfile as a process; everything that it prints and writes becomes evidence."""
        process = forks.start_alone(
            *line, folder=self.folder, environment={**self.surroundings(), **(environment or {})}
        )
        ran = process.wait()
        if line[0] == "apply":
            self._remember_passwords()
        evidence.keep(f"$ {line}", self._files())
        return ran

    def surroundings(self) -> dict[str, str]:
        """The environment of a job."""
        machine = {"PATH": os.environ["PATH"], "HOME": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
        return {**machine, **self.environment}

    def commit(self, message: str = "Change") -> str:
        """Commit everything in the folder, as the author of a pull request would; return the commit."""
        git(self.folder, "add", "--all", "--force")
        git(self.folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
        return git(self.folder, "rev-parse", "HEAD")

    def seed_anew(self, **objects: Any) -> None:
        """A portal that holds these objects and nothing else, with an empty book of requests."""
        requests.post(f"{self.portal.url}/_portal/reset", timeout=600).raise_for_status()
        self.seed(**objects)

    def requests(self) -> list[str]:
        """Every request that the portal has seen, by operation."""
        return [row["action"] for row in self.book("requests")]
