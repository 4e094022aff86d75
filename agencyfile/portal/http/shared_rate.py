"""A rate limit that processes of one machine share: the next free moment stands in a file.

The lock on the file belongs to an open descriptor, so a process that is killed leaves nothing behind. Moments are those
of the monotonic clock, which all processes of a machine read alike; after a restart it begins anew, so a moment that is
too far ahead counts as free.
"""

import fcntl
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agencyfile.portal.http.rate_limit import Closed, RateLimit
from agencyfile.portal.http.retry_after import LONGEST_PAUSE

_MOMENT: Final = struct.Struct("<d")
# A request that was let go may reach the portal that much later than the next ones: a connection is made, the machine
# is busy. Without it, one more than the rate would fit into a second as the portal measures it.
_JITTER: Final = 0.1  # seconds
_FARTHEST: Final = 2 * LONGEST_PAUSE  # seconds
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class SharedRateLimit(RateLimit):
    """`RateLimit` over every process that names the same file.

    One turn more than the rate takes 1.1 s at least. So no window of one second holds more than the rate where the
    requests arrive, as long as none takes 0.1 s longer on its way than another one.

    Args:
        rate: requests per second, the same in each of them.
        path: the file; it is made where there is none.
        clock: seconds, monotonic.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, rate: float, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(rate / (1 + _JITTER), clock=clock)
        self._file = os.open(path, _FLAGS, 0o600)

    def pause(self, seconds: float) -> None:
        """Let no process send a request for so many seconds."""
        with self._lock, _Locked(self._file):
            self._write(max(self._read(), self._clock() + seconds))

    def _take(self) -> float:
        with self._lock, _Locked(self._file):
            if self._closed.is_set():
                raise Closed
            now = self._clock()
            free_at = self._read()
            if now < free_at:
                return free_at - now
            self._write(now + self._interval)
            return 0.0

    def _read(self) -> float:
        content = os.pread(self._file, _MOMENT.size, 0)
        moment: float = _MOMENT.unpack(content)[0] if len(content) == _MOMENT.size else 0.0
        return moment if moment <= self._clock() + _FARTHEST else 0.0

    def _write(self, moment: float) -> None:
        os.pwrite(self._file, _MOMENT.pack(moment), 0)


class _Locked:
    """Holds the lock of a file for as long as the block runs."""

    def __init__(self, file: int) -> None:
        self._file = file

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
