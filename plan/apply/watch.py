"""Wait for objects that the portal provisions: one look for all, less and less often."""

import time
from collections.abc import Callable, Iterator, Mapping

from plan.address import Address
from plan.apply.pace import Pace
from plan.provider import Pending
from plan.resource import Live

GROWTH = 1.5


def pauses(pace: Pace) -> Iterator[float]:
    """Seconds to wait between looks, without end: from the pace's first, growing to its most."""
    pause = pace.first
    while True:
        yield pause
        pause = min(pause * GROWTH, pace.most)


class WatchList:
    """The objects that are waited for, and when to look next. Times are seconds of a monotonic clock."""

    def __init__(self, pace: Pace, now: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._now = now
        self._pending: dict[Address, Pending] = {}
        self._since: dict[Address, float] = {}
        self._interval = pace.first
        self._next_look = 0.0

    def __bool__(self) -> bool:
        return bool(self._pending)

    @property
    def pending(self) -> tuple[Pending, ...]:
        """The objects that are waited for."""
        return tuple(self._pending.values())

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses of the objects that are waited for."""
        return tuple(self._pending)

    def add(self, pending: Pending) -> None:
        """Wait for one more; the interval starts anew."""
        self._pending[pending.address] = pending
        self._since[pending.address] = self._now()
        self._interval = self._pace.first
        self._next_look = self._now() + self._interval

    def remove(self, address: Address) -> None:
        """Wait for it no longer."""
        del self._pending[address], self._since[address]

    def clear(self) -> None:
        """Wait for nothing."""
        self._pending.clear()
        self._since.clear()

    def seconds_to_look(self) -> float:
        """Return the seconds until the next look; 0 when it is due."""
        return max(0.0, self._next_look - self._now())

    def looked(self) -> None:
        """Note that a look has ended. The pause before the next one is longer."""
        self._interval = min(self._interval * GROWTH, self._pace.most)
        self._next_look = self._now() + self._interval

    def ended(self, seen: Mapping[Address, Live]) -> list[tuple[Pending, Live]]:
        """Return those of `seen` that are ready (with an id where one is needed) or never will be."""
        found: list[tuple[Pending, Live]] = []
        for address, live in seen.items():
            pending = self._pending.get(address)
            is_known = live.remote_id or live.unidentified
            if pending and (live.failure or (live.ready and (is_known or not pending.needs_id))):
                found.append((pending, live))
        return found

    def overdue(self) -> tuple[Address, ...]:
        """Return the addresses that were waited for longer than the pace allows."""
        limit = self._now() - self._pace.timeout
        return tuple(address for address, since in self._since.items() if since <= limit)
