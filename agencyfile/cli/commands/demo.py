"""`agencyfile demo`: the main job from nothing, against the local portal."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.shipped import shipped

if TYPE_CHECKING:
    from agencyfile.local_portal import RunningPortal

NEW_CLIENT = """
  harbor-rowing:
    client: {name: Harbor Rowing, email: crew@harbor.example}
"""


@click.command("demo")
def command() -> None:
    """Create accounts from a snapshot, against a local portal.

    Shows the file, the plan, the apply, the empty plan after it, then one more client from block to login. Nobody is
    charged, and nothing is left behind.
    """
    began = time.monotonic()
    with _stage() as stage:
        _first_apply(stage)
        _one_more_client(stage)
        verdict = _check_the_card(stage)
    click.secho(
        f"\nDone in {time.monotonic() - began:.0f} s: {verdict}. Nothing is left behind.", fg="green", bold=True
    )


@dataclass(frozen=True, slots=True)
class _Stage:
    portal: "RunningPortal"
    folder: Path

    def run(self, *arguments: str, expect: int = 0) -> None:
        """Run one command of ours the way a person would."""
        click.secho(f"\n$ agencyfile {shlex.join(arguments)}", fg="blue", bold=True)
        sys.stdout.flush()
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "agencyfile", *arguments],
            cwd=self.folder,
            env=_environment(self.portal),
            check=False,
        )
        if done.returncode != expect:
            raise CommandExit(ExitCode.ERROR, f"the demo expected exit {expect} and got {done.returncode}")

    def get(self, path: str) -> list[dict[str, Any]]:
        """Ask the local portal for one of its books."""
        import requests  # noqa: PLC0415

        rows: list[dict[str, Any]] = requests.get(f"{self.portal.url}/_portal/{path}", timeout=10).json()[path]
        return rows


@contextmanager
def _stage() -> Iterator[_Stage]:
    from agencyfile.local_portal import Settings, running  # noqa: PLC0415 - heavy

    with tempfile.TemporaryDirectory(prefix="agencyfile-demo-") as scratch, running(Settings()) as portal:
        folder = Path(scratch) / "fitness-agency"
        shutil.copytree(shipped("examples") / "fitness-agency", folder)
        click.echo(f"A local portal listens on {portal.url}; it behaves like the vendor's and charges nobody.")
        yield _Stage(portal, folder)


def _environment(portal: "RunningPortal") -> Mapping[str, str]:
    return {
        **os.environ,
        "AGENCYFILE_AGENCY_API": portal.agency_api,
        "AGENCYFILE_HUB_API": portal.hub_api,
        "AGENCYFILE_ACCOUNT_API": portal.account_api,
        "AGENCYFILE_AGENCY_KEY": portal.agency_key,
        "AGENCYFILE_HUB_KEY": portal.hub_key,
        "AGENCYFILE_WAIT_FIRST": "0.5",
        "CI": "",  # the demo's ledger is a file, and is meant to go with it
    }


def _first_apply(stage: _Stage) -> None:
    for name in ("agency.yaml", "clients/studios.yaml"):
        click.secho(f"\n$ cat {name}", fg="blue", bold=True)
        click.echo((stage.folder / name).read_text(encoding="utf-8"), nl=False)
    stage.run("plan", "-out", "plan.json")
    stage.run("apply", "plan.json")
    stage.run("plan", "-detailed-exitcode")


def _one_more_client(stage: _Stage) -> None:
    click.secho("\n$ cat >> clients/studios.yaml", fg="blue", bold=True)
    click.echo(NEW_CLIENT, nl=False)
    with (stage.folder / "clients/studios.yaml").open("a", encoding="utf-8") as stream:
        stream.write(NEW_CLIENT)
    stage.run("plan", "-detailed-exitcode", expect=ExitCode.CHANGES)
    stage.run("apply", "-auto-approve", "--allow", "billed")
    stage.run("steps", "show", "account.harbor-rowing.clone")
    stage.run("drift")
    stage.run("credentials", "reveal", "harbor-rowing", "--identity", "example-identity.txt")


def _check_the_card(stage: _Stage) -> str:
    charges, accounts = stage.get("charges"), stage.get("accounts")
    click.secho("\nThe local portal's card:", bold=True)
    for charge in charges:
        click.echo(f"  {charge['amount']:>6} {charge['currency']}  {charge['account']}")
    paid = sorted(account["account"] for account in accounts if _is_paid(account))
    if sorted(charge["account"] for charge in charges) != paid:
        raise CommandExit(ExitCode.ERROR, "the charges on the card are not one for each paid account")
    free = len(accounts) - len(paid)
    return f"{len(paid)} paid accounts, {len(charges)} charges, {free} free accounts (the sandbox, a trial)"


def _is_paid(account: Mapping[str, Any]) -> bool:
    return account["plan"]["tier"] not in {"trial", "sandbox"}
