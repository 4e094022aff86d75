"""A team at a moment of its work: made once for each worker, put back for each test that goes on from there."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import requests
from pipelines.forge import Forge
from pipelines.runner import WorkflowRun
from pipelines.team import Team, make_team
from rehearsal import Rehearsal

from agencyfile.local_portal import RunningPortal

Act = Callable[[Team], Any]

PLAN: Final = "agencyfile-plan.yml"
ACME: Final = 1  # the number of the pull request that `open_acme` opens

_FOLDERS: Final = ("origin.git", "work")
_SERVER: Final = ("url", "lock", "history")  # of a forge: what does not change with what happens at it


@dataclass(frozen=True)
class _Kept:
    """The repositories and the forge as they were after some acts, and what the last act returned."""

    folder: Path
    forge: dict[str, Any]
    result: Any


def open_acme(team: Team) -> int:
    """Open a pull request with one more account; return its number."""
    team.origin.push("acme", "Acme", agency_yaml=team.agency(acme=""))
    return team.origin.open_pull_request("acme").number


def plan_acme(team: Team) -> WorkflowRun:
    """Let the pipeline show and publish the plan of that pull request."""
    run = team.runner.run(PLAN, team.runner.pull_request(ACME))
    assert run.results()["plan"] == "success", run.jobs["plan"].output
    return run


class Stages:
    """Teams after some acts, in one folder. An act reads the portal and never writes to it: the portal is emptied.

    An act returns a number, a text or a finished run, not an object of the forge: those are copied for each test.
    """

    def __init__(self, folder: Path, portal: RunningPortal, forge: Forge) -> None:
        self._folder = folder
        self._portal = portal
        self._team = make_team(folder, Rehearsal(folder / "agency", portal), forge)
        self._environment = dict(self._team.rehearsal.environment)
        self._runs = 0
        self._kept: dict[tuple[Act, ...], _Kept] = {(): self._keep(None)}

    def after(self, *acts: Act) -> tuple[Team, Any]:
        """Return the team right after the acts, and what the last of them returned."""
        if acts not in self._kept:
            team, _ = self.after(*acts[:-1])
            result = acts[-1](team)
            assert team.rehearsal.writes() == []
            self._kept[acts] = self._keep(result)
            requests.post(f"{self._portal.url}/_portal/reset", timeout=600).raise_for_status()
        kept = self._kept[acts]
        return self._put_back(kept), kept.result

    def _keep(self, result: Any) -> _Kept:
        place = self._folder / f"kept-{self._runs}"
        for name in _FOLDERS:
            shutil.copytree(self._folder / name, place / name, symlinks=True)
        forge = {name: value for name, value in vars(self._team.forge).items() if name not in _SERVER}
        return _Kept(place, copy.deepcopy(forge), result)

    def _put_back(self, kept: _Kept) -> Team:
        self._runs += 1
        shutil.rmtree(self._folder / "agency", ignore_errors=True)  # the state of commands that a test ran itself
        for name in _FOLDERS:
            shutil.rmtree(self._folder / name)
            shutil.copytree(kept.folder / name, self._folder / name, symlinks=True)
        vars(self._team.forge).update(copy.deepcopy(kept.forge))
        self._team.rehearsal.environment = dict(self._environment)
        runner = replace(self._team.runner, folder=self._folder / f"runner-{self._runs}", actions={})
        return replace(self._team, runner=runner)
