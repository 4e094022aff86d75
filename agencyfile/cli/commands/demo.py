"""`agencyfile demo`: the main job from nothing, against the local portal."""

import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from agencyfile.cli.beside import environment
from agencyfile.cli.console import clear, style
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.shipped import shipped

if TYPE_CHECKING:
    from agencyfile.local_portal import RunningPortal

NEW_CLIENT = """
  harbor-rowing:
    client: {name: Harbor Rowing, email: crew@harbor.example}
"""
STUDIOS: Final = "clients/studios.yaml"


@click.command("demo")
@click.option("--fast", is_flag=True, help="Do not wait between the steps on a terminal.")
def command(*, fast: bool) -> None:
    """Create accounts from a snapshot, against a local portal.

    The demo has six steps: the file, a first apply, the empty plan after it, one more client, its apply, its login. On
    a terminal it waits for a key after each step. Nobody is charged, and nothing is left behind.
    """
    began = time.monotonic()
    with _stage(is_watched=sys.stdin.isatty() and sys.stdout.isatty() and not fast) as stage:
        for number, (title, step) in enumerate(STEPS.items(), 1):
            stage.begin(number, title)
            step(stage)
        verdict = _check_the_card(stage)
    done = f"Done in {time.monotonic() - began:.0f} s: {verdict}. Nothing is left behind."
    click.echo(f"\n{style(done, fg='green', bold=True)}")


@dataclass(frozen=True, slots=True)
class _Stage:
    portal: "RunningPortal"
    folder: Path
    is_watched: bool

    def begin(self, number: int, title: str) -> None:
        """Head a step; where a person watches, let them finish the one before."""
        if self.is_watched:
            if number > 1:
                click.pause(style("\n  a key: go on · Ctrl-C: end ", dim=True))
            clear()
        heading = f"── {number}/{len(STEPS)}  {title} ".ljust(78, "─")
        click.echo(f"{'' if self.is_watched else chr(10)}{style(heading, fg='cyan')}")

    def run(self, *arguments: str, expect: int = 0) -> None:
        """Run one command of ours the way a person would."""
        self.show_command(f"agencyfile {shlex.join(arguments)}")
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "agencyfile", *arguments],
            cwd=self.folder,
            env={**_environment(self.portal), "XDG_STATE_HOME": str(self.folder.parent)},  # gone with the demo
            check=False,
        )
        if done.returncode != expect:
            raise CommandExit(ExitCode.ERROR, f"the demo expected exit {expect} and got {done.returncode}")

    def show_command(self, line: str) -> None:
        """Show a command as if it were typed."""
        click.echo(style(f"\n$ {line}", fg="blue", bold=True))
        sys.stdout.flush()

    def get(self, path: str) -> list[dict[str, Any]]:
        """Ask the local portal for one of its books."""
        import requests  # noqa: PLC0415

        rows: list[dict[str, Any]] = requests.get(f"{self.portal.url}/_portal/{path}", timeout=10).json()[path]
        return rows


@contextmanager
def _stage(*, is_watched: bool) -> Iterator[_Stage]:
    from agencyfile.local_portal import Settings, running  # noqa: PLC0415 - heavy

    quick = Settings(provisioning=0.3, snapshot_time=0.3)  # long enough for a look that finds nothing yet
    with tempfile.TemporaryDirectory(prefix="agencyfile-demo-") as scratch, running(quick) as portal:
        folder = Path(scratch) / "northwind"
        shutil.copytree(shipped("examples") / "demo", folder)
        yield _Stage(portal, folder, is_watched)


def _environment(portal: "RunningPortal") -> Mapping[str, str]:
    return {
        **environment(portal),
        "AGENCYFILE_WAIT_FIRST": "0.2",
        "AGENCYFILE_RATE_LIMIT": "100",  # the pace of a real portal is nothing to watch
        "AGENCYFILE_IDENTITY": "example-identity.txt",
        "CI": "",  # the demo's ledger is a file, and is meant to go with it
    }


def _show_the_file(stage: _Stage) -> None:
    click.echo("\nagency.yaml says what all clients have in common. A client is one block:")
    stage.show_command(f"cat {STUDIOS}")
    click.echo((stage.folder / STUDIOS).read_text(encoding="utf-8"), nl=False)
    click.echo("\nThe portal is a local one that behaves like the vendor's and charges nobody:")
    click.echo(f"{stage.portal.url}/_portal/ shows what it holds.")


def _make_everything(stage: _Stage) -> None:
    stage.run("apply", "--concise", "--auto-approve", "--allow", "billed")


def _plan_again(stage: _Stage) -> None:
    click.echo("\nThe portal is as the file says. Work without an API is a list of manual steps:")
    stage.run("plan", "--detailed-exitcode")


def _add_a_client(stage: _Stage) -> None:
    stage.show_command(f"cat >> {STUDIOS}")
    click.echo(NEW_CLIENT, nl=False)
    with (stage.folder / STUDIOS).open("a", encoding="utf-8") as stream:
        stream.write(NEW_CLIENT)
    stage.run("plan", "--out", "plan.json")


def _apply_exactly_that(stage: _Stage) -> None:
    stage.run("apply", "--concise", "plan.json")


def _hand_over(stage: _Stage) -> None:
    stage.run("credentials", "reveal", "harbor-rowing")
    stage.run("drift")


STEPS: Final = {
    "The agency file": _show_the_file,
    "From nothing: a sandbox, its snapshot, three accounts made from it": _make_everything,
    "The next plan is empty": _plan_again,
    "One more client is one more block": _add_a_client,
    "Apply exactly what was reviewed": _apply_exactly_that,
    "The client's login; and nobody has changed anything since": _hand_over,
}


def _check_the_card(stage: _Stage) -> str:
    charges, accounts = stage.get("charges"), stage.get("accounts")
    click.echo(style("\nThe local portal's card:", bold=True))
    for charge in charges:
        click.echo(f"  {charge['amount']:>6} {charge['currency']}  {charge['account']}")
    paid = _paid(accounts)
    if sorted(charge["account"] for charge in charges) != paid:
        raise CommandExit(ExitCode.ERROR, "the charges on the card are not one for each paid account")
    return f"{len(paid)} paid accounts, {len(charges)} charges, a free sandbox"


def _paid(accounts: Sequence[Mapping[str, Any]]) -> list[str]:
    free = {"trial", "sandbox"}
    return sorted(account["account"] for account in accounts if account["plan"]["tier"] not in free)
