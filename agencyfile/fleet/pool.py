"""The local pool: a bounded number of children, by waves, within the bounds of each key.

One thread decides. A thread for each child waits for it; the two meet in a queue.
"""

import heapq
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final, Protocol

from agencyfile.fleet.child import Ended, Tell
from agencyfile.fleet.events import Done, Event, LeftOut, Quiet, Started, Told, Waits
from agencyfile.fleet.model import Agency, Wave

_LEASE: Final = 6  # the exit code of a run that found somebody else writing
HARMLESS: Final = frozenset({0, 2, 8})  # exit codes that are no failure: done, changes, pending manual steps
_ROUND: Final = 0.5  # seconds between two looks at the clock


class Runner(Protocol):
    """Runs the child of an agency."""

    def run(self, agency: Agency, tell: Tell) -> Ended:
        """Run it to its end; faults are in what it returns."""

    def interrupt(self) -> None:
        """Ask every child to stop."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a run.

    Attributes:
        concurrency: children at a time.
        stops_at_failure: whether nothing more is started once an agency has failed.
        lease_tries: how often an agency is tried whose ledger somebody else writes to.
        lease_wait: seconds before the second try; each further one waits that much longer.
    """

    concurrency: int
    stops_at_failure: bool
    lease_tries: int = 4
    lease_wait: float = 5.0


class Pool:
    """Runs one command for many agencies.

    Args:
        waves: the agencies, in order.
        runner: runs a child.
        bounds: how many at a time, and what a failure means.
        paused: the reason why an agency is not to be started, looked up at its turn; None where it is.
        stopping: called with how often somebody has asked to stop, once for each time.
    """

    def __init__(
        self,
        waves: Sequence[Wave],
        runner: Runner,
        bounds: Bounds,
        paused: Callable[[Agency], str | None] = lambda _: None,
        stopping: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._waves = waves
        self._runner = runner
        self._bounds = bounds
        self._paused = paused
        self._stopping = stopping
        self._said: SimpleQueue[Event] = SimpleQueue()
        self._asked = 0
        self._heeded = 0
        self._failed: Agency | None = None

    def events(self) -> Iterator[Event]:
        """Run all waves; yield what happens."""
        with self._caught():
            for wave in self._waves:
                yield from self._wave(wave)

    @property
    def is_interrupted(self) -> bool:
        """Whether somebody asked to stop."""
        return self._asked > 0

    def _wave(self, wave: Wave) -> Iterator[Event]:
        turn = _Turn(wave, min(self._bounds.concurrency, wave.concurrency or self._bounds.concurrency))
        while not turn.is_over:
            self._heed()
            if reason := self._reason():
                yield from (LeftOut(agency, wave.name, reason) for agency in turn.take_all())
            yield from self._begin(turn)
            heard = list(self._heard(turn.patience))
            for event in heard or [Quiet()]:
                yield self._judged(event, turn) if isinstance(event, Done) else event

    def _begin(self, turn: "_Turn") -> Iterator[Event]:
        """Start as many children as there is room for."""
        while agency := turn.take():
            why = self._paused(agency)
            if why is not None:
                turn.give_back(agency)
                yield LeftOut(agency, turn.wave.name, why, is_paused=True)
                continue
            attempt = turn.count(agency)
            yield Started(agency, turn.wave.name, attempt)
            self._start(agency, turn.wave.name, attempt)

    def _judged(self, event: Done, turn: "_Turn") -> Event:
        """Return what the end of a child means: it is tried again, it has failed, or it is through."""
        turn.give_back(event.agency)
        if self._is_tried_again(event):
            seconds = self._bounds.lease_wait * event.attempts
            turn.put_off(event.agency, seconds)
            return Waits(event.agency, seconds, event.attempts)
        if event.ended.code not in HARMLESS and self._failed is None:
            self._failed = event.agency
        return event

    def _is_tried_again(self, event: Done) -> bool:
        """Only a lease that somebody else has is waited for. An unknown outcome is for a person to settle."""
        return event.ended.code == _LEASE and event.attempts < self._bounds.lease_tries and not self._reason()

    def _reason(self) -> str:
        """Why nothing more is started; empty where it may be."""
        if self._asked:
            return "the run was interrupted"
        if self._failed and self._bounds.stops_at_failure:
            return f"{self._failed.name} failed before"
        return ""

    def _start(self, agency: Agency, wave: str, attempt: int) -> None:
        def work() -> None:
            ended = self._runner.run(agency, lambda event: self._said.put(Told(agency, event)))
            self._said.put(Done(agency, wave, attempt, ended))

        threading.Thread(target=work, name=f"agency {agency.name}", daemon=True).start()

    def _heard(self, seconds: float) -> Iterator[Event]:
        """Yield what was said until now; wait so long for a first word."""
        try:
            yield self._said.get(timeout=seconds) if seconds > 0 else self._said.get_nowait()
            while True:
                yield self._said.get_nowait()
        except Empty:
            return

    def _heed(self) -> None:
        """Pass on what Ctrl-C or SIGTERM asked for since."""
        while self._heeded < self._asked:
            self._heeded += 1
            self._runner.interrupt()
            self._stopping(self._heeded)

    @contextmanager
    def _caught(self) -> Iterator[None]:
        """Count SIGINT and SIGTERM for as long as the block runs. The handler only counts: it may run anywhere."""

        def note(_number: int, _frame: FrameType | None) -> None:
            self._asked += 1

        if threading.current_thread() is not threading.main_thread():  # a worker has handlers of its own
            yield
            return
        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Turn:
    """One wave under way: who waits, who waits until when, and how many run."""

    def __init__(self, wave: Wave, most: int) -> None:
        self.wave = wave
        self._most = most
        self._line = _Line(wave.agencies)
        self._later: list[tuple[float, int, Agency]] = []
        self._numbers = count()
        self._tries: Counter[str] = Counter()
        self._running = 0

    @property
    def is_over(self) -> bool:
        """Whether everybody is through."""
        return not (self._line or self._running or self._later)

    @property
    def patience(self) -> float:
        """Seconds to wait for a child: until the next one comes back, and not long, since somebody may press Ctrl-C."""
        due = self._later[0][0] - time.monotonic() if self._later else _ROUND
        return min(_ROUND, max(0.0, due)) if self._running or self._later else 0.0

    def take(self) -> Agency | None:
        """Take an agency that may be started now."""
        while self._later and self._later[0][0] <= time.monotonic():
            self._line.add(heapq.heappop(self._later)[2])
        agency = self._line.take() if self._running < self._most else None
        self._running += agency is not None
        return agency

    def count(self, agency: Agency) -> int:
        """Return which attempt begins."""
        self._tries[agency.name] += 1
        return self._tries[agency.name]

    def give_back(self, agency: Agency) -> None:
        """Make room for another one."""
        self._running -= 1
        self._line.give_back(agency)

    def put_off(self, agency: Agency, seconds: float) -> None:
        """Let one come back later."""
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._numbers), agency))

    def take_all(self) -> list[Agency]:
        """Take everybody who waits, for good."""
        found = [*self._line.take_all(), *(agency for _, _, agency in self._later)]
        self._later.clear()
        return found


class _Line:
    """Agencies that wait, by key: the keys take turns, and none has more children than it may."""

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self._waiting: dict[str, deque[Agency]] = {}
        self._ready: deque[str] = deque()
        self._running: Counter[str] = Counter()
        for agency in agencies:
            self.add(agency)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, agency: Agency) -> None:
        """Let one more wait."""
        name = agency.key.name
        if name not in self._waiting:
            self._waiting[name] = deque()
            if self._has_room(agency):
                self._ready.append(name)
        self._waiting[name].append(agency)

    def take(self) -> Agency | None:
        """Take one whose key has room; None where none has."""
        while self._ready:
            name = self._ready.popleft()
            agency = self._waiting[name].popleft()
            self._running[name] += 1
            if not self._waiting[name]:
                del self._waiting[name]
            elif self._has_room(agency):
                self._ready.append(name)
            return agency
        return None

    def take_all(self) -> list[Agency]:
        """Take all of them, whatever their keys have."""
        found = [agency for agencies in self._waiting.values() for agency in agencies]
        self._waiting.clear()
        self._ready.clear()
        return found

    def give_back(self, agency: Agency) -> None:
        """Make room for another one of the same key."""
        name = agency.key.name
        was_full = not self._has_room(agency)
        self._running[name] -= 1
        if was_full and name in self._waiting:
            self._ready.append(name)

    def _has_room(self, agency: Agency) -> bool:
        most = agency.key.concurrency
        return most is None or self._running[agency.key.name] < most
