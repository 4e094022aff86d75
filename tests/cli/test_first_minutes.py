"""A user's first minutes: what a newcomer starts, makes and reads before the first real account.

The demo off a terminal and what takes signals are the installed console script; other commands are forked (see
`forks`).
"""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import forks
import pytest
from rehearsal import Rehearsal
from sampling import thinned
from stories import agency
from terminals import Terminal

from agencyfile.cli.app import run
from agencyfile.vault import recipient_of

AGENCYFILE = str(Path(sys.executable).with_name("agencyfile"))


def call(
    *words: str, folder: Path, environment: Mapping[str, str] | None = None, timeout: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run one command as a process of its own, off a terminal; its standard input never gives anything."""
    reading, writing = os.pipe()
    try:
        return subprocess.run(
            words,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=reading,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.parametrize("pattern", ["^#", "^# ", "^# ?"], ids=["hash", "hash and blank", "as an editor does"])
def test_init_example_is_valid_when_it_is_uncommented_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    """However a person or an editor takes the comment marks away: the file is valid and has a client."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", "northwind"]) == 0
    file = Path("agency.yaml")
    head, accounts, example = file.read_text().partition("\naccounts:\n")
    assert example.count("\n") == 2

    file.write_text(head + accounts + re.sub(pattern, "", example, flags=re.MULTILINE))

    done = call(str(forks.program()), "validate", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "agency.yaml is valid: 1 resource\n")


def test_portal_serve_export_prints_lines_that_a_shell_takes(tmp_path: Path) -> None:
    """The lines set the five variables, and with them another shell reaches the portal."""
    process = subprocess.Popen([forks.program(), "portal", "serve", "--export"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = "".join(process.stdout.readline() for _ in range(6))
        assert lines.count("export AGENCYFILE_") == 5
        assert "/_portal/" in lines
        script = f"{lines}\n{forks.program()} accounts list"
        done = call("sh", "-c", script, folder=tmp_path)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=600)

    assert (done.returncode, done.stderr) == (0, "0 of 0 accounts\n")


def test_portal_run_gives_its_command_the_portal_and_no_real_key(tmp_path: Path) -> None:
    """Keys of before, and files of keys, are not what the command sees."""
    real = {"AGENCYFILE_AGENCY_KEY": "real-key-1", "AGENCYFILE_HUB_KEY_FILE": "/nowhere/key"}

    done = call(str(forks.program()), "portal", "run", "--", "env", folder=tmp_path, environment=real)

    assert done.returncode == 0
    assert "real-key-1" not in done.stdout
    assert "AGENCYFILE_HUB_KEY_FILE" not in done.stdout
    assert "AGENCYFILE_AGENCY_API=http://127.0.0.1:" in done.stdout
    assert re.search(r"^AGENCYFILE_ACCOUNT_API=.*/accounts/\{account\}$", done.stdout, re.MULTILINE)
    assert "/_portal/ shows what it holds" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sh", "-c", "exit 5"], 5),
        (["sh", "-c", "kill -9 $$"], 137),
        (["agencyfile", "accounts", "list"], 0),
        (["agencyfile", "validate"], 1),
        (["no-such-command"], 64),
    ],
)
def test_portal_run_ends_as_its_command_ends(tmp_path: Path, words: Sequence[str], code: int) -> None:
    """Its exit code, or 128 and the number of the signal."""
    path = f"{forks.program().parent}:{os.environ['PATH']}"
    done = call(str(forks.program()), "portal", "run", "--", *words, folder=tmp_path, environment={"PATH": path})

    assert done.returncode == code, done


def test_portal_run_terminated_ends_its_command_too(tmp_path: Path) -> None:
    """Nothing goes on behind the back of whoever ended it."""
    command = [
        AGENCYFILE,
        "portal",
        "run",
        "--",
        "sh",
        "-c",
        "trap 'touch ended; exit 9' TERM; touch begun; sleep 60 & wait",
    ]
    process = subprocess.Popen(command, cwd=tmp_path)
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=600) == 9
    assert (tmp_path / "ended").exists()


def test_keygen_writes_an_identity_for_its_owner_alone_and_prints_the_recipient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output is the recipient and nothing else; git does not see the file; nothing is overwritten."""
    monkeypatch.chdir(tmp_path)
    first = call(str(forks.program()), "credentials", "keygen", folder=tmp_path)
    identity = tmp_path / ".agencyfile" / "identity.txt"
    before = identity.read_bytes()

    second = call(str(forks.program()), "credentials", "keygen", folder=tmp_path)
    other = call(str(forks.program()), "credentials", "keygen", "--out", "keys/other.txt", folder=tmp_path)

    assert (first.returncode, second.returncode, other.returncode) == (0, 1, 0)
    assert first.stdout == f"{recipient_of(identity)}\n"
    assert stat.S_IMODE(identity.stat().st_mode) == 0o600
    assert identity.read_bytes() == before
    assert "exists already" in second.stderr
    assert (tmp_path / ".gitignore").read_text() == ".agencyfile/identity.txt\nkeys/other.txt\n"


def test_keygen_through_a_link_writes_nothing(tmp_path: Path) -> None:
    """A link that somebody else has put there does not choose where the key goes."""
    (tmp_path / ".agencyfile").mkdir()
    (tmp_path / ".agencyfile" / "identity.txt").symlink_to(tmp_path / "elsewhere")

    done = call(str(forks.program()), "credentials", "keygen", folder=tmp_path)

    assert done.returncode == 1
    assert not (tmp_path / "elsewhere").exists()


def test_apply_names_the_login_that_can_be_revealed(rehearsal: Rehearsal) -> None:
    """The command after `Next` opens the login of the account that was made."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")
    (line,) = (line for line in ran.out.splitlines() if line.startswith("  Next "))

    assert f"agencyfile credentials reveal acme --identity {rehearsal.environment['AGENCYFILE_IDENTITY']}" in line
    environment = {name: value for name, value in rehearsal.environment.items() if name != "AGENCYFILE_IDENTITY"}
    done = call(
        "sh",
        "-c",
        line.split(maxsplit=1)[1].replace("agencyfile", str(forks.program()), 1),
        folder=rehearsal.folder,
        environment=environment,
    )
    assert done.returncode == 0
    assert "password" in done.stdout


def test_reveal_without_identity_takes_the_one_that_init_writes(rehearsal: Rehearsal) -> None:
    """What a manual step prints works as it stands where `init` was run."""
    identity = rehearsal.folder / ".agencyfile" / "identity.txt"
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    bare = {"AGENCYFILE_IDENTITY": ""}

    assert rehearsal.run("credentials", "reveal", "acme", environment=bare).code == 64
    shutil.copy(rehearsal.environment["AGENCYFILE_IDENTITY"], identity)
    done = call(
        str(forks.program()),
        "credentials",
        "reveal",
        "acme",
        folder=rehearsal.folder,
        environment={**rehearsal.environment, **bare},
    )
    assert done.returncode == 0


def test_plan_without_changes_does_not_read_as_if_something_had_failed(rehearsal: Rehearsal) -> None:
    """What is left for a person comes after the words that there is nothing to change."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()

    assert "Plan: nothing to change, 1 by hand." in rehearsal.run("plan").out


def test_demo_off_a_terminal_never_waits(tmp_path: Path) -> None:
    """It runs to its end although nobody types, and says so in words that fit 80 columns."""
    done = call(AGENCYFILE, "demo", folder=tmp_path, timeout=600)

    assert done.returncode == 0, done
    assert done.stdout.count("── ") == 6
    assert "4 paid accounts, 4 charges" in done.stdout
    assert "a key: go on" not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) < 160
    headings = [line for line in done.stdout.splitlines() if line.startswith("── ")]
    assert max(map(len, headings)) <= 80


@pytest.mark.parametrize(("fast", "pauses"), thinned([(False, 5), (True, 0)], every=2))
def test_demo_waits_for_a_key_only_where_a_person_watches(tmp_path: Path, *, fast: bool, pauses: int) -> None:
    """At a terminal it waits after every step but the last; `--fast` does not."""
    asked = "a key: go on"

    with Terminal(width=80, height=40) as terminal:
        process = terminal.start("demo", *(["--fast"] if fast else []), folder=tmp_path, environment={})
        for number in range(1, pauses + 1):
            forks.wait_until(lambda number=number: terminal.text.count(asked) == number, f"pause {number}")  # type: ignore[misc]
            terminal.type_for(process, " ")
        code = terminal.wait(process)

    assert code == 0, terminal.text
    assert terminal.text.count(asked) == pauses


def test_import_into_a_new_agency_makes_what_init_makes(rehearsal: Rehearsal) -> None:
    """The next client needs nothing more: its password has a recipient, whose identity is out of git and private."""
    rehearsal.seed(
        accounts=[{"account": "old", "notification": "ops@northwind.example", "client_email": "a@b.example"}]
    )
    out = rehearsal.folder / "northwind"
    assert rehearsal.run("import", "--all", "--name", "northwind", "--out", str(out)).code == 0
    identity = out / ".agencyfile" / "identity.txt"

    assert (out / ".gitignore").read_text() == ".agencyfile/identity.txt\n"
    assert stat.S_IMODE(identity.stat().st_mode) == 0o600
    assert f"recipients: [{recipient_of(identity)}]" in (out / "agency.yaml").read_text()

    rehearsal.folder = out
    rehearsal.environment["AGENCYFILE_IDENTITY"] = str(identity)
    rehearsal.write(
        "accounts:\n  new:\n    client: {name: New, email: new@new.example}\n    notification: ops@northwind.example\n"
        "    plan: {tier: plus, billing: monthly, contacts: 1000}\n    language: french\n    timezone: Europe/Paris\n",
        "clients/new.yaml",
    )
    rehearsal.apply()
    assert rehearsal.can_log_in("new", rehearsal.reveal("new")["username"], rehearsal.reveal("new")["password"])


def test_no_recipients_after_an_import_of_before_leads_to_keygen(rehearsal: Rehearsal) -> None:
    """The fix is a command that works beside an agency file."""
    rehearsal.write(agency(None, acme=""))

    ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")

    assert ran.code == 3
    assert "agencyfile credentials keygen" in ran.err
    assert call(str(forks.program()), "credentials", "keygen", folder=rehearsal.folder).returncode == 0
