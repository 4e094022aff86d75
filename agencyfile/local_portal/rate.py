"""The rate limit of a portal, in requests per second.

There is one limit for both APIs of the agency, and one for each account's own API (docs/portal.md 6).
"""

from __future__ import annotations

import math


class RateLimit:
    """A bucket that fills at the rate and holds one second's worth."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._burst = max(1.0, rate or 1.0)
        self._left = self._burst
        self._seen = 0.0

    def wait(self, now: float) -> int:
        """Count a request and return 0, or the whole seconds after which to come back."""
        if not self._rate:
            return 0
        self._left = min(self._burst, self._left + max(0.0, now - self._seen) * self._rate)
        self._seen = now
        if self._left >= 1:
            self._left -= 1
            return 0
        return max(1, math.ceil((1 - self._left) / self._rate))

    def is_full(self, now: float) -> bool:
        """Say whether the bucket holds all it can: it is like a fresh one then."""
        return self._left + max(0.0, now - self._seen) * (self._rate or math.inf) >= self._burst


_MANY = 10_000


class AccountRates:
    """A bucket for each account that is called."""

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._buckets: dict[str, RateLimit] = {}

    def wait(self, account: str, now: float) -> int:
        """Count a request and return 0, or the whole seconds after which to come back."""
        if not self.rate:
            return 0
        if len(self._buckets) >= _MANY and account not in self._buckets:
            self._forget_full(now)
        return self._buckets.setdefault(account, RateLimit(self.rate)).wait(now)

    def _forget_full(self, now: float) -> None:
        """Drop the buckets that are full again: names of hosts are anybody's, and would fill the memory."""
        self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.is_full(now)}
