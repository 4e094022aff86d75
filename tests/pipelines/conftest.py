"""A forge for each test, and a job of each kind at it."""

from collections.abc import Iterator
from pathlib import Path

import evidence
import pytest
from pipelines.forge import Forge, running_forge
from pipelines.reviewer import BOT, TOKEN, Job


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
