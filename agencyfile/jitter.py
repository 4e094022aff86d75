"""Pauses of random length, for the portal and the forges: several clients should not come back together."""

import random


def jittered(seconds: float) -> float:
    """Return between half and all of `seconds`."""
    return seconds * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it
