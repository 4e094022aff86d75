"""Ctrl-C and SIGTERM during an apply: a request to stop, never a torn ledger."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from plan import Stop


class Interrupts:
    """Counts requests to stop: the first ends new calls, the second waiting too."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> Stop:
        """How urgently to stop."""
        return Stop(min(self._count, Stop.NOW))

    def note(self, signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        """Take one more request."""
        self._count += 1
        if self._count == 1:
            click.echo("\nstopping: the call under way is finished and recorded first (again: do not wait)", err=True)


@contextmanager
def caught() -> Iterator[Interrupts]:
    """Catch SIGINT and SIGTERM for as long as the block runs."""
    interrupts = Interrupts()
    before = {number: signal.signal(number, interrupts.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
