"""Acquire, wait for and release the ledger lease."""

import getpass
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import click

from agencyfile.cli.render.safe import one_line
from plan import LeaseHeld, Ledger, LedgerConflict
from plan.ledger import Draft

RETRY = 1.0  # seconds between two looks at a lease that somebody else has


@contextmanager
def turn(open_ledger: Callable[[], Ledger], *, duration: float, patience: float) -> Iterator[Ledger]:
    """Open the ledger and have it to oneself for as long as the block runs.

    Waits up to `patience` seconds for somebody else's lease.

    Raises:
        LeaseHeld: somebody else still has it then.
        LedgerError: the ledger cannot be used.
    """
    ledger = waiting(lambda: _taken(open_ledger(), duration), patience=patience)
    try:
        yield ledger
    finally:
        ledger.release()


def take(ledger: Ledger, *, duration: float, beside: Sequence[Draft] = ()) -> None:
    """Take the lease at the entry up to which `ledger` was read; `beside` is appended with it.

    Raises:
        LeaseHeld: somebody else has it.
        LedgerConflict: somebody wrote since.
    """
    ledger.acquire(holder=holder(), run=_run(), duration=timedelta(seconds=duration), beside=beside)


def waiting(attempt: Callable[[], Ledger], *, patience: float) -> Ledger:
    """The ledger that `attempt` brings, tried again while somebody else writes, for `patience` seconds.

    Raises:
        LeaseHeld, LedgerConflict: from the last attempt.
    """
    deadline = time.monotonic() + patience
    said = False
    while True:
        try:
            return attempt()
        except (LeaseHeld, LedgerConflict) as error:
            if time.monotonic() >= deadline:
                raise
            if not said:
                click.echo(f"waiting: {one_line(str(error))}", err=True)
                said = True
            time.sleep(min(RETRY, max(0.0, deadline - time.monotonic())))


def _taken(ledger: Ledger, duration: float) -> Ledger:
    take(ledger, duration=duration)
    return ledger


def holder() -> str:
    """Return the person that a CI run names, or the user of this machine."""
    for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def _run() -> str | None:
    """The URL of the CI run, where there is one."""
    environ = os.environ
    if environ.get("CI_JOB_URL"):
        return environ["CI_JOB_URL"]
    if environ.get("GITHUB_RUN_ID"):
        server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
        return f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return None
