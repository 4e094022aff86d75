"""A failing history made as short as it can be: one thing less, as long as it still fails."""

import time
from collections.abc import Callable

from chaos.histories import History
from chaos.judging import FAILURES, Verdict

MOST = 60  # tries
LONGEST = 60.0  # seconds


def shortest(history: History, verdict: Verdict, live: Callable[[History], Verdict]) -> tuple[History, Verdict]:
    """Return the shortest history found that fails in a way in which `history` fails, and its verdict."""
    ways = {name for name in FAILURES if getattr(verdict, name)}
    tries, is_shorter, end = 0, True, time.monotonic() + LONGEST
    while is_shorter and tries < MOST and time.monotonic() < end:
        is_shorter = False
        for candidate in history.smaller():
            tries += 1
            found = live(candidate)
            if any(getattr(found, name) for name in ways):
                history, verdict, is_shorter = candidate, found, True
                break
            if tries >= MOST or time.monotonic() >= end:
                break
    return history, verdict
