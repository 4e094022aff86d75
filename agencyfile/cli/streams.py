"""Standard output and standard error as streams that cannot stop an apply.

Writing fails when a reader has gone or a disk is full, and waits for as long as a pager is not scrolled. Both would end
or hold up an apply between a call and its outcome. So the two streams end in a `Sink`, the one place that decides what
a failure means:

- Standard error: what cannot be written is dropped. The exit code still tells what happened.
- Standard output: the command ends with exit code 1, because its output is what it was run for.
- Standard output of an apply (`unstoppable`): what cannot be written is dropped, and standard error says so.
- While calls are made (`hurried`), and from a Ctrl-C on (`hurry`): a reader that does not read is waited for a moment,
  then passed over.
"""

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from agencyfile.cli.console import Console
from agencyfile.cli.exit_codes import CommandExit, ExitCode

if TYPE_CHECKING:
    from typing import TextIO

    from typing_extensions import Buffer

PATIENCE: Final = 2.0  # seconds: how long a reader that does not read may hold up an apply, once
_AT_ONCE: Final = 4096  # bytes that a pipe takes without waiting when it says that it can be written (pipe(7))
_OUTPUT: Final = 1
_ERROR: Final = 2


class Sink(io.RawIOBase):
    """The end of a standard stream. `lost` is the failure after which nothing more is written."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._is_asleep = False
        self._is_cut = False
        self.is_unstoppable = descriptor == _ERROR
        self.is_hurried = False
        self.left_out = 0
        self.lost: OSError | None = None

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Does a person watch?"""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, content: "Buffer", /) -> int:
        """Write all of it, or drop it.

        Raises:
            CommandExit: it cannot be written, and the command was run for it.
        """
        view = memoryview(content).cast("B")
        if self.lost is None:
            try:
                self._put(view)
            except OSError as error:
                self.lost = error
                if not self.is_unstoppable:
                    raise _exit_for(error) from None
        return len(view)

    def _put(self, rest: memoryview) -> None:
        is_begun = False
        while rest:
            if self.is_hurried and not self._can_be_written():
                self.left_out += 1
                self._is_cut = self._is_cut or is_begun
                return
            if self._is_cut:  # what follows a line that was cut short begins a new one
                self._is_cut = not self._write(memoryview(b"\n"))
                continue
            rest = rest[self._write(rest[:_AT_ONCE] if self.is_hurried else rest) :]
            is_begun = True

    def _write(self, content: memoryview) -> int:
        try:
            return os.write(self._descriptor, content)
        except BlockingIOError:  # another program made it non-blocking
            if not self.is_hurried:
                self._wait(None)
            return 0

    def _can_be_written(self) -> bool:
        self._is_asleep = not self._wait(0 if self._is_asleep else PATIENCE)
        return not self._is_asleep

    def _wait(self, seconds: float | None) -> bool:
        waiting = select.poll()
        waiting.register(self._descriptor, select.POLLOUT)
        return bool(waiting.poll(None if seconds is None else seconds * 1000))


def install() -> None:
    """Let standard output and standard error of this process end in a sink, unless somebody has replaced them."""
    _occupy()
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = _ending_in_sink(sys.stdout, sys.__stdout__, _OUTPUT)
    sys.stderr = _ending_in_sink(sys.stderr, sys.__stderr__, _ERROR)


@contextmanager
def unstoppable() -> Iterator[None]:
    """Drop what standard output does not take for as long as the block runs; say so at its end."""
    sink = _sink_of(sys.stdout)
    if sink:
        sink.is_unstoppable = True
    try:
        yield
    finally:
        _tell_loss(sink)


def hurry() -> None:
    """Pass over readers that do not read from now on."""
    for sink in _sinks():
        sink.is_hurried = True


@contextmanager
def hurried() -> Iterator[None]:
    """Pass over readers that do not read for as long as the block runs."""
    hurry()
    try:
        yield
    finally:
        for sink in _sinks():
            sink.is_hurried = False


def is_output_lost() -> bool:
    """Return whether nobody can have seen what was printed."""
    sink = _sink_of(sys.stdout)
    return sink is not None and sink.lost is not None


def _sinks() -> list[Sink]:
    return [sink for sink in (_sink_of(sys.stdout), _sink_of(sys.stderr)) if sink]


def _tell_loss(output: Sink | None) -> None:
    if output and output.lost is not None:
        reason = f"standard output could not be written ({_reason(output.lost)})"
    elif any(sink.left_out for sink in _sinks()):
        reason = "part of the output was left out: its reader did not read while calls were made"
    else:
        return
    click.echo(f"{reason}. That did not stop the apply; agencyfile ledger list shows what was done", err=True)


def _exit_for(error: OSError) -> CommandExit:
    """A reader that leaves, as `head` does, knows why; whatever else is wrong is said."""
    if error.errno == errno.EPIPE:
        return CommandExit(ExitCode.ERROR)
    return CommandExit(ExitCode.ERROR, f"standard output cannot be written: {_reason(error)}")


def _reason(error: OSError) -> str:
    return "its reader has gone" if error.errno == errno.EPIPE else error.strerror or type(error).__name__


def _occupy() -> None:
    """Take the numbers of standard streams that are closed.

    Otherwise the next file to be opened, such as the ledger, takes them, and whoever writes to number 2 writes into it.
    The descriptor can only be read from: writing fails as it does on a closed stream.
    """
    for number in (0, _OUTPUT, _ERROR):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)


def _ending_in_sink(stream: "TextIO", original: "TextIO | None", descriptor: int) -> "TextIO":
    if stream is not original or _sink_of(stream):
        return stream
    encoding, is_line_buffered = "utf-8", descriptor == _ERROR
    if isinstance(stream, io.TextIOWrapper):
        stream.flush()
        encoding, is_line_buffered = stream.encoding, stream.line_buffering
    buffer = io.BufferedWriter(Sink(descriptor))
    return Console(buffer, encoding, line_buffering=is_line_buffered)


def _sink_of(stream: object) -> Sink | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, Sink) else None
