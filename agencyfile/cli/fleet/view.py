"""A run as it goes: a line for each running agency where a person watches, plain lines where not."""

import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import click

from agencyfile.cli.console import controls
from agencyfile.cli.render.fleet_wording import status_words
from agencyfile.cli.render.folding import cut
from agencyfile.cli.render.safe import one_line
from agencyfile.fleet.judging import HARMLESS, status_of
from agencyfile.fleet.pool import Done, Event, LeftOut, Started, Told, Waits
from plan.records.event import EventRecord

_UP: Final = "\x1b[{}F"
_CLEAR: Final = "\x1b[0J"
_SECOND: Final = 1.0


class View(Protocol):
    """Shows events."""

    def show(self, event: Event) -> None:
        """Show one."""

    def close(self) -> None:
        """Leave the terminal as it should be."""


def watched(events: Iterable[Event], total: int, command: str) -> Iterator[Event]:
    """Show events on standard error as they pass; `total` is the number of agencies."""
    view: View = Screen(total, command) if sys.stderr.isatty() else Lines(command)
    try:
        for event in events:
            view.show(event)
            yield event
    finally:
        view.close()


def words_of(event: Done, command: str) -> str:
    """Say how an agency's run ended."""
    return status_words(status_of(event.ended.code), command)


class Lines:
    """Lines of a log: one where an agency starts, one where it ends."""

    def __init__(self, command: str) -> None:
        self._command = command

    def show(self, event: Event) -> None:
        """Print a line, but not for each event of a child."""
        text = self._text(event)
        if text:
            click.echo(f"{one_line(event.agency.name)}: {text}", err=True)

    def _text(self, event: Event) -> str:
        match event:
            case Started(attempt=attempt):
                return "started" if attempt == 1 else f"started again (attempt {attempt})"
            case Waits(seconds=seconds):
                return f"somebody else is writing; again in {seconds:g} s"
            case Done():
                return f"{words_of(event, self._command)} ({event.ended.seconds:.1f} s)"
            case LeftOut(reason=reason, is_paused=is_paused):
                return f"{'paused' if is_paused else 'not started'}: {one_line(reason)}"
            case _:
                return ""

    def close(self) -> None:
        """Nothing is left to do."""


class Screen:
    """Totals, and a line for each running agency. What has failed stays above them."""

    def __init__(self, total: int, command: str) -> None:
        self._total = total
        self._command = command
        self._stream = controls(sys.stderr)
        self._running: dict[str, tuple[float, str]] = {}
        self._counts = {"done": 0, "failed": 0, "left out": 0}
        self._drawn = 0
        self._due = 0.0

    def show(self, event: Event) -> None:
        """Take an event in; draw where something began or ended, else once a second."""
        name = event.agency.name
        match event:
            case Started():
                self._running[name] = (time.monotonic(), "")
            case Told(event=told):
                began, said = self._running.get(name, (time.monotonic(), ""))
                self._running[name] = (began, _said(told) or said)
                if time.monotonic() < self._due:
                    return
            case Waits(seconds=seconds):
                self._running[name] = (time.monotonic(), f"somebody else is writing; again in {seconds:g} s")
            case Done():
                self._running.pop(name, None)
                self._end(event)
            case LeftOut():
                self._counts["left out"] += 1
        self._draw()

    def _end(self, event: Done) -> None:
        is_failed = status_of(event.ended.code) not in HARMLESS
        self._counts["failed" if is_failed else "done"] += 1
        if is_failed:
            self._wipe()
            click.echo(f"{one_line(event.agency.name)}: {words_of(event, self._command)}", err=True)

    def _draw(self) -> None:
        self._due = time.monotonic() + _SECOND
        self._wipe()
        size = shutil.get_terminal_size()
        lines = [self._totals(), *self._lines()][: max(1, size.lines - 1)]
        self._stream.write("".join(f"{cut(line, size.columns - 1)}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def _wipe(self) -> None:
        if self._drawn:
            self._stream.write(_UP.format(self._drawn) + _CLEAR)
            self._drawn = 0

    def _totals(self) -> str:
        waiting = self._total - sum(self._counts.values()) - len(self._running)
        counts = [f"{number:,} {word}" for word, number in self._counts.items() if number]
        return ", ".join([*counts, f"{len(self._running):,} running", f"{waiting:,} waiting"])

    def _lines(self) -> Iterator[str]:
        now = time.monotonic()
        for name, (began, said) in self._running.items():
            yield f"  {one_line(name)}  {now - began:.0f} s  {one_line(said)}".rstrip()

    def close(self) -> None:
        """Take the lines away; the report follows."""
        self._wipe()
        self._stream.flush()


def _said(told: EventRecord) -> str:
    if told["event"] == "call_started":
        return f"{told['address']}: {told['operation']}"
    if told["event"] == "provisioning":
        return f"waiting for {len(told['addresses']):,}"
    return f"{told['address']}: done" if told["event"] == "done" else ""
