"""Exit 5 for as long as a call is open, and only then."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
import pytest
from contract.repositories import git, make_clone, make_remote
from contract.test_git_faults import script
from hostile.scene import APPROVED, CREATION, GRANT, prepare
from hostile_proxy import Rule, answer, drop, hostile
from rehearsal import Rehearsal
from stories import agency

from agencyfile.cli.app import root
from agencyfile.local_portal import Settings, running

FOR_EVER = 1_000_000


# Every command that reads the portal, with flags that make it do so. IMPORT stands for a folder beside the agency file.
READS_PORTAL: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts list": (),
    "accounts show": ("acme",),
    "apply": APPROVED,
    "approve": ("sha256:0",),
    "doctor": (),
    "drift": (),
    "import": ("--all", "--out", "IMPORT"),
    "ledger reconcile": (),
    "plan": ("-detailed-exitcode",),
    "plans list": (),
    "rehearse": (),
    "report": ("--json",),
    "steps done": ("account.acme.dns", "--evidence", "ticket 4711", "--by", "ann"),
    "steps list": (),
    "steps show": ("account.acme.dns",),
}
READS_NO_PORTAL: Final = {
    "accounts open",  # asks the account itself
    "ci github",
    "ci gitlab",
    "clients connect",
    "clients import",
    "clients list",
    "clients serve",
    "clients template",
    "comment github",
    "comment gitlab",
    "commit-status github",
    "commit-status gitlab",
    "completion",
    "contacts import",
    "contacts list",
    "credentials keygen",
    "credentials list",
    "credentials rekey",
    "credentials replace",
    "credentials reveal",
    "demo",
    "dns check",  # but with --record
    "dns export",
    "fleet apply",  # its children do, each a command of this table
    "fleet drift",
    "fleet list",
    "fleet pause",
    "fleet plan",
    "fleet resume",
    "fleet retry",
    "fleet status",
    "fleet validate",
    "fleet worker",
    "fmt",
    "help",
    "init",
    "ledger accept",
    "ledger anchor",
    "ledger backup",
    "ledger baseline",
    "ledger compact",
    "ledger export",
    "ledger forget",
    "ledger list",
    "ledger migrate",
    "ledger move",
    "ledger portal",
    "ledger resolve",
    "ledger restore",
    "ledger show",
    "ledger verify",
    "lock break",
    "lock show",
    "portal run",
    "portal serve",
    "schema",
    "show",
    "steps mail",
    "test",  # asks a local portal of its own
    "validate",
    "version",
}


def _leaves(group: click.Group, context: click.Context, prefix: str = "") -> Iterator[str]:
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from _leaves(found, context, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"


def test_every_command_says_whether_it_reads_the_portal() -> None:
    """A new command is placed in one of the two tables, so that the test below covers it."""
    assert {*_leaves(root, click.Context(root))} == READS_PORTAL.keys() | READS_NO_PORTAL
    assert not READS_PORTAL.keys() & READS_NO_PORTAL


@pytest.fixture(scope="module")
def lost_creation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """An agency with one open call, behind a proxy that answers 401 to everything."""
    folder = tmp_path_factory.mktemp("agency")
    with running(Settings(provisioning=0, snapshot_time=0)) as portal:
        rehearsal = Rehearsal(folder / "northwind", portal)
        prepare(rehearsal, CREATION)
        with hostile(portal.url, Rule(CREATION, drop)) as proxy:
            for name, value in rehearsal.environment.items():
                rehearsal.environment[name] = value.replace(portal.url, proxy.url)
            assert rehearsal.run("apply", *APPROVED).code == 5
            proxy.rules[:] = [Rule("", answer(401, b"<html>"), forward=False, times=FOR_EVER)]
            yield rehearsal


@pytest.mark.parametrize("command", READS_PORTAL)
def test_open_call_is_named_with_exit_5_when_the_portal_cannot_be_read(lost_creation: Rehearsal, command: str) -> None:
    """Exit 1 would say that nothing is unknown."""
    words = [str(lost_creation.folder / "imported") if word == "IMPORT" else word for word in READS_PORTAL[command]]
    file = ("-f", str(lost_creation.file)) if command == "import" else ()
    first, *rest = command.split()
    ran = lost_creation.run(first, *rest, *words, *file)

    assert ran.code == 5, ran
    assert "HTTP 401" in (ran.out if command == "doctor" else ran.err)  # doctor prints a table all the same
    assert "the outcome of an earlier call is still unknown: account.acme (account_add)" in ran.err
    assert "agencyfile ledger reconcile --explain account.acme" in ran.err


@pytest.mark.parametrize("flags", [(), ("-detailed-exitcode",)])
def test_plan_with_only_an_open_call_exits_5_and_names_it(
    rehearsal: Rehearsal, over: Callable[..., Any], flags: tuple[str, ...]
) -> None:
    """A pipeline that stops there surfaces it."""
    prepare(rehearsal, GRANT)
    with over(Rule(GRANT, drop)):
        assert rehearsal.run("apply", *APPROVED).code == 5
    ran = rehearsal.run("plan", *flags)

    assert ran.code == 5, ran
    assert "credit.acme.email (account_credits_apply)" in ran.err


def test_unclear_repeatable_call_is_safe_to_resume(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """It sets a value: nothing is open in the ledger, so that 5 would be wrong, and 1 too."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme="notification: new@northwind.example"))
    with over(Rule("account_edit", answer(403, b"<html>"), times=FOR_EVER)) as proxy:
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 7, ran
    assert "it only sets a value" in ran.out
    assert proxy.sent("account_edit") == 4
    assert rehearsal.run("ledger", "show").code == 0
    rehearsal.check_converged()


@pytest.mark.parametrize(("failing", "code"), [(1, 0), (4, 7)])
def test_push_that_landed_and_was_answered_by_nothing_is_no_unknown_call(
    rehearsal: Rehearsal, tmp_path: Path, failing: int, code: int
) -> None:
    """The remote takes the outcome, its answer is lost, and it cannot be asked for a while: the ledger decides."""
    remote, failures = make_remote(tmp_path / "remote.git"), tmp_path / "failures"
    shutil.copytree(make_clone(tmp_path / "clone", remote), rehearsal.folder, dirs_exist_ok=True)
    script(
        remote / "hooks" / "post-receive",
        'git show agencyfile-ledger:000001.jsonl | tail -n 1 | grep -q \'"type":"outcome"\' || exit 0',
        f"echo {failing} > {failures}",
        "kill -9 $PPID",
    )
    script(
        tmp_path / "upload-pack",
        f"left=$(cat {failures} || echo 0)",
        f"if [ $left -gt 0 ]; then echo $((left - 1)) > {failures}; exit 1; fi",
        'exec git-upload-pack "$@"',
    )
    git(rehearsal.folder, "config", "remote.origin.uploadpack", str(tmp_path / "upload-pack"))
    text = agency(rehearsal.recipient, acme="")
    rehearsal.write(text.replace("  name: northwind\n", "  name: northwind\n  ledger: git+branch:agencyfile-ledger\n"))
    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == code, ran
    assert rehearsal.run("ledger", "show").code == 0
    assert len(rehearsal.book("charges")) == 1
