"""Completion in shells: addresses and steps come from the file alone, quietly."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import forks
import pytest
from rehearsal import Rehearsal
from stories import LAB, agency

from agencyfile.kinds.registry import DECLARED

AGENCYFILE = Path(sys.executable).with_name("agencyfile")


@pytest.fixture
def folder(rehearsal: Rehearsal) -> Path:
    """A folder with two accounts, one of them in a file of its own, and a sandbox."""
    rehearsal.write(agency(rehearsal.recipient, f"include: [more.yaml]\n{LAB}", acme=""))
    rehearsal.write("accounts:\n  beta: {client: {name: Beta, email: b@beta.example}}\n", "more.yaml")
    return rehearsal.folder


def completed(folder: Path, line: str, shell: str = "bash", **environment: str) -> list[str]:
    """What a shell is told for the end of a line."""
    words = line.split(" ")
    asked = {"_AGENCYFILE_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    ran = forks.run(folder=folder, environment={**asked, "AGENCYFILE_LOG": "debug", **environment})
    assert ran.err == ""
    assert not list(folder.glob("*bug*"))
    return ran.out.split()


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("agencyfile plan --target ", ["account.acme", "account.beta", "sandbox.lab", "snapshot.base"]),
        ("agencyfile plan --target account.b", ["account.beta"]),
        ("agencyfile apply --target sand", ["sandbox.lab"]),
        ("agencyfile ledger forget account.a", ["account.acme"]),
        ("agencyfile ledger list --address account.a", ["account.acme"]),
        ("agencyfile ledger reconcile --explain snap", ["snapshot.base"]),
        ("agencyfile validate --explain account.a", ["account.acme"]),
        ("agencyfile credentials reveal ", ["acme", "beta", "lab"]),
        ("agencyfile accounts open b", ["beta"]),
        ("agencyfile steps done account.acme.h", ["account.acme.handover"]),
        ("agencyfile steps show account.beta.d", ["account.beta.dns"]),
    ],
)
def test_addresses_and_steps_of_the_file_complete(folder: Path, line: str, choices: Sequence[str]) -> None:
    """Those of included files too."""
    assert [word.removeprefix("plain,") for word in completed(folder, line)] == choices


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_the_same(folder: Path, shell: str) -> None:
    """Each in its own form."""
    assert "account.beta" in " ".join(completed(folder, "agencyfile plan --target account.b", shell))


def test_file_that_is_named_counts(folder: Path) -> None:
    """By the flag before, or by the environment."""
    (folder / "agency.yaml").rename(folder / "other.yaml")

    assert completed(folder, "agencyfile plan --target account.a") == []
    assert completed(folder, "agencyfile plan -f other.yaml --target account.a") == ["plain,account.acme"]
    assert completed(folder, "agencyfile plan --target account.a", AGENCYFILE_FILE="other.yaml") == [
        "plain,account.acme"
    ]


@pytest.mark.parametrize("text", ["{", "accounts: [1, 2]", "accounts: {acme: {plan: no}, 'a b': {}}", "\0", "- x"])
def test_file_with_mistakes_completes_as_far_as_it_can_and_says_nothing(folder: Path, text: str) -> None:
    """A name that a shell would read as more than a name is left out."""
    (folder / "agency.yaml").write_text(text, encoding="utf-8")

    assert set(completed(folder, "agencyfile plan --target ")) <= {"plain,account.acme"}


def test_completion_sends_nothing_and_writes_nothing(rehearsal: Rehearsal, folder: Path) -> None:
    """Not even the trace that the environment asks for."""
    before = sorted(path.name for path in folder.rglob("*"))
    completed(folder, "agencyfile steps show ", **rehearsal.environment, AGENCYFILE_TRACE=str(folder / "trace.har"))

    assert rehearsal.book("requests") == []
    assert sorted(path.name for path in folder.rglob("*")) == before


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_itself_completes_with_the_printed_script(folder: Path) -> None:
    """The script is read by the shell, which calls the program."""
    script = (
        'eval "$(agencyfile completion bash)"; COMP_WORDS=(agencyfile plan --target account.b); COMP_CWORD=3; '
        '_agencyfile_completion agencyfile; echo "${COMPREPLY[@]}"'
    )
    path = f"{AGENCYFILE.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )

    assert (done.stdout.strip(), done.stderr) == ("account.beta", "")


def test_topics_of_steps_are_those_that_plans_have(rehearsal: Rehearsal) -> None:
    """An account with every step that a file can ask for."""
    extra = "snapshot: base, domain: mail.acme.example, trial: {extended: true}, plan: {tier: trial}"
    rehearsal.write(agency(rehearsal.recipient, LAB, acme=extra, moved="adopt: true"))
    steps = [step["id"].split(".", 2) for step in rehearsal.plan()["manual_steps"]]

    assert steps
    assert [step for step in steps if len(step) > 2 and step[2] not in DECLARED[step[0]].topics] == []
