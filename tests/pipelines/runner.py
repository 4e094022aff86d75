"""A runner of GitHub Actions for tests: jobs, steps and composite actions of a workflow, each step in a real shell.

What a step may not do there, it may not do here: it gets the variables that the workflow and a runner give it,
a token with the permissions of its job, a repository that it may push to only with `contents: write`, and secrets only
where the event brings them. The actions that workflows use are replaced by what they do. The step that installs
agencyfile is carried out where the runner is told so; elsewhere it is replaced by what is installed here, because it
takes half a minute.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import evidence
import yaml
from contract.repositories import git
from pipelines.checkout import check_out
from pipelines.expressions import Functions, filled, is_met
from pipelines.forge import REPOSITORY
from pipelines.installing import INSTALL, index_of_this_machine, link_environment, plain_python
from pipelines.origin import Origin
from pipelines.reviewer import BOT

BIN = Path(sys.executable).parent


@dataclass
class StepRun:
    """One step that has ended, was skipped, or failed."""

    name: str
    outcome: str
    output: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class JobRun:
    """One job that has ended."""

    name: str
    result: str = "success"
    steps: list[StepRun] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def output(self) -> str:
        """Everything that its steps printed."""
        return "\n".join(step.output for step in self.steps)

    def annotations(self) -> list[str]:
        """The lines that the runner shows beside the files."""
        return [line for line in self.output.splitlines() if re.match(r"::(error|warning|notice)\b", line)]


@dataclass
class WorkflowRun:
    """One run of a workflow."""

    number: int
    jobs: dict[str, JobRun] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)

    def results(self) -> dict[str, str]:
        """What became of each job."""
        return {name: job.result for name, job in self.jobs.items()}


@dataclass(frozen=True)
class Event:
    """What started a run."""

    name: str
    document: Mapping[str, Any]
    ref: str
    sha: str
    is_from_fork: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """Runs workflows of one repository.

    `surroundings` are variables of the machine: where the portal is. `environments` hold the secrets of environments.
    `actions` are the files of actions that no workflow brings along, by their names. Where it `installs`, jobs find no
    agencyfile but the one that they install. `variables` are those of the repository, and `environment_variables`
    those of environments.
    """

    origin: Origin
    folder: Path
    secrets: Mapping[str, str]
    environments: Mapping[str, Mapping[str, str]]
    surroundings: Mapping[str, str]
    actions: Mapping[str, Path] = field(default_factory=dict)
    installs: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    environment_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def pull_request(self, number: int, *, is_from_fork: bool = False) -> Event:
        """The event of a pull request that was opened or pushed to."""
        head = self.origin.forge.threads[number].head
        fork = "mallory/portal" if is_from_fork else REPOSITORY
        document = {
            "number": number,
            "pull_request": {
                "number": number,
                "head": {"sha": head, "repo": {"full_name": fork}},
                "base": {"ref": self.origin.forge.threads[number].base},
                "user": {"login": "dev"},
            },
        }
        ref = f"refs/pull/{number}/merge"
        return Event("pull_request", document, ref, git(self.origin.bare, "rev-parse", ref), is_from_fork)

    def queued(self, *numbers: int) -> Event:
        """The event of pull requests that a merge queue is about to merge together."""
        branch, commit = self.origin.queue(*(self.origin.forge.threads[number] for number in numbers))
        document = {"merge_group": {"head_ref": f"refs/heads/{branch}", "base_ref": "refs/heads/main"}}
        return Event("merge_group", document, f"refs/heads/{branch}", commit)

    def pushed(self, branch: str = "main") -> Event:
        """The event of a push."""
        return Event("push", {}, f"refs/heads/{branch}", self.origin.head(branch))

    def started(self, name: str = "workflow_dispatch", **inputs: str) -> Event:
        """The event of a run by hand, or by the clock."""
        return Event(name, {"inputs": inputs}, "refs/heads/main", self.origin.head("main"), inputs=inputs)

    def run(self, workflow: str, event: Event) -> WorkflowRun:
        """Run the workflow of that file name, as it is in the commit of the event."""
        text = git(self.origin.bare, "show", f"{event.sha}:.github/workflows/{workflow}")
        document = yaml.safe_load(text)
        triggers = document[True]  # YAML 1.1 reads `on` so
        assert event.name in triggers, f"{workflow} does not run on {event.name}"
        run = WorkflowRun(self._start(workflow, event))
        for name, job in document["jobs"].items():
            run.jobs[name] = _Job(self, event, document, run, name, job).run()
            self.origin.forge.runs[run.number].jobs[run.jobs[name].name] = run.jobs[name].result
        return run

    def _start(self, workflow: str, event: Event) -> int:
        """The number by which the forge knows the run."""
        pull_request = event.document.get("pull_request")
        head = pull_request["head"]["sha"] if pull_request else event.sha
        repository = pull_request["head"]["repo"]["full_name"] if pull_request else REPOSITORY
        return self.origin.forge.start_run(f".github/workflows/{workflow}", event.name, head, repository)


@dataclass
class _Job:
    runner: Runner
    event: Event
    workflow: Mapping[str, Any]
    workflow_run: WorkflowRun
    name: str
    job: Mapping[str, Any]
    has_failed: bool = False

    def __post_init__(self) -> None:
        self.folder = self.runner.folder / f"{self.name}-{uuid.uuid4().hex[:8]}"
        self.workspace = self.folder / "workspace"
        self.workspace.mkdir(parents=True)
        self.temp = self.folder / "temp"
        self.temp.mkdir()
        self.path = self.folder / "path"
        self.action_path = self.workspace
        self.token = f"ghs-sentinel-{uuid.uuid4().hex}"
        self.steps: dict[str, StepRun] = {}
        self.ended = JobRun(self.job.get("name", self.name))

    def run(self) -> JobRun:
        needed = [self.workflow_run.jobs[name] for name in _listed(self.job.get("needs"))]
        self.has_failed = any(job.result != "success" for job in needed)
        if not is_met(self.job.get("if"), self._contexts(), self._functions()):
            self.ended.result = "skipped"
            return self.ended
        self.has_failed = False
        self._admit()
        for step in self.job["steps"]:
            self._step(step)
        summary = self.folder / "summary"
        self.ended.summary = summary.read_text("utf-8") if summary.exists() else ""
        self.ended.result = "failure" if self.has_failed else "success"
        for name, text in self.job.get("outputs", {}).items():
            self.ended.outputs[name] = filled(text, self._contexts(), self._functions())
        evidence.keep(f"job {self.name}\n{self.ended.output}\n{self.ended.summary}")
        return self.ended

    def _admit(self) -> None:
        """Give the job its token. A fork's pull request gets one that may read."""
        evidence.add_secret(self.token)
        granted = self.job.get("permissions", self.workflow.get("permissions", {}))
        self.may = {name.replace("-", "_"): "read" if self.event.is_from_fork else may for name, may in granted.items()}
        self.runner.origin.forge.add_token(self.token, BOT, is_installation=True, **self.may)

    def _step(self, step: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> StepRun:
        contexts = self._contexts(inputs)
        ended = StepRun(step.get("name") or step.get("uses") or "run", "skipped")
        self.ended.steps.append(ended)
        if step.get("id"):
            self.steps[step["id"]] = ended
        if not is_met(step.get("if"), contexts, self._functions()):
            return ended
        values = {key: filled(_text(value), contexts, self._functions()) for key, value in step.get("with", {}).items()}
        try:
            if "uses" in step:
                self._use(step["uses"], values, ended)
            else:
                self._shell(step, contexts, ended)
            ended.outcome = "success"
        except _Failure as failure:
            ended.output += str(failure)
            ended.outcome = "failure"
            self.has_failed = True
        return ended

    def _shell(self, step: Mapping[str, Any], contexts: Mapping[str, Any], ended: StepRun) -> None:
        shell = step.get("shell") or self.workflow.get("defaults", {}).get("run", {}).get("shell")
        assert shell == "bash", "only `shell: bash` stops at a failing command before a pipe"
        script = self.folder / "script.sh"
        script.write_text(filled(step["run"], contexts, self._functions()), encoding="utf-8")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        if step.get("name") == INSTALL and not self.runner.installs:
            link_environment(self.temp / "agencyfile", self.path)
            return
        place = self.workspace / filled(step.get("working-directory", "."), contexts, self._functions())
        environment = self._environment(step, contexts)
        done = subprocess.run(
            command,
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ended.output = done.stdout
        ended.outputs = _outputs(Path(environment["GITHUB_OUTPUT"]))
        if done.returncode:
            raise _Failure(f"\nProcess completed with exit code {done.returncode}.")

    def _environment(self, step: Mapping[str, Any], contexts: Mapping[str, Any]) -> dict[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event.document), encoding="utf-8")
        written = {}
        for level in (self.workflow, self.job, step):
            for name, text in level.get("env", {}).items():
                written[name] = filled(str(text), contexts, self._functions())
        forge = self.runner.origin.forge
        return {
            **self.runner.surroundings,
            "PATH": self._search_path(),
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "CI": "true",
            "GIT_CONFIG_NOSYSTEM": "1",
            **(index_of_this_machine() if self.runner.installs else {"PIP_NO_INDEX": "1"}),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_PATH": str(self.path),
            "RUNNER_CONTENTS": self.may.get("contents", "none"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": forge.github,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_NAME": self.event.name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF": self.event.ref,
            "GITHUB_REF_NAME": self.event.ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "GITHUB_BASE_REF": self.event.document.get("pull_request", {}).get("base", {}).get("ref", ""),
            "GITHUB_SHA": self.event.sha,
            "GITHUB_OUTPUT": str(self.folder / f"output-{uuid.uuid4().hex}"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            **written,
        }

    def _search_path(self) -> str:
        added = self.path.read_text("utf-8").split() if self.path.exists() else []
        tools = plain_python(self.folder) if self.runner.installs else BIN
        return ":".join([*reversed(added), str(tools), os.environ["PATH"]])

    def _use(self, action: str, values: Mapping[str, str], ended: StepRun) -> None:
        if action.startswith("./"):
            self._composite(self.workspace / action, values, ended)
            return
        name, _, commit = action.partition("@")
        assert re.fullmatch("[0-9a-f]{40}", commit), f"{action} is not pinned"
        if name in self.runner.actions:
            self._composite(self.runner.actions[name], values, ended)
            return
        {
            "actions/checkout": lambda values: check_out(self.runner.origin, self.event.sha, self.workspace, values),
            "actions/setup-python": lambda values: None,
            "actions/upload-artifact": self._upload,
        }[name](values)

    def _upload(self, values: Mapping[str, str]) -> None:
        target = self.folder / "artifacts" / values["name"]
        target.mkdir(parents=True)
        for name in values["path"].split():
            if (self.workspace / name).exists():  # an absolute path stands for itself
                shutil.copy(self.workspace / name, target)
        if not any(target.iterdir()) and values.get("if-no-files-found") == "error":
            raise _Failure("No files were found with the provided path")
        self.workflow_run.artifacts[values["name"]] = target

    def _composite(self, folder: Path, values: Mapping[str, str], ended: StepRun) -> None:
        action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
        defaults = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
        assert set(values) <= set(defaults), "an input that the action does not know"
        self.action_path = folder
        outer, self.steps = self.steps, {}
        inner = [self._step(step, defaults | dict(values)) for step in action["runs"]["steps"]]
        contexts = self._contexts(defaults | dict(values))
        for name, one in action["outputs"].items():
            ended.outputs[name] = filled(one["value"], contexts, self._functions())
        self.steps = outer
        if any(step.outcome == "failure" for step in inner):
            raise _Failure("")

    def _contexts(self, inputs: Mapping[str, str] | None = None) -> dict[str, Any]:
        secrets = {} if self.event.is_from_fork else self.runner.secrets
        environment = self.job.get("environment")
        name = environment["name"] if isinstance(environment, Mapping) else environment
        held = self.runner.environments.get(name, {}) if name else {}
        needed = {name: {"outputs": job.outputs, "result": job.result} for name, job in self.workflow_run.jobs.items()}
        return {
            "github": self._github(),
            "runner": {"temp": str(self.temp)},
            "secrets": {**secrets, **held},
            "vars": {**self.runner.variables, **(self.runner.environment_variables.get(name, {}) if name else {})},
            "inputs": self.event.inputs if inputs is None else inputs,
            "needs": needed,
            "steps": {key: {"outputs": step.outputs, "outcome": step.outcome} for key, step in self.steps.items()},
        }

    def _github(self) -> dict[str, Any]:
        return {
            "event": self.event.document,
            "event_name": self.event.name,
            "repository": REPOSITORY,
            "ref": self.event.ref,
            "ref_name": self.event.ref.removeprefix("refs/heads/"),
            "sha": self.event.sha,
            "token": self.token,
            "server_url": self.runner.origin.forge.url,
            "run_id": self.workflow_run.number,
            "run_attempt": 1,
            "action_path": str(self.action_path),
        }

    def _functions(self) -> Functions:
        return {
            "success": lambda: not self.has_failed,
            "failure": lambda: self.has_failed,
            "always": lambda: True,
            "hashFiles": self._hash_files,
        }

    def _hash_files(self, pattern: object) -> str:
        found = sorted(self.workspace.glob(str(pattern)))
        return hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest() if found else ""


class _Failure(Exception):
    """A step failed."""


def _text(value: object) -> str:
    """As an action is given it: YAML's booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: object) -> Sequence[str]:
    return [] if value is None else [value] if isinstance(value, str) else [str(item) for item in value]  # type: ignore[attr-defined]


def _outputs(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    assert all("=" in line for line in lines), "only NAME=VALUE is known here"
    return dict(line.split("=", 1) for line in lines)
