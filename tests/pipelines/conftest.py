"""A forge for each test, a job of each kind at it, and a team that is put back for each test."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import evidence
import pytest
from pipelines.forge import Forge, running_forge
from pipelines.gitlab_runner import GitLabRunner, add_pipeline
from pipelines.reviewer import BOT, TOKEN, Job
from pipelines.stages import Stages
from pipelines.team import Team
from rehearsal import Rehearsal

from agencyfile.local_portal import RunningPortal

TOP = Path(__file__).parent.parent.parent


@pytest.fixture
def forge() -> Iterator[Forge]:
    """An empty forge."""
    with running_forge() as running:
        yield running


@pytest.fixture
def github_job(forge: Forge, tmp_path: Path) -> Job:
    """A job of GitHub Actions with the token that it is given, on pull request 1."""
    evidence.add_secret(TOKEN)
    forge.add_token(TOKEN, BOT, is_installation=True, contents="read", pull_requests="write", statuses="write")
    return Job("github", forge, tmp_path, forge.open_pull_request())


@pytest.fixture
def gitlab_job(forge: Forge, tmp_path: Path) -> Job:
    """A job of GitLab CI/CD with a project's token, on merge request 1."""
    evidence.add_secret(TOKEN)
    forge.add_token(TOKEN, "project_4711_bot", api="write")
    return Job("gitlab", forge, tmp_path, forge.open_pull_request())


@pytest.fixture(params=["github", "gitlab"])
def job(request: pytest.FixtureRequest) -> Job:
    """The same at each forge."""
    chosen: Job = request.getfixturevalue(f"{request.param}_job")
    return chosen


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory, portal: RunningPortal) -> Iterator[Stages]:
    """The moments that tests of this worker begin at."""
    with running_forge() as forge:
        yield Stages(tmp_path_factory.mktemp("team"), portal, forge)


@pytest.fixture
def team(stages: Stages, rehearsal: Rehearsal) -> Team:
    """A team with an empty portal (`rehearsal` empties it)."""
    del rehearsal
    return stages.after()[0]


@pytest.fixture
def gitlab(stages: Stages, rehearsal: Rehearsal) -> GitLabRunner:
    """The same team at GitLab."""
    del rehearsal
    return GitLabRunner.of(stages.after(add_pipeline)[0])


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, f"--wheel-dir={folder}", str(TOP)], check=True)
    (built,) = folder.iterdir()
    return built
