"""B12 and B15: what comes from others is shown, and steers neither a terminal nor a pipeline's log."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import click
import forks
import pytest
from pipelines.forge import PROJECT, REPOSITORY, Forge, Reply, running_forge
from pipelines.reviewer import BOT, TOKEN
from rehearsal import Ran
from sampling import sampled, thinned
from security.victim import Victim
from stories import agency, live_account
from terminals import Terminal

from agencyfile.cli.app import root
from agencyfile.vault import AgeVault
from plan import Address, FileStore, Ledger, Secret
from plan.ledger import EntryType

# A screen is emptied; a link and a clipboard are written; C1, direction marks, a separator; a line begins anew.
STEERS: Final = "\x1b[2J\x1b]8;;http://evil.example\x07x\x1b]52;c;aGk=\x07\u202e\x9b31m\x85\u2028\r\x00\x7f\ufeff"
# What GitHub's and Azure's runners obey, and what a color would hide.
OBEYED: Final = "\n::set-output name=a::b\n##[set-output name=a]b\n##vso[task.x]y \x1b[8mhidden\x1b[31mred"
HOSTILE: Final = f"Evil{STEERS}{OBEYED}"
VALID: Final = "Café → ::set-output name=a::b ##[set-output name=a]b"  # what the language lets a value be
ALLOWED: Final = re.compile(r"::(error|warning|notice) ")

# A commit of each story that a forge tells; see `hostile_forge`.
STRANGERS, BRANCH, TWICE, REFUSED, GOOD = (digit * 40 for digit in "12345")
COMMIT_STATUS: Final = (
    f"publish --plan plan.json --base main --commit {GOOD}",
    f"publish --plan plan.json --base main --commit {REFUSED}",
    f"publish --plan no\x1b[2Jplan --base main --commit {GOOD}",
    f"withdraw --base main --commit {GOOD}",
    f"anchor --anchor 1:{'0' * 64} --commit {GOOD}",
    f"anchor --anchor \x1b[2J --commit {GOOD}",
    *(f"approved --base main --commit {commit}" for commit in (STRANGERS, BRANCH, TWICE, GOOD)),
    "last-anchor --base main",
    "last-anchor --base \x1b[2J",
    "\x1b[2J",
)

# Every command that shows something, as it is called, by its name in the tree of commands.
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "validate": ("", "--json", *(f"-f evil.yaml{form}" for form in ("", " --json", " --format github"))),
    "fmt": ("--diff", "--check", "--check evil.yaml"),
    "plan": (
        "",
        "-concise",
        "-json",
        "--format markdown",
        "--format html",
        "--format github",
        "--format outputs",
        "--format gitlab-terraform",
        "-out plan.json",
        "--offline",
        "--offline -json",
        "--offline --format markdown",
        "-target account.\x1b[2J",
    ),
    "show": ("plan.json", "-json plan.json", "--format markdown plan.json", "no\x1b[2Jplan"),
    "approve": ("pln_0000000000000000000000000000000000000000 --by \x1b[2Jme",),
    "drift": ("", "--json", "--format github"),
    "doctor": ("", "--json"),
    "help": ("\x1b[2J",),
    "test": ("evil.yaml", "no\x1b[2Jfile.yaml"),
    "dns export": ("--json", "--zone \x1b[2J"),
    "fleet validate": ("-f evil.yaml", "-f no\x1b[2Jfleet.yaml", "-f evil-fleet.yaml"),
    "fleet list": ("", "--json", "\x1b[2J"),
    "fleet plan": ("", "--json", "--format markdown", "--format html", "--out plans"),
    "fleet drift": ("", "--json"),
    "fleet apply": ("", "--auto-approve", "--plans no\x1b[2Jplans"),
    "fleet status": ("", "--json", "--run \x1b[2J"),
    "fleet retry": ("",),
    "fleet pause": ("* --reason \x1b[2Jlater",),
    "fleet resume": ("",),
    "contacts list": ("no\x1b[2J.csv",),
    "contacts import": ("no\x1b[2J.csv",),
    "ledger backup": ("no\x1b[2J/such/file",),
    "ledger restore": ("no\x1b[2Jfile", "evil.yaml"),
    "ledger move": ("--to no\x1b[2Jplace:x", "--to file:\x1b[2J"),
    "clients connect": ("\x1b[2J",),
    "clients import": ("no\x1b[2J.xlsx", "no\x1b[2J.xlsx --json"),
    "clients list": ("", "--json"),
    "clients template": ("no\x1b[2J/such.xlsx",),
    "steps list": ("", "--done", "--json", "--format markdown"),
    "steps show": ("account.acme.handover", "account.\x1b[2J"),
    "steps mail": ("acme", "acme --format eml", "delta --format json", "account.\x1b[2J"),
    "steps done": ("account.acme.\x1b[2J --evidence x",),
    "accounts list": ("", "--json", "--format csv"),
    "accounts show": ("acme", "acme --json", "account.\x1b[2J"),
    "rehearse": ("", "--json", "--format markdown"),
    "report": ("", "--json"),
    "plans list": ("", "--json"),
    "credentials list": ("", "--json"),
    "credentials reveal": ("acme", "acme --json", "\x1b[2J"),
    "credentials rekey": ("",),
    "credentials replace": ("\x1b[2J", "acme"),
    "commit-status github": COMMIT_STATUS,
    "commit-status gitlab": COMMIT_STATUS,
    "ledger anchor": ("",),
    "ledger portal": ("",),
    "ledger show": ("",),
    "ledger list": ("",),
    "ledger export": ("",),
    "ledger verify": ("",),
    "ledger reconcile": ("",),
    "ledger resolve": ("account.\x1b[2J absent",),
    "ledger baseline": ("account.\x1b[2J=1",),
    "ledger accept": ("",),
    "ledger forget": ("account.\x1b[2J",),
    "lock show": ("",),
    "lock break": ("\x1b[2J",),
    "import": ("--all --out imported --name northwind",),
    "apply": ("-input=false", "-json -input=false", "-auto-approve"),
}
# Commands of which it is known that they show what others wrote, as escapes.
TELLING: Final = {
    *("accounts list", "credentials list", "credentials reveal", "ledger list", "ledger export", "drift"),
    *("commit-status github", "commit-status gitlab"),
}
# Commands that show nothing of others', or are tried where their own tests are.
ELSEWHERE: Final[Mapping[str, str]] = {
    "init": "shows its own arguments",
    "dns check": "asks the DNS: hostile answers are in tests/zones",
    "fleet worker": "runs until Ctrl-C; what it shows is a page of numbers",
    "ledger migrate": "a file of ours",
    "schema": "a file of ours",
    "version": "a word of ours",
    "completion": "a script of click",
    "demo": "runs the commands above on files of ours",
    "accounts open": "a link of letters and digits, to a terminal alone: tests/cli/test_account_keys.py",
    "clients serve": "a line of ours",
    "portal serve": "a line of ours",
    "portal run": "a line of ours; what its command prints is its own",
    "credentials keygen": "a key of ours",
    "ledger compact": "prints two numbers; must not be run in this walk",
}


def harmful(text: str) -> list[str]:
    """What of an output would steer a terminal or a log."""
    found = [f"{ord(c):x}" for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    lines = [line for line in text.splitlines() if line.lstrip().startswith("::") and not ALLOWED.match(line)]
    return [*found, *lines, *(word for word in ("##[", "##vso[") if word in text)]


def commands(group: click.Group, name: str = "") -> Iterator[str]:
    """The name of every command that is no group."""
    context = click.Context(group)
    for word in group.list_commands(context):
        below = group.get_command(context, word)
        if isinstance(below, click.Group):
            yield from commands(below, f"{name}{word} ")
        else:
            yield f"{name}{word}"


def run(victim: Victim, line: str) -> Ran:
    """Run one command line as a process."""
    words = [word for word in line.split(" ") if word]
    return forks.run(*words, folder=victim.folder, environment=victim.environment)


def run_in(victim: Victim, encoding: str, line: str) -> "subprocess.CompletedProcess[bytes]":
    """Run one command line with standard streams of an encoding."""
    return subprocess.run(
        [sys.executable, "-m", "agencyfile", *line.split()],
        cwd=victim.folder,
        env={**victim.surroundings(), "PYTHONIOENCODING": encoding, "LANG": "C", "LC_ALL": "C"},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


def poison_ledger(victim: Victim, password: str = "plain-password") -> None:
    """Write what somebody with push rights could: a ledger whose chain is whole, and whose every text is hostile."""
    sealed = AgeVault([victim.recipient]).seal(Secret(password))
    credential = {"login_url": HOSTILE, "username": HOSTILE, "sealed": sealed, "recipients": [HOSTILE]}
    acme, beta = Address("account", "acme"), Address("account", "beta")
    intent: dict[str, object] = {
        "operation": HOSTILE,
        "call": "0" * 64,
        "effect": "billed",
        "price": None,
        "baseline": [],
    }
    ledger = Ledger(FileStore(victim.ledger), agency="northwind")
    ledger.append((EntryType.INTENT, acme, intent))
    ledger.append(
        (
            EntryType.OUTCOME,
            acme,
            {
                "intent": ledger.serial,
                "result": "confirmed",
                "message": HOSTILE,
                "remote_id": HOSTILE,
                "credential": credential,
            },
        )
    )
    ledger.append((EntryType.INTENT, beta, intent))


@pytest.fixture
def poisoned(victim: Victim) -> Victim:
    """A victim whose file, portal and ledger are full of what an attacker would write."""
    quoted = json.dumps(VALID, ensure_ascii=False)
    victim.seed(accounts=[live_account("acme", client_name=HOSTILE), live_account("gamma", client_name=HOSTILE)])
    victim.write(agency(victim.recipient, acme=""))
    victim.commit()
    removed = f"removed: [{{account: old, action: forget, reason: {quoted}}}]\n"
    file = agency(victim.recipient, acme="", delta="").replace("name: Delta", f"name: {quoted}")
    victim.write(f"{file}# ##[set-output name=a]b\n{removed}")
    victim.write(f"{file}{json.dumps(HOSTILE)}: {json.dumps(HOSTILE)}\n", "evil.yaml")
    fleet = "version: 1\nfleet: group\nagencies: {all: {files: [agency.yaml], agency_key: '${env:AGENCY_GROUP_KEY}'}}\n"
    victim.write(fleet, "fleet.yaml")
    victim.write(f"{fleet}{json.dumps(HOSTILE)}: {json.dumps(HOSTILE)}\n", "evil-fleet.yaml")
    victim.environment["AGENCY_GROUP_KEY"] = victim.environment["AGENCYFILE_AGENCY_KEY"]
    return victim


@pytest.fixture
def hostile_forge(poisoned: Victim) -> Iterator[Forge]:
    """A forge whose users, branches, links and errors are hostile; the commands of `poisoned` find it."""
    with running_forge() as forge:
        forge.add_token(TOKEN, BOT, api="write", statuses="write", contents="write", pull_requests="write")
        forge.history = lambda revision: [STRANGERS, TWICE]
        for merged, base in ((STRANGERS, "main"), (BRANCH, HOSTILE), (TWICE, "main")):
            thread = forge.open_pull_request(HOSTILE)
            thread.merge_commit = thread.head = merged
            thread.base, thread.state = base, "merged"
        for name in ("plan for main", "ledger"):
            forge.add_status(STRANGERS, HOSTILE, f"agencyfile/northwind {name}", HOSTILE, HOSTILE)
            for number in range(2):
                forge.add_status(TWICE, BOT, f"agencyfile/northwind {name}", f"{number}{HOSTILE}", HOSTILE)
        forge.answer(f"POST .*{REFUSED}$", Reply(422, {"message": HOSTILE}), times=100)
        poisoned.environment |= {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": forge.github, "GITHUB_REPOSITORY": REPOSITORY}
        poisoned.environment |= {"GITLAB_TOKEN": TOKEN, "CI_API_V4_URL": forge.gitlab, "CI_PROJECT_ID": PROJECT}
        yield forge


def test_b12_walk_covers_every_command() -> None:
    """A new command is walked over, or says why not."""
    assert set(commands(root)) - {name for name in commands(root) if name.startswith(("ci ", "comment "))} == {
        *SHOWN,
        *ELSEWHERE,
    }


@pytest.mark.long
@pytest.mark.attack("B12", "terminal escapes and log commands in the file, the answers of portal and forge, the ledger")
@pytest.mark.usefixtures("hostile_forge")
def test_b12_nothing_that_others_wrote_steers_a_terminal_or_a_log(poisoned: Victim) -> None:
    """Every command that shows something, over a hostile file, portal, ledger and forge."""
    poison_ledger(poisoned)
    wrong, silent, shown = {}, [], set()
    walked = dict(sampled(SHOWN.items(), every=5))

    for name, variants in walked.items():
        for variant in variants:
            done = run(poisoned, f"{name} {variant}")
            found = harmful(done.out) + harmful(done.err)
            if found:
                wrong[f"{name} {variant!r}"] = found[:5]
            if not done.out + done.err:
                silent.append(f"{name} {variant}")
            if r"\x1b" in done.out + done.err or r"\u001b" in done.out:
                shown.add(name)
            assert "this is a bug" not in done.err, (name, variant, done)

    assert wrong == {}
    assert silent == []
    assert TELLING & walked.keys() <= shown


@pytest.mark.attack("B12", "a login from the ledger whose password steers the terminal")
def test_b12_hostile_password_is_shown_as_escapes_and_had_exactly(victim: Victim) -> None:
    """The text form is safe and says that it escapes; `--json` and `--raw` give the password itself."""
    victim.write(agency(victim.recipient, acme=""))
    password = f"pass{STEERS}é"
    poison_ledger(victim, password)

    shown = run(victim, "credentials reveal acme")
    exact = run(victim, "credentials reveal acme --json")
    raw = run_in(victim, "utf-8", "credentials reveal acme --raw")

    assert harmful(shown.out) == harmful(exact.out) == []
    assert "the password holds characters shown as escapes; --json has it exactly" in shown.err
    assert json.loads(exact.out)["password"] == password
    assert raw.stdout == password.encode()


@pytest.mark.attack("B12", "colors and hidden text, where a person watches")
def test_b12_at_a_terminal_only_our_own_colors_are_painted(poisoned: Victim) -> None:
    """A terminal gets the colors that we choose, and no other sequence, not even a color."""
    poison_ledger(poisoned)
    for line in ("plan", "validate", "ledger list", "accounts list", "credentials list", "drift", "steps list"):
        with Terminal(width=120) as terminal:
            terminal.wait(
                terminal.start(
                    *line.split(), folder=poisoned.folder, environment={**poisoned.environment, "NO_COLOR": ""}
                )
            )
        shown = re.sub(r"\x1b\[(\d|1;3\d|3\d)m", "", terminal.content.decode()).replace("\r\n", "\n")

        assert "\x1b[8m" not in terminal.content.decode(), line
        assert harmful(shown) == [], line


@pytest.mark.attack("B15", "a log command in a source line that validate prints")
@pytest.mark.parametrize("form", ["text", "github"])
def test_b15_source_line_is_no_command_of_a_log(victim: Victim, form: str) -> None:
    """The line is shown, and its command is none."""
    bad = "##[set-output name=digest]pln_1 ::set-output name=a::b"
    victim.write(
        agency(victim.recipient, acme="").replace("version: 1", f"version: 1\n{json.dumps(bad)}: {json.dumps(bad)}")
    )

    done = run(victim, f"validate --format {form}")

    assert done.code == 1
    assert harmful(done.out) + harmful(done.err) == []
    assert r"##\x5bset-output" in done.out + done.err


@pytest.mark.parametrize("encoding", thinned(["ascii", "cp1252"], every=2))
def test_output_in_an_encoding_that_lacks_a_character_does_not_crash(poisoned: Victim, encoding: str) -> None:
    """What cannot be written is spelled another way; JSON stays JSON, with the same values."""
    expected = json.loads(run(poisoned, "plan -json").out)

    shown = {}
    for line in ("plan", "plan --format markdown", "plan --format html", "validate"):
        done = run_in(poisoned, encoding, line)
        assert done.returncode == 0, done
        assert done.stdout.decode("utf-8" if "html" in line else encoding)
        shown[line] = done.stdout
    assert b"Caf" + "é".encode(encoding, "backslashreplace") in shown["plan"]

    document = json.loads(run_in(poisoned, encoding, "plan -json").stdout.decode(encoding))
    assert document["resource_changes"] == expected["resource_changes"]


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb\ud83d"])
def test_lone_surrogates_in_a_plan_document_are_shown_as_escapes(poisoned: Victim, value: str) -> None:
    """They are half a character: no output can hold them."""
    assert run(poisoned, "plan -out plan.json").code == 0
    path = poisoned.folder / "plan.json"
    document = json.loads(path.read_text())
    document["agency"] = value
    path.write_text(json.dumps(document))

    for form in ("text", "json", "markdown", "html", "github"):
        done = run(poisoned, f"show --format {form} plan.json")
        assert "this is a bug" not in done.err, done
        assert harmful(done.out) + harmful(done.err) == []
