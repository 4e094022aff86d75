"""Real git repositories for tests, all under a temporary folder and deaf to the machine's git settings."""

import os
import subprocess
from pathlib import Path

import pytest

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@agency.example",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@agency.example",
    "GIT_TEMPLATE_DIR": "",  # no fourteen samples of hooks in each repository
    # No process that looks whether there is something to tidy up: these repositories live for seconds.
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "maintenance.auto",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "gc.auto",
    "GIT_CONFIG_VALUE_1": "0",
    "GIT_CONFIG_KEY_2": "receive.autogc",
    "GIT_CONFIG_VALUE_2": "false",
}


def git(folder: Path, *arguments: str, data: str = "") -> str:
    """Run git in `folder` as a user would; return what it prints."""
    command = ["git", "-C", str(folder), *arguments]
    answer = subprocess.run(command, input=data, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert answer.returncode == 0, f"{command}: {answer.returncode} {answer.stderr}"
    return answer.stdout.strip()


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code under test see no git settings of this machine either."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("AGENCYFILE_ALLOW_LOCAL_REMOTE", "1")  # remotes of tests are folders of this machine


def make_remote(path: Path) -> Path:
    """An empty bare repository."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--bare", "--initial-branch=main")
    (path / "hooks").mkdir()
    return path


def make_clone(path: Path, remote: Path | None = None) -> Path:
    """A repository with one commit on `main`, and `remote` as its origin."""
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch=main")
    (path / ".git" / "hooks").mkdir()
    (path / "agency.yaml").write_text("version: 1\n")
    git(path, "add", "agency.yaml")
    git(path, "commit", "--quiet", "--message=Begin")
    if remote:
        git(path, "remote", "add", "origin", str(remote))
    return path
