"""A runner of GitLab CI/CD for tests: one job's scripts, in one shell, with the variables that it would have."""

import os
import re
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import evidence
import yaml
from contract.repositories import git
from pipelines.forge import PROJECT
from pipelines.installing import index_of_this_machine, link_environment, plain_python
from pipelines.reviewer import TOKEN
from pipelines.runner import BIN, JobRun
from pipelines.team import FROM, Team

PROJECT_BOT = "project_4711_bot"

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass
class GitLabRunner:
    """Runs jobs of one project. `variables` are those of its settings; `held` are those of environments."""

    team: Team
    variables: Mapping[str, str]
    held: Mapping[str, Mapping[str, str]]
    installs: bool = False

    @classmethod
    def of(cls, team: Team) -> "GitLabRunner":
        """The runner of a team that has its pipeline at GitLab."""
        return cls(team, {**team.runner.secrets, "GITLAB_TOKEN": TOKEN}, team.runner.environments)

    def run(self, name: str, sha: str, artifacts: Path | None = None, **predefined: str) -> tuple[JobRun, Path]:
        """Run one job at a commit; return what became of it, and the folder in which it ran."""
        pipeline = yaml.safe_load(git(self.team.origin.bare, "show", f"{sha}:.gitlab/agencyfile.yml"))
        job = _extended(pipeline, name)
        folder = self.team.runner.folder / f"gitlab-{uuid.uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        self._check_out(folder, sha, job)
        for path in artifacts.glob("plan.*") if artifacts else ():
            (folder / path.name).unlink(missing_ok=True)
            (folder / path.name).write_bytes(path.read_bytes())
        given = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_BRANCH": "main"}
        predefined = {**given, "CI_COMMIT_SHA": sha, "CI_PROJECT_DIR": str(folder), **predefined}
        environment = self._environment(job, predefined)
        ended = JobRun(name)
        before = job["before_script"] if self.installs else self._installed(folder)
        code, output = _shell([*before, *job["script"]], folder, environment)
        ended.result = "failure" if code else "success"
        status = {"CI_JOB_STATUS": "failed" if code else "success"}
        after = _shell(job.get("after_script", []), folder, environment | status)[1]
        ended.summary = output + after
        evidence.keep(f"job {name}\n{ended.summary}")
        return ended, folder

    def _installed(self, folder: Path) -> list[str]:
        """In place of `before_script`: the environment of these tests, at the place that the jobs know."""
        link_environment(folder / ".git" / "agencyfile", folder / ".git" / "path")
        return ['export PATH="${CI_PROJECT_DIR}/.git/agencyfile/bin:${PATH}"']

    def _check_out(self, folder: Path, sha: str, job: Mapping[str, Any]) -> None:
        git(folder, "init", "--quiet")
        git(folder, "remote", "add", "origin", self.team.origin.url)
        depth = job.get("variables", {}).get("GIT_DEPTH", "20")
        limit = [] if depth == "0" else [f"--depth={depth}"]
        git(folder, "fetch", "--quiet", *limit, "origin", sha)
        git(folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")

    def _environment(self, job: Mapping[str, Any], predefined: Mapping[str, str]) -> dict[str, str]:
        """The settings' variables count for more than those of the file."""
        given = {**self.variables, **self.held.get(job.get("environment", {}).get("name", ""), {})}
        values = {**job["variables"], **given, **predefined}
        expanded = {
            name: _VARIABLE.sub(lambda match: values.get(match[1] or match[2], ""), text)
            for name, text in values.items()
        }
        return {
            **self.team.runner.surroundings,
            "PATH": f"{plain_python(self.team.runner.folder) if self.installs else BIN}:{os.environ['PATH']}",
            "HOME": str(self.team.runner.folder),
            "LC_ALL": "C.UTF-8",
            "CI": "true",
            **(index_of_this_machine() if self.installs else {"PIP_NO_INDEX": "1"}),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "CI_API_V4_URL": self.team.forge.gitlab,
            "CI_PROJECT_ID": PROJECT,
            "CI_JOB_URL": f"{self.team.forge.url}/jobs/1",
            **expanded,
        }


def add_pipeline(team: Team) -> None:
    """Let the team run `agencyfile ci gitlab`, and give its project a token."""
    evidence.add_secret(TOKEN)
    team.forge.add_token(TOKEN, PROJECT_BOT, api="write")
    folder = team.origin.work
    ran = team.rehearsal.run("ci", "gitlab", "--out", str(folder), "-f", str(folder / "agency.yaml"), *FROM)
    assert ran.code == 0, ran
    team.origin.push("main", "Pipeline")


def _extended(pipeline: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends: variables are merged, everything else is taken whole."""
    job = pipeline[name]
    base = pipeline[job["extends"]]
    variables = {**base.get("variables", {}), **job.get("variables", {})}
    return {**base, **job, "variables": variables}


def _shell(lines: list[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """As the runner's shell: one after another, up to the first that fails, also in a pipe."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
