"""Ctrl-C and SIGTERM during an apply: a request to stop, never a torn ledger."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

import click

from agencyfile.cli import streams
from plan import Stop


class Stoppable(Protocol):
    """The session that speaks to the portal."""

    def end_waits(self) -> None:
        """End all waiting: for a turn, a pause or the answer to a question. Calls under way go on."""

    def abort(self) -> None:
        """End every request under way too."""


class Interrupts:
    """Counts requests to stop: the first ends new calls and every wait, the second requests under way too.

    The handler only counts. It may run inside a write to a stream or while a lock is held, so that whatever follows is
    done by the apply itself, which asks how urgently to stop many times a second.
    """

    def __init__(self, portal: Stoppable) -> None:
        self._portal = portal
        self._count = 0
        self._seen = Stop.NO

    def __call__(self) -> Stop:
        """Return how urgently to stop; the thread that applies calls it."""
        wanted = Stop(min(self._count, Stop.NOW))
        if wanted > self._seen:
            self._seen = wanted
            self._heed(wanted)
        return wanted

    @property
    def is_asked(self) -> bool:
        """Whether anybody asked to stop."""
        return self._count > 0

    def note(self, signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        """Take one more request."""
        self._count += 1

    def _heed(self, wanted: Stop) -> None:
        if wanted is Stop.SOON:
            self._portal.end_waits()
            click.echo("\nstopping: the call under way is answered and recorded first (again: do not wait)", err=True)
        else:
            self._portal.abort()
            click.echo("\nstopping now: the call under way is recorded as unknown", err=True)


@contextmanager
def caught(portal: Stoppable) -> Iterator[Interrupts]:
    """Catch SIGINT and SIGTERM for as long as the block runs, or for good where one of them came.

    Then the process is about to end by itself: the lease is given back, the ledger is read once more, the report is
    printed to a reader that is not waited for. One more signal would tear that, or be raised inside a finalizer.
    """
    interrupts = Interrupts(portal)
    before = {number: signal.signal(number, interrupts.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        if interrupts.is_asked:
            streams.hurry()
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if interrupts.is_asked else handler)
