"""A team as it works: a repository with an agency file and pipelines, a forge, a portal, secrets, a developer."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.repositories import git
from pipelines.forge import Forge
from pipelines.origin import Origin, make_origin
from pipelines.runner import Runner
from rehearsal import Rehearsal
from stories import agency

LEDGER = "agencyfile-ledger"
FROM = ("--from-commit", f"https://git.example/agencyfile@{'5' * 40}")


@dataclass
class Team:
    """Everything that takes part in a review."""

    rehearsal: Rehearsal
    origin: Origin
    runner: Runner

    @property
    def forge(self) -> Forge:
        """Where the repository is kept."""
        return self.origin.forge

    def agency(self, **accounts: str) -> str:
        """The agency file, with its ledger on a branch."""
        text = agency(self.rehearsal.recipient, **accounts)
        return text.replace("agency:\n", f'agency:\n  ledger: "git+branch:{LEDGER}"\n', 1)

    def comments(self, number: int) -> list[str]:
        """What the comments of a pull request say."""
        return [body.replace("\r\n", "\n") for body in self.forge.bodies(number)]

    def ledger(self) -> list[dict[str, Any]]:
        """The entries of the ledger at the forge."""
        if not git(self.origin.bare, "branch", "--list", LEDGER):
            return []
        return [json.loads(line) for line in git(self.origin.bare, "show", f"{LEDGER}:000001.jsonl").splitlines()]


def make_team(folder: Path, rehearsal: Rehearsal, forge: Forge, *source: str) -> Team:
    """A repository that `agencyfile ci github` has been run in, with nothing declared yet."""
    origin = make_origin(folder, forge)
    keys = {name: rehearsal.environment[name] for name in ("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY")}
    reading = {name.replace("AGENCYFILE_", "AGENCYFILE_READ_"): key for name, key in keys.items()}
    names = ("AGENCY_API", "HUB_API", "RATE_LIMIT", "WAIT_FIRST", "SETTLE", "ALLOW_LOCAL_REMOTE")
    surroundings = {f"AGENCYFILE_{name}": rehearsal.environment[f"AGENCYFILE_{name}"] for name in names}
    runner = Runner(origin, folder / "runner", reading, {"agencyfile": keys}, surroundings)
    team = Team(rehearsal, origin, runner)
    (origin.work / "agency.yaml").write_text(team.agency(), encoding="utf-8")
    rehearsal.folder = origin.work
    ran = rehearsal.run(
        "ci", "github", "--out", str(origin.work), "-f", str(origin.work / "agency.yaml"), *(source or FROM)
    )
    assert ran.code == 0, ran
    origin.push("main", "Begin")
    return team
