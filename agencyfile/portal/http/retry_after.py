"""`Retry-After`: the pause that a server asks for, up to our limit (RFC 9110, section 10.2.3)."""

from dataclasses import dataclass
from typing import Final

from agencyfile.retries import seconds_asked

LONGEST_PAUSE: Final = 120.0  # seconds; a server that asks for more is asked again after that


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """The pause that the header asks for.

    Attributes:
        seconds: the time to wait, at most `LONGEST_PAUSE`; None if the header cannot be read.
        note: the message about a header that is not followed exactly; empty if it is.
    """

    seconds: float | None
    note: str = ""

    @classmethod
    def parse(cls, text: str | None) -> "RetryAfter | None":
        """Read the header; None without one."""
        if text is None:
            return None
        seconds = seconds_asked(text)
        if seconds is None:
            return cls(None, "its Retry-After header cannot be read and is ignored")
        if seconds > LONGEST_PAUSE:
            return cls(LONGEST_PAUSE, f"its Retry-After header asks for more than {LONGEST_PAUSE:.0f} seconds")
        return cls(max(seconds, 0.0))
