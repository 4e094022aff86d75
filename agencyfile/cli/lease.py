"""Acquire, wait for and release the ledger lease."""

import getpass
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from agencyfile.cli.logs import say
from agencyfile.cli.render.safe import one_line
from agencyfile.forges.event import pull_request_of
from plan import LeaseHeld, Ledger, LedgerConflict
from plan.ledger import Draft

RETRY = 1.0  # seconds between two looks at a lease that somebody else has

_MERGED_AT_GITHUB: Final = re.compile(r"^Merge pull request #(\d+) |\(#(\d+)\)$")
_MERGED_AT_GITLAB: Final = re.compile(r"See merge request \S*!(\d+)")


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
    ledger.acquire(
        holder=holder(), run=run_url(), duration=timedelta(seconds=duration), beside=beside, request=request_of_run()
    )
    say("ledger", lambda: f"the lease is taken for {duration:g} s")


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


def request_of_run() -> str | None:
    """Return the URL of the pull request that this CI run is for: its own, or the one that its commit merges.

    A commit says so in its message, in the words of the forge. That is a label for people; nothing is decided by it.
    """
    environ = os.environ
    if environ.get("GITLAB_CI"):
        project = environ.get("CI_PROJECT_URL", "")
        named = _MERGED_AT_GITLAB.search(environ.get("CI_COMMIT_MESSAGE", ""))
        number = environ.get("CI_MERGE_REQUEST_IID") or (named[1] if named else "")
        return f"{project}/-/merge_requests/{number}" if project and number else None
    if environ.get("GITHUB_ACTIONS"):
        server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
        number = _number_at_github(environ)
        return f"{server}/{repository}/pull/{number}" if server and repository and number else None
    return None


def _number_at_github(environ: Mapping[str, str]) -> str:
    try:
        event = json.loads(Path(environ.get("GITHUB_EVENT_PATH", "")).read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError):
        event = None
    number = pull_request_of(event, environ.get("GITHUB_REF", ""))
    if number:
        return str(number)
    commit = event.get("head_commit") if isinstance(event, dict) else None
    message = str(commit.get("message", "")) if isinstance(commit, dict) else ""
    named = _MERGED_AT_GITHUB.search(message.partition("\n")[0])
    return (named[1] or named[2]) if named else ""


def run_url() -> str | None:
    """Return the URL of the CI run, where there is one."""
    environ = os.environ
    if environ.get("CI_JOB_URL"):
        return environ["CI_JOB_URL"]
    if environ.get("GITHUB_RUN_ID"):
        server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
        return f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return None
