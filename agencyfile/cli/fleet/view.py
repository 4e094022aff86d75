"""A run as it goes: a line for each running agency where a person watches, plain lines where not."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, Protocol

import click

from agencyfile.cli.console import controls, spelled
from agencyfile.cli.logs import CURRENT
from agencyfile.cli.render import folding
from agencyfile.cli.render.fleet_wording import status_words
from agencyfile.cli.render.folding import Line, columns, painted, span
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import is_ci, size_of
from agencyfile.fleet.events import Done, Event, LeftOut, Quiet, Started, Told, Waits, Written
from agencyfile.fleet.judging import HARMLESS, WELL, status_of
from agencyfile.fleet.model import Agency
from agencyfile.fleet.records import Status
from plan.records.event import EventRecord

_UP: Final = "\x1b[{}F"
_CLEAR_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"
_SECOND: Final = 1.0


class View(Protocol):
    """Shows events."""

    def show(self, event: Event) -> None:
        """Show one."""

    def tell(self, line: str) -> None:
        """Show a line that stays."""

    def close(self) -> None:
        """Leave the terminal as it should be."""


def make_view(total: int, command: str) -> View:
    """Return what shows a run on standard error; `total` is the number of agencies.

    A log keeps every line, so only a terminal gets lines that are drawn again.
    """
    is_drawn = sys.stderr.isatty() and not is_ci() and os.environ.get("TERM") != "dumb" and not CURRENT.is_on
    return Screen(total, command) if is_drawn else Lines(command)


def watched(events: Iterable[Event], view: View) -> Iterator[Event]:
    """Show events as they pass."""
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
        match event:
            case Started(attempt=attempt):
                text = "started" if attempt == 1 else f"started again (attempt {attempt})"
            case Waits(seconds=seconds):
                text = f"somebody else is writing; again in {seconds:g} s"
            case Done():
                text = f"{words_of(event, self._command)} ({event.ended.seconds:.1f} s)"
            case LeftOut(reason=reason, is_paused=is_paused):
                text = f"{'paused' if is_paused else 'not started'}: {one_line(reason)}"
            case Written(record=record):
                is_started = record["exit_code"] is not None
                more = f" ({record['seconds']:.1f} s)" if is_started else f": {one_line(record['problem'])}"
                text = status_words(record["status"], self._command) + more
            case Told() | Quiet():
                return
        self.tell(f"{one_line(event.agency.name)}: {text}")

    def tell(self, line: str) -> None:
        """Print a line."""
        click.echo(line, err=True)

    def close(self) -> None:
        """Nothing is left to do."""


class Screen:
    """Totals, and a line for each running agency. What has failed stays above them.

    Each time, the new lines are written over the old ones, and then what is left of these is cleared, all in one
    write: no moment shows an empty place. No line is as wide as the terminal, so none wraps.
    """

    def __init__(self, total: int, command: str) -> None:
        self._total = total
        self._command = command
        self._stream = controls(sys.stderr)
        self._running: dict[str, tuple[float, str]] = {}
        self._counts = {"done": 0, "failed": 0, "left out": 0}
        self._drawn: list[int] = []  # the columns of each line that stands there
        self._due = 0.0

    def show(self, event: Event) -> None:
        """Take an event in; draw where something began or ended, else once a second."""
        match event:
            case Told() | Quiet():
                if isinstance(event, Told):
                    self._hear(event)
                if time.monotonic() >= self._due:
                    self._draw()
                return
            case Started():
                self._running[event.agency.name] = (time.monotonic(), "")
            case Waits(seconds=seconds):
                words = f"somebody else is writing; again in {seconds:g} s"
                self._running[event.agency.name] = (time.monotonic(), words)
            case Done():
                self._end(event.agency, status_of(event.ended.code))
            case Written(record=record):
                self._end(event.agency, record["status"])
            case LeftOut():
                self._counts["left out"] += 1
        self._draw()

    def _hear(self, event: Told) -> None:
        began, said = self._running.get(event.agency.name, (time.monotonic(), ""))
        self._running[event.agency.name] = (began, _said(event.event) or said)

    def _end(self, agency: Agency, status: Status) -> None:
        self._running.pop(agency.name, None)
        if status in HARMLESS:
            self._counts["done" if status in WELL else "left out"] += 1
            return
        self._counts["failed"] += 1
        words = f": {status_words(status, self._command)}"
        self._draw([_cut(agency.name, max(1, self._width() - columns(words))) + words])

    def tell(self, line: str) -> None:
        """Show a line above the others."""
        self._draw(painted(Line([span(_spelled(line))], hanging=2), self._width()))

    def _draw(self, above: Iterable[str] = ()) -> None:
        """Write lines that stay, and then those that are drawn again."""
        self._due = time.monotonic() + _SECOND
        width, most = self._width(), max(1, size_of(sys.stderr).lines - 1)
        lines = [_cut(line, width) for line in (self._totals(), *self._lines(width))][:most]
        self._write(f"{line}{_CLEAR_LINE}\n" for line in chain(above, lines))
        self._drawn = [columns(line) for line in lines]

    def _write(self, lines: Iterable[str]) -> None:
        """Write over what stands there, and clear what is left of it.

        A terminal that has become narrower since has folded the lines, so they take more rows.
        """
        wide = size_of(sys.stderr).columns
        rows = sum(max(1, -(-each // wide)) for each in self._drawn)
        self._stream.write((_UP.format(rows) if rows else "") + "".join(lines) + _CLEAR_BELOW)
        self._stream.flush()

    def _width(self) -> int:
        return max(1, size_of(sys.stderr).columns - 1)

    def _totals(self) -> str:
        waiting = self._total - sum(self._counts.values()) - len(self._running)
        counts = [f"{number:,} {word}" for word, number in self._counts.items() if number]
        return ", ".join([*counts, f"{len(self._running):,} running", f"{waiting:,} waiting"])

    def _lines(self, width: int) -> Iterator[str]:
        now = time.monotonic()
        names = _aligned(self._running, width // 2)
        for name, (began, said) in zip(names, self._running.values(), strict=True):
            yield f"  {name}  {now - began:3.0f} s  {said}".rstrip()

    def close(self) -> None:
        """Take the lines away; the report follows."""
        if self._drawn:
            self._write(())
        self._drawn = []


def _aligned(names: Iterable[str], most: int) -> list[str]:
    """Cut names, and fill them up to the same number of columns."""
    short = [_cut(name, most) for name in names]
    width = max(map(columns, short), default=0)
    return [name + " " * (width - columns(name)) for name in short]


def _cut(text: str, most: int) -> str:
    """Return a text of others in at most so many columns, as the terminal gets it."""
    shown, more = _spelled(text), _spelled("…")
    return shown if columns(shown) <= most else _spelled(folding.cut(shown, max(1, most + 1 - len(more))))


def _spelled(text: str) -> str:
    return spelled(one_line(text), sys.stderr)


def _said(told: EventRecord) -> str:
    if told["event"] == "call_started":
        return f"{told['address']}: {told['operation']}"
    if told["event"] == "provisioning":
        return f"waiting for {len(told['addresses']):,}"
    return f"{told['address']}: done" if told["event"] == "done" else ""
