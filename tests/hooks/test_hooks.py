"""Our hooks in somebody's repository: real git, the real pre-commit.

Most tests run the manifest's entries with the agencyfile of this environment, as a `repo: local` of pre-commit: what
is held is which files call a hook, what it is given, and what becomes of the commit. The last test, which `make smoke`
runs, lets pre-commit make its own environment out of this repository, as it does for a user.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import evidence
import forks
import pytest
import yaml

TOP = Path(__file__).parent.parent.parent
MANIFEST = TOP / ".pre-commit-hooks.yaml"
PROGRAMS = Path(sys.executable).parent

AGENCY = """\
version: 1

agency: {name: northwind}

include: [clients/*.yaml]

defaults:
  account: {notification: ops@northwind.example, plan: {tier: trial}}

templates:
  letter: {type: basic, html: letter.html}
"""
CLIENT = "accounts:\n  acme: {client: {name: Acme, email: owner@acme.example}}\n"
UNTIDY = CLIENT.replace("Acme,", "'Acme',")


@dataclass(frozen=True, slots=True)
class Team:
    """Somebody's repository."""

    folder: Path
    environ: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command in the repository; standard error is part of what it prints."""
        done = subprocess.run(
            arguments,
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        evidence.keep(done.stdout)
        return done

    def commit(self, name: str, text: str) -> subprocess.CompletedProcess[str]:
        """Write a file and commit it, as a person does."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.run("git", "add", ".")
        return self.run("git", "commit", "--message", f"Change {name}")


def local_hooks() -> list[dict[str, Any]]:
    """The manifest's hooks, run by an agencyfile that is forked (see `forks`)."""
    hooks: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text())
    program = forks.program()
    return [hook | {"language": "system", "entry": f"{program.parent}/{hook['entry']}"} for hook in hooks]


def outcomes(printed: str) -> dict[str, str]:
    """`Passed`, `Failed` or `Skipped` by the hook's name."""
    lines = [line.rstrip().partition("..") for line in printed.splitlines() if line.startswith("agencyfile ")]
    return {name: rest.lstrip(".").removeprefix("(no files to check)") for name, _, rest in lines}


@pytest.fixture
def team(made: Team, tmp_path: Path) -> Team:
    """A copy of that repository."""
    folder = tmp_path / "repository"
    shutil.copytree(made.folder, folder, symlinks=True)
    return Team(folder, made.environ)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """A repository with an agency file, whose commits run both hooks."""
    tmp_path = tmp_path_factory.mktemp("made")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "AGENCYFILE_"))}
    who = {
        f"GIT_{role}_{what}": "ann@northwind.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    folder = tmp_path / "repository"
    folder.mkdir()
    team = Team(folder, kept | who | {"GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_HOME": str(tmp_path / "home")})
    config = {"repos": [{"repo": "local", "hooks": local_hooks()}]}
    for name, text in {"agency.yaml": AGENCY, "letter.html": "<p>%CONTENT%</p>\n", "notes.txt": "none\n"}.items():
        (folder / name).write_text(text)
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    team.run("git", "init", "--quiet", "--initial-branch", "main")
    assert team.commit("clients/acme.yaml", CLIENT).returncode == 0
    assert team.run(str(PROGRAMS / "pre-commit"), "install").returncode == 0
    return team


def test_manifest_is_one_that_pre_commit_takes() -> None:
    """pre-commit's own check of a manifest."""
    done = subprocess.run([PROGRAMS / "pre-commit", "validate-manifest", MANIFEST], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (0, b"")
    assert [hook["id"] for hook in yaml.safe_load(MANIFEST.read_text())] == ["agencyfile-fmt", "agencyfile-validate"]


def test_commit_of_an_untidy_part_is_stopped_and_passes_once_it_is_laid_out(team: Team) -> None:
    """The first commit writes the layout and fails, as formatters do; the second commits what was written."""
    first = team.commit("clients/acme.yaml", UNTIDY)

    assert first.returncode == 1
    assert outcomes(first.stdout) == {"agencyfile fmt": "Failed", "agencyfile validate": "Passed"}
    assert "files were modified by this hook" in first.stdout
    assert (team.folder / "clients/acme.yaml").read_text() == CLIENT
    again = team.commit("clients/beta.yaml", CLIENT.replace("acme", "beta"))
    assert again.returncode == 0
    assert outcomes(again.stdout) == {"agencyfile fmt": "Passed", "agencyfile validate": "Passed"}


def test_commit_of_a_mistake_is_stopped_with_its_place(team: Team) -> None:
    """The person who commits reads what the pipeline would say."""
    done = team.commit("clients/acme.yaml", "accounts:\n  acme: {client: {name: Acme, email: nobody}}\n")

    assert done.returncode == 1
    assert outcomes(done.stdout) == {"agencyfile fmt": "Passed", "agencyfile validate": "Failed"}
    assert "error[email]" in done.stdout
    assert "--> clients/acme.yaml:2:" in done.stdout


def test_commit_of_broken_yaml_is_stopped_and_nothing_is_written(team: Team) -> None:
    """`fmt` says where the YAML is broken, and leaves every file alone."""
    done = team.commit("clients/acme.yaml", "accounts: {'a': ]\n")

    assert outcomes(done.stdout) == {"agencyfile fmt": "Failed", "agencyfile validate": "Failed"}
    assert "files were modified" not in done.stdout
    assert (team.folder / "clients/acme.yaml").read_text() == "accounts: {'a': ]\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("notes.txt", "new\n", ("Skipped", "Skipped")),
        ("letter.html", "<p>%CONTENT%</p><p>new</p>\n", ("Skipped", "Passed")),
        ("agency.yml", "unrelated: true\n", ("Passed", "Passed")),
    ],
)
def test_commit_calls_the_hooks_that_its_files_concern(
    team: Team, name: str, text: str, expected: tuple[str, str]
) -> None:
    """A template's HTML is part of what is validated; other files call nothing."""
    done = team.commit(name, text)

    assert done.returncode == 0
    assert tuple(outcomes(done.stdout).values()) == expected


@pytest.mark.installs
def test_hooks_installed_from_this_repository_run(team: Team) -> None:
    """pre-commit builds an environment out of this repository and runs both hooks in it."""
    (team.folder / "clients/acme.yaml").write_text(UNTIDY)
    done = team.run(str(PROGRAMS / "pre-commit"), "try-repo", str(TOP), "--all-files")

    assert outcomes(done.stdout) == {"agencyfile fmt": "Failed", "agencyfile validate": "Passed"}, done.stdout
    assert (team.folder / "clients/acme.yaml").read_text() == CLIENT
