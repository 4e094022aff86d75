"""One rate limit for both APIs and all threads (`docs/portal.md` section 6)."""

import time
from collections.abc import Callable
from threading import Event, Lock


class Closed(Exception):
    """The rate limit was closed while a thread waited."""


class RateLimit:
    """Lets one request go every 1/rate seconds, evenly, so that no window of one second holds more than the rate.

    Args:
        rate: requests per second.
        clock: seconds, monotonic.
        sleep: waits so many seconds and returns whether the waiting was ended early; by default `close` ends it.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], bool] | None = None,
    ) -> None:
        self._interval = 1 / rate
        self._clock = clock
        self._closed = Event()
        self._sleep = sleep or self._closed.wait
        self._lock = Lock()
        self._free_at = clock()

    def acquire(self) -> None:
        """Wait for a turn.

        Raises:
            Closed: `close` was called.
        """
        while (wait := self._take()) > 0:
            self.rest(wait)

    def rest(self, seconds: float) -> None:
        """Wait without delaying other threads.

        Raises:
            Closed: `close` was called.
        """
        if self._sleep(seconds) or self._closed.is_set():
            raise Closed

    def pause(self, seconds: float) -> None:
        """Let no request go for so many seconds, because the portal asked for a pause."""
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + seconds)

    def close(self) -> None:
        """End all waiting."""
        self._closed.set()

    def _take(self) -> float:
        """Take the turn if it is free and return 0, or return the time until it is free."""
        with self._lock:
            if self._closed.is_set():
                raise Closed
            now = self._clock()
            if now < self._free_at:
                return self._free_at - now
            self._free_at = now + self._interval
            return 0.0
