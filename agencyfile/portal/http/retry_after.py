"""`Retry-After`: how long a server asks to be left alone, as far as that is believed (RFC 9110, section 10.2.3)."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_PAUSE: Final = 120.0  # seconds; a server that asks for more is asked again after that


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """What the header asks for.

    Attributes:
        seconds: how long to wait, at most `LONGEST_PAUSE`; None where the header cannot be read.
        note: what a person is told of a header that is not followed as it stands; empty where it is.
    """

    seconds: float | None
    note: str = ""

    @classmethod
    def parse(cls, text: str | None) -> "RetryAfter | None":
        """Read the header; None where there is none."""
        if text is None:
            return None
        seconds = _seconds(text)
        if seconds is None:
            return cls(None, "its Retry-After header cannot be read and is ignored")
        if seconds > LONGEST_PAUSE:
            return cls(LONGEST_PAUSE, f"its Retry-After header asks for more than {LONGEST_PAUSE:.0f} seconds")
        return cls(max(seconds, 0.0))


def is_whole_seconds(text: str) -> bool:
    """Is it the form that the vendor documents (`portal.md` section 6)?"""
    return text.isascii() and text.isdecimal()


def _seconds(text: str) -> float | None:
    text = text.strip()
    if is_whole_seconds(text):
        return float(text[:15]) if len(text) <= 15 else LONGEST_PAUSE + 1  # noqa: PLR2004 - more is beyond any cap
    try:
        return parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
