"""Requests that are sent again: the number of tries and the waits between, for the portal, forges and other systems."""

import random
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Final

TRIES: Final = 4  # of a request that may be repeated and has no clear answer
FIRST_DELAY: Final = 0.25  # seconds before the second try; each further delay is twice as long
FIRST_PAUSE: Final = 1.0  # seconds, where an answer says "too many requests" and not how long to wait
_MOST_DIGITS: Final = 15


def tries(rest: Callable[[float], object], first: float | None = None) -> Iterator[int]:
    """Count the tries of a request, and wait before each but the first one.

    Args:
        rest: waits so many seconds. If it returns False, nothing is tried any more.
        first: seconds before the second try.
    """
    for attempt in range(TRIES):
        yield attempt
        delay = (FIRST_DELAY if first is None else first) * 2**attempt
        if attempt < TRIES - 1 and rest(jittered(delay)) is False:
            return


def pause_after(turn: int) -> float:
    """Return the seconds to wait after an answer that asks for a pause of no length; `turn` counts such answers."""
    return jittered(FIRST_PAUSE * 2.0**turn)


def jittered(seconds: float) -> float:
    """Return between half and all of `seconds`: several clients should not come back together."""
    return seconds * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it


def is_whole_seconds(text: str) -> bool:
    """Return whether a `Retry-After` is a number, as the vendor documents it (`docs/portal.md` section 6)."""
    return text.isascii() and text.isdecimal()


def seconds_asked(text: str) -> float | None:
    """Return the seconds that a `Retry-After` asks for, as a number or a date (RFC 9110, section 10.2.3).

    None means that it cannot be read. A date that is over gives a number below zero.
    """
    text = text.strip()
    if is_whole_seconds(text):
        return float(text) if len(text) <= _MOST_DIGITS else 10.0**_MOST_DIGITS  # nobody waits that long
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
