"""A command beside a local portal: its environment, its signals, its exit code."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode

if TYPE_CHECKING:
    from types import FrameType

    from agencyfile.local_portal import RunningPortal

_PARTS: Final = ("agency_api", "hub_api", "account_api", "agency_key", "hub_key")
# Where real keys may stand beside, which would be read first; and who would be told of a rehearsal.
_LEFT_OUT: Final = (
    "AGENCYFILE_AGENCY_KEY_FILE",
    "AGENCYFILE_HUB_KEY_FILE",
    "AGENCYFILE_WEBHOOK_SECRET",
    "AGENCYFILE_WEBHOOK_SECRET_FILE",
    "AGENCYFILE_WEBHOOK_URL",
)


def variables(where: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a ready line, by the variables that agencyfile reads."""
    return {f"AGENCYFILE_{part.upper()}": where[part] for part in _PARTS}


def environment(portal: "RunningPortal") -> dict[str, str]:
    """The environment of a command that shall speak to this portal alone."""
    known = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return known | variables({part: getattr(portal, part) for part in _PARTS})


def run_beside(words: Sequence[str], portal: "RunningPortal") -> int:
    """Run a command and return its exit code, or 128 and the number of the signal that ended it.

    Raises:
        CommandExit: it cannot be started.
    """
    with _signals_left() as left:
        try:
            process = subprocess.Popen(words, env=environment(portal))  # noqa: S603 - what the person asked for
        except OSError as error:
            raise CommandExit(ExitCode.USAGE, f"{words[0]} cannot be started: {error.strerror}") from None
        left.to(process)
        code = process.wait()
    return code if code >= 0 else 128 - code


class _Left:
    """Terminations for a command, also those that come while it is being started."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def to(self, process: "subprocess.Popen[bytes]") -> None:
        """Pass on what came so far, and what will come."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def take(self, number: int, frame: "FrameType | None") -> None:  # noqa: ARG002 - the shape of a handler
        """Pass a signal on, now or when the command has begun."""
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


@contextmanager
def _signals_left() -> Iterator[_Left]:
    """Let the command decide what an interrupt means: a terminal sends it to both of us. Pass a termination on."""
    left = _Left()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # a command that starts inherits what is ignored
    signal.signal(signal.SIGTERM, left.take)
    try:
        yield left
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
