"""The requests under way, and their end: at once, or after a time. One thread watches the time of all of them."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agencyfile.portal.http.passage import Passage


class Alarm:
    """The moment at which a request is ended. `is_rung`: it has come."""

    def __init__(self, passage: Passage, at: float) -> None:
        self.passage = passage
        self.at = at
        self.is_rung = False


class UnderWay:
    """Ends requests: each at its moment, because a server that sends a byte now and then never causes a timeout.

    A thread for each request would cost more than the request has to be watched for.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._alarms: set[Alarm] = set()
        self._are_questions_ended = False
        self._is_aborted = False
        self._is_closed = False
        self._watches = False
        self._looks_at = math.inf  # the moment at which the thread looks next, unless it is woken

    @contextmanager
    def within(self, seconds: float, passage: Passage) -> Iterator[Alarm]:
        """Register the request in the block. It is ended after so many seconds, and by `abort`."""
        alarm = Alarm(passage, time.monotonic() + seconds)
        with self._changed:
            self._alarms.add(alarm)
            if self._is_aborted or (self._are_questions_ended and not passage.is_of_call):
                passage.end()
            self._wake_for(alarm)
        try:
            yield alarm
        finally:
            with self._changed:
                self._alarms.discard(alarm)

    def end_questions(self) -> None:
        """End every request under way that belongs to no call, and any that begins later."""
        with self._changed:
            self._are_questions_ended = True
            for alarm in self._alarms:
                if not alarm.passage.is_of_call:
                    alarm.passage.end()

    def abort(self) -> None:
        """End every request under way, and any that begins later."""
        with self._changed:
            self._is_aborted = True
            for alarm in self._alarms:
                alarm.passage.end()

    def close(self) -> None:
        """End the thread. A later request starts another."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _wake_for(self, alarm: Alarm) -> None:
        """Make the thread look in time. Mostly it does so anyway, for a request that began earlier."""
        self._is_closed = False
        if not self._watches:
            threading.Thread(target=self._watch, name="under-way", daemon=True).start()
            self._watches = True
        elif alarm.at < self._looks_at:
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                for alarm in [alarm for alarm in self._alarms if alarm.at <= now and not alarm.is_rung]:
                    alarm.is_rung = True
                    alarm.passage.end()
                self._looks_at = min((alarm.at for alarm in self._alarms if not alarm.is_rung), default=math.inf)
                self._changed.wait(None if self._looks_at == math.inf else self._looks_at - now)
            self._watches, self._looks_at = False, math.inf
