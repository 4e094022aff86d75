"""The pace of an apply, and requests to stop it."""

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks at objects that are provisioned (`first`, growing to `most`), and when to give up.

    The vendor publishes no duration (`portal.md` section 6): all of it is a setting. `workers` calls that charge
    nothing may be under way at once; what is billed always goes alone.
    """

    first: float = 2.0
    most: float = 60.0
    timeout: float = 1800.0
    workers: int = 4


class Stop(IntEnum):
    """The urgency of a request to stop an apply."""

    NO = 0
    SOON = 1  # no new call, no waiting; a call under way is answered and recorded
    NOW = 2  # a call under way is not waited for either: it is recorded as unknown
