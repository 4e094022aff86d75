"""What a job has at hand when it comments: a forge, a token, a plan, and the command."""

import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import evidence
from pipelines.forge import PROJECT, REPOSITORY, Forge, Thread
from rehearsal import Ran

from agencyfile.cli.app import run
from plan import Address, Create, Effect, Origin, Plan, PlannedChange
from plan.document import encode

TOKEN = "ghs-sentinel-token-5d0e7f"
BOT = "github-actions[bot]"
MARKER = "<!-- agencyfile:northwind -->"


@dataclass
class Job:
    """One job at one of the two forges, with a pull request that it is about."""

    kind: str
    forge: Forge
    folder: Path
    thread: Thread
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """URL of the API."""
        return self.forge.github if self.kind == "github" else self.forge.gitlab

    @property
    def notes(self) -> str:
        """The path of the pull request's comments, as a pattern."""
        return "/issues/1/comments$" if self.kind == "github" else "/merge_requests/1/notes$"

    @property
    def note(self) -> str:
        """The path of one comment, as a pattern."""
        return r"/(issues/comments|notes)/\d+$"

    @property
    def author(self) -> str:
        """Who the token is."""
        return self.forge.tokens[TOKEN].user.login

    def comment(self, *arguments: str, text: str = "", environment: Mapping[str, str] | None = None) -> Ran:
        """Run `agencyfile comment`; everything it prints becomes evidence."""
        out, err = io.StringIO(), io.StringIO()
        line = ["comment", self.kind, *arguments]
        with (
            mock.patch.dict(os.environ, {**self._surroundings(), **self.environment, **(environment or {})}),
            redirect_stdout(out),
            redirect_stderr(err),
            mock.patch.object(sys, "stdin", io.StringIO(text)),
        ):
            code = run(line)
        ran = Ran(code, out.getvalue(), err.getvalue())
        evidence.keep(f"$ {line}\n{ran.code}\n{ran.out}\n{ran.err}")
        return ran

    def post(self, text: str, *arguments: str) -> Ran:
        """Comment with `text` for northwind, and expect that it went well."""
        ran = self.comment("--body", "-", "--agency", "northwind", *arguments, text=text)
        assert ran.code == 0, ran
        return ran

    def plan_file(self, *, is_empty: bool = False) -> Path:
        """A plan document."""
        path = self.folder / "plan.json"
        path.write_text(json.dumps(encode(Plan("northwind", "d1") if is_empty else a_plan())), encoding="utf-8")
        return path

    def texts(self) -> list[str]:
        """What the comments say."""
        return [body.replace("\r\n", "\n") for body in self.forge.bodies(self.thread.number)]

    def _surroundings(self) -> dict[str, str]:
        """The variables that a runner sets; nothing of this machine's shines through."""
        event = self.folder / "event.json"
        event.write_text(json.dumps({"action": "opened", "pull_request": {"number": self.thread.number}}), "utf-8")
        github = {
            "GITHUB_API_URL": self.forge.github,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF": f"refs/pull/{self.thread.number}/merge",
            "GITHUB_TOKEN": TOKEN,
        }
        gitlab = {
            "CI_API_V4_URL": self.forge.gitlab,
            "CI_PROJECT_ID": PROJECT,
            "CI_MERGE_REQUEST_IID": str(self.thread.number),
            "GITLAB_TOKEN": TOKEN,
        }
        ours, theirs = (github, gitlab) if self.kind == "github" else (gitlab, github)
        return {**dict.fromkeys(theirs, ""), **ours, "AGENCYFILE_AGENCY": "", "NO_COLOR": "1"}


def a_plan() -> Plan:
    """A plan with one change."""
    change = Create(Address("account", "acme"), {}, Effect.BILLED, "new block", Origin("agency.yaml", 9, 3))
    return Plan("northwind", "d1", steps=(PlannedChange(change, (), "basis"),))
