"""Git as a way to code and keys: remotes of a pull request, hooks, hidden repositories, what children inherit."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import evidence
import pytest
from contract.repositories import git, make_clone, make_remote
from security.victim import Victim
from stories import agency

from plan.ledger.git import is_local

YES = ("-auto-approve", "--allow", "billed,guard")
NAMED = "sentinel-named-key-0d5e1b"
COPY = "COPY_OF_A_KEY"


def with_ledger(victim: Victim, place: str, **accounts: str) -> None:
    """A pull request that keeps the ledger there."""
    text = agency(victim.recipient, **(accounts or {"acme": ""}))
    victim.write(text.replace("  name: northwind\n", f"  name: northwind\n  ledger: '{place}'\n"))


def program(path: Path, *lines: str) -> None:
    """A program in shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def hooked(folder: Path, seen: Path) -> None:
    """A bare repository in which every hook tells what it finds in its environment."""
    make_remote(folder)
    for hook in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction"):
        program(folder / "hooks" / hook, f'env >> "{seen}"')


@pytest.mark.attack("B2", "ledger's remote is a bare repository of the pull request, with hooks")
@pytest.mark.parametrize("name", ["vendored", "vendored.git", "origin2"])
@pytest.mark.parametrize("allowed", ["", "1"])
def test_remote_of_a_pull_request_runs_no_code(victim: Victim, tmp_path: Path, name: str, allowed: str) -> None:
    """A name that is not configured is no path, also where local remotes are allowed. Nothing is sent."""
    seen = tmp_path / "seen"
    hooked(victim.folder / name, seen)
    with_ledger(victim, f"git+branch:x@{name}")
    victim.commit()

    ran = victim.run("apply", *YES, environment={"AGENCYFILE_ALLOW_LOCAL_REMOTE": allowed})

    assert (ran.code, seen.exists()) == (1, False), ran
    assert victim.writes() == []
    assert "no remote that is called" in ran.err


@pytest.mark.attack("B2", "configured remote that is a folder or a program of this machine")
@pytest.mark.parametrize("url", ["{path}", "file://{path}", "./vendored", "ext::sh -c 'env >> {seen}'", "fd::0"])
def test_configured_remote_on_this_machine_needs_a_word_of_the_environment(
    victim: Victim, tmp_path: Path, url: str
) -> None:
    """The file cannot say it."""
    seen = tmp_path / "seen"
    hooked(victim.folder / "vendored", seen)
    git(victim.folder, "remote", "add", "vendored", url.format(path=victim.folder / "vendored", seen=seen))
    with_ledger(victim, "git+branch:x@vendored")

    ran = victim.run("apply", *YES, environment={"AGENCYFILE_ALLOW_LOCAL_REMOTE": ""})

    assert (ran.code, seen.exists(), victim.writes()) == (1, False, []), ran
    assert "AGENCYFILE_ALLOW_LOCAL_REMOTE" in ran.err


@pytest.mark.attack("B2", "hook of a local remote that the environment allows reads the keys")
def test_hook_of_a_local_remote_finds_no_key(victim: Victim, tmp_path: Path) -> None:
    """Where such a remote is allowed its hooks do run, and find no key."""
    seen = tmp_path / "seen"
    hooked(tmp_path / "own.git", seen)
    git(victim.folder, "remote", "set-url", "origin", str(tmp_path / "own.git"))
    with_ledger(victim, "git+branch:x")

    ran = victim.run("apply", *YES, environment=secrets(victim))

    assert ran.code == 0, ran
    assert_no_key(seen.read_text(), victim)


@pytest.mark.attack("B2", "hooks of the repository run at plan and apply")
def test_hooks_of_the_repository_do_not_run(victim: Victim, tmp_path: Path) -> None:
    """Neither where git looks for them nor where the settings of the repository say."""
    seen = tmp_path / "seen"
    hooks = victim.folder / "hooks"
    git(victim.folder, "config", "core.hooksPath", str(hooks))
    git(victim.folder, "config", "core.fsmonitor", str(hooks / "fsmonitor"))
    for name in ("pre-push", "reference-transaction", "post-index-change", "post-checkout", "fsmonitor", "pre-commit"):
        for folder in (hooks, victim.folder / ".git" / "hooks"):
            program(folder / name, f'env >> "{seen}"')
    with_ledger(victim, "git+branch:x")
    git(victim.folder, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "add", "agency.yaml")
    git(victim.folder, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "commit", "-qm", "Begin")
    seen.unlink(missing_ok=True)

    ran = [victim.run("plan", "--offline"), victim.run("plan"), victim.run("apply", *YES)]

    assert [one.code for one in ran] == [0, 0, 0], ran
    assert not seen.exists()


@pytest.mark.attack("B2", "folder of the pull request that is a bare repository with settings of its own")
def test_hidden_repository_has_no_say(victim: Victim, tmp_path: Path) -> None:
    """Git takes a folder with HEAD, objects and refs for a repository, and would obey its settings."""
    seen = tmp_path / "seen"
    make_remote(victim.folder / "agencies" / "north")
    north = victim.folder / "agencies" / "north"
    program(tmp_path / "spy", f'env >> "{seen}"')
    git(north, "config", "core.sshCommand", str(tmp_path / "spy"))
    git(north, "config", "core.fsmonitor", str(tmp_path / "spy"))
    git(north, "remote", "add", "origin", "ssh://git@git.example/agency.git")
    with_ledger(victim, "git+branch:x")
    (victim.folder / "agency.yaml").rename(north / "agency.yaml")
    line = ("-f", str(north / "agency.yaml"))

    ran = [victim.run_line("plan", *line), victim.run_line("plan", "--offline", *line)]

    assert [one.code for one in ran] == [1, 1], ran
    assert not seen.exists()


def secrets(victim: Victim) -> dict[str, str]:
    """A job with keys in every form: its own, those that the file names, copies under other names, tokens."""
    evidence.add_secret(NAMED)
    key = victim.environment["AGENCYFILE_AGENCY_KEY"]
    return {
        "AGENCY_ACME_KEY": NAMED,
        "AGENCYFILE_READ_AGENCY_KEY": key,
        "AGENCYFILE_ENV_PREFIXES": "NORTHWIND_",
        "NORTHWIND_KEY": f"{NAMED}-2",
        COPY: f"prefix {key}",
        "ACTIONS_RUNTIME_TOKEN": f"{NAMED}-3",
        "STRIPE_API_KEY": f"{NAMED}-4",
        "SSH_AUTH_SOCK": "/tmp/an-agent",
    }


def assert_no_key(text: str, victim: Victim) -> None:
    """No key of any kind."""
    keys = [victim.environment["AGENCYFILE_AGENCY_KEY"], victim.environment["AGENCYFILE_HUB_KEY"], NAMED]
    assert not [key for key in keys if key in text]
    assert not re.search(r"^AGENCYFILE_", text, re.MULTILINE)


def spied(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """A path on which git and ssh tell their environment and arguments, and then do their work."""
    seen, folder = tmp_path / "children", tmp_path / "spies"
    for name in ("git", "ssh"):
        real = shutil.which(name) or "/bin/false"
        told = f'{{ echo "RAN {name}"; env; for one; do echo "ARG $one"; done; tr "\\0" "\\n" </proc/$$/environ; }}'
        program(folder / name, f'{told} >> "{seen}"', f'exec "{real}" "$@"' if name == "git" else "exit 255")
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}, seen


@pytest.mark.attack("B2", "keys in the environment and arguments of programs that plan and apply start")
@pytest.mark.parametrize("remote", ["here", "ssh"])
def test_children_of_plan_and_apply_are_given_no_key(victim: Victim, tmp_path: Path, remote: str) -> None:
    """What authenticates is left to them: the agent of ssh, and settings of git."""
    path, seen = spied(tmp_path)
    with_ledger(victim, "git+branch:x", acme="api: {url: 'https://acme.api-us1.com', key: '${env:AGENCY_ACME_KEY}'}")
    victim.commit()
    if remote == "ssh":
        git(victim.folder, "remote", "set-url", "origin", "ssh://git@git.example/agency.git")
    environment = {**secrets(victim), **path}

    codes = [
        victim.run(*line, environment=environment).code
        for line in (("plan",), ("plan", "--offline"), ("plan", "--changed-since", "HEAD"), ("apply", *YES))
    ]

    text = seen.read_text()
    assert codes == ([0, 0, 0, 0] if remote == "here" else [1, 0, 1, 1])
    assert text.count("RAN git") > 5
    assert ("RAN ssh" in text) == (remote == "ssh")
    assert "SSH_AUTH_SOCK=/tmp/an-agent" in text
    assert_no_key(text, victim)


@pytest.mark.attack("B2", "keys in the environment and arguments of any process at all, as the kernel sees it")
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_no_process_but_our_own_is_given_a_key(victim: Victim, tmp_path: Path) -> None:
    """Every execve of plan and apply but the first, with all of its arguments and environment."""
    with_ledger(victim, "git+branch:x")
    victim.commit()
    calls = []
    for number, line in enumerate((("plan",), ("apply", *YES))):
        log = tmp_path / f"strace-{number}"
        spy = ["strace", "-f", "-qq", "-v", "-s", "1000000", "-e", "trace=execve", "-o", str(log)]
        command = [*spy, sys.executable, "-m", "agencyfile", *line, "-f", str(victim.file)]
        done = subprocess.run(
            command,
            env={**victim.surroundings(), **secrets(victim)},
            cwd=victim.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done
        first, *rest = (one for one in log.read_text().splitlines() if "execve(" in one)
        assert victim.environment["AGENCYFILE_AGENCY_KEY"] in first  # strace does show what it should
        calls += rest

    assert len(calls) > 10
    assert any('"GIT_TERMINAL_PROMPT=0"' in call for call in calls)
    assert_no_key("\n".join(calls), victim)
    assert "AGENCYFILE_" not in "\n".join(calls)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN", "CI_JOB_TOKEN", "GITLAB_TOKEN"])
def test_helpers_of_git_keep_the_tokens_they_authenticate_with(victim: Victim, tmp_path: Path, name: str) -> None:
    """Only the commands that speak to the remote have them."""
    path, seen = spied(tmp_path)
    with_ledger(victim, "git+branch:x")
    evidence.add_secret("sentinel-forge-token-77")

    assert victim.run("plan", environment={**path, name: "sentinel-forge-token-77"}).code == 0

    runs = seen.read_text().split("RAN git")[1:]
    with_token = [run for run in runs if "sentinel-forge-token-77" in run]
    assert with_token
    assert all("ARG ls-remote" in run or "ARG fetch" in run for run in with_token)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("git@github.com:northwind/portal.git", False),
        ("github.com:northwind/portal.git", False),
        ("[git@github.com:22]:northwind/portal.git", False),
        ("ssh://git@host/x", False),
        ("https://host/x", False),
        ("codecommit::eu-west-1://x", False),
        ("/srv/x", True),
        ("../x", True),
        ("x", True),
        ("./a:b", True),
        ("file:///srv/x", True),
        ("FILE:///srv/x", True),
        ("ext::sh -c x", True),
        ("fd::17", True),
        ("", True),
    ],
)
def test_urls_that_are_of_this_machine(url: str, expected: bool) -> None:  # noqa: FBT001
    """As git reads them."""
    assert is_local(url) == expected


def test_clone_of_the_remote_is_told_what_to_do(victim: Victim, tmp_path: Path) -> None:
    """The message names the remote and shows no credentials of it."""
    folder = make_clone(tmp_path / "clone", victim.remote)
    git(folder, "remote", "set-url", "origin", "file://user:sentinel-password@/srv/x")
    (folder / "agency.yaml").write_text(
        agency(victim.recipient, acme="").replace(
            "  name: northwind\n", "  name: northwind\n  ledger: 'git+branch:x'\n"
        )
    )

    ran = victim.run_line("plan", "-f", str(folder / "agency.yaml"), environment={"AGENCYFILE_ALLOW_LOCAL_REMOTE": ""})

    assert (ran.code, "sentinel" in ran.err, "export AGENCYFILE_ALLOW_LOCAL_REMOTE=1" in ran.err) == (1, False, True)
