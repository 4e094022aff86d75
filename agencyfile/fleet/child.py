"""One child process: the command line of one agency, with nothing of another one in its environment or arguments."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import IO, Any, Final, TypeGuard

from plan.child_environment import LIFELINE_VARIABLE
from plan.records.event import EventRecord

# `-P`: a child imports nothing from the folder that it runs in.
PROGRAM: Final[list[str]] = [sys.executable, "-P", "-m", "agencyfile"]
LONGEST: Final = 64 * 1024 * 1024  # characters of the output of one child that are kept
_TAIL: Final = 64 * 1024  # bytes of its messages that are kept
Tell = Callable[[EventRecord], None]


@dataclass(frozen=True, slots=True)
class Order:
    """The work of a child. `prints_events` is True where each line of its output is a JSON object."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    prints_events: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that has ended. `code` is below zero where a signal ended it.

    `output` is what it printed, as JSON: the document, or the events that tell what was planned and how it ended.
    """

    code: int
    seconds: float
    output: Sequence[Mapping[str, Any]] = ()
    messages: str = ""


class Children:
    """The children that run. Safe to use from several threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._signals = cycle((signal.SIGINT, signal.SIGTERM))

    def run(self, order: Order, tell: Tell) -> Ended:
        """Run a child to its end; `tell` gets each of its events.

        Raises:
            OSError: it cannot be started.
        """
        began = time.monotonic()
        with tempfile.TemporaryFile() as messages:
            process = self._start(order, messages)
            assert process.stdin  # noqa: S101 - it is a pipe
            assert process.stdout  # noqa: S101 - same
            try:
                with process.stdout as stream:
                    output = _events(stream, tell) if order.prints_events else _document(stream)
                code = process.wait()
            finally:
                process.stdin.close()
                self._forget(process)
            return Ended(code, time.monotonic() - began, output, _tail(messages))

    def interrupt(self) -> None:
        """Ask every child to stop, as Ctrl-C does: a call under way is answered and recorded first.

        A child counts how often it is asked. Two signals of one kind may reach it as one, so the second is SIGTERM.
        """
        with self._lock:
            number = next(self._signals)
            for process in self._running:
                process.send_signal(number)

    def _start(self, order: Order, messages: IO[bytes]) -> "subprocess.Popen[str]":
        with self._lock:
            process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [*PROGRAM, *order.arguments],
                cwd=order.folder,
                env={**order.environment, LIFELINE_VARIABLE: "stdin"},
                stdin=subprocess.PIPE,  # nothing is written: it ends when this process does, however that happens
                stdout=subprocess.PIPE,
                stderr=messages,
                encoding="utf-8",
                errors="backslashreplace",
                process_group=0,  # a Ctrl-C of the terminal reaches it through `interrupt` alone, and so counts once
            )
            self._running.add(process)
            return process

    def _forget(self, process: "subprocess.Popen[str]") -> None:
        with self._lock:
            self._running.discard(process)


def _events(stream: IO[str], tell: Tell) -> list[Mapping[str, Any]]:
    """Pass events on; keep every charge, and the last of those that tell how the apply as a whole went."""
    kept: dict[str, Mapping[str, Any]] = {}
    charges: list[Mapping[str, Any]] = []
    for line in stream:
        event = _parsed(line)
        if event is None or not _is_event(event):
            continue
        tell(event)
        if event["event"] in ("planned", "finished", "error"):
            kept[event["event"]] = event
        elif event["event"] == "call_ended" and event["outcome"] == "confirmed" and event["price"]:
            charges.append(event)
    return [*charges, *kept.values()]


def _is_event(found: Mapping[str, Any]) -> TypeGuard[EventRecord]:
    """An event has a name. The child is this same program, so what it prints under a name has the fields of it."""
    return "event" in found


def _document(stream: IO[str]) -> list[Mapping[str, Any]]:
    text = stream.read(LONGEST + 1)
    while stream.read(1 << 20):  # nobody waits for a reader that has stopped
        pass
    found = _parsed(text) if len(text) <= LONGEST else None
    return [] if found is None else [found]


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _tail(messages: IO[bytes]) -> str:
    size = os.fstat(messages.fileno()).st_size
    messages.seek(max(0, size - _TAIL))
    return messages.read().decode("utf-8", errors="backslashreplace")
