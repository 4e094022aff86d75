"""Times and dates as the two APIs write them; everything is UTC."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from fractions import Fraction

AUGUST_2021 = datetime(2021, 8, 1, tzinfo=UTC).timestamp()
_DAYS_OF_A_MONTH = 30  # days beyond it count as the whole term
_YEAR_3000 = datetime(3000, 1, 1, tzinfo=UTC).timestamp()


def iso_time(moment: float | None) -> str | None:
    """Return a moment as the Partners Hub writes it, ``2024-01-01T00:00:00+00:00``."""
    if moment is None:
        return None
    return datetime.fromtimestamp(int(moment), UTC).isoformat()


def exact_time(moment: float | None) -> str | None:
    """Return a moment as the books of the portal write it, ``2024-01-01T00:00:00.000+00:00``."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def parse_moment(value: object) -> float:
    """Return the moment that a number of seconds or an ISO 8601 text stands for.

    Raises:
        ValueError: The value is neither, or far away.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A whole number of JSON may be larger than any float.
        seconds = float(min(value, _YEAR_3000))
    else:
        moment = datetime.fromisoformat(str(value))
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < _YEAR_3000:
        raise ValueError(f"{value!r} is not between the years 1970 and 3000.")
    return seconds


def is_day(text: str) -> bool:
    """Say whether a text is a date, ``2024-01-31``, not before 1970 and before 3000."""
    try:
        return parse_moment(text) >= 0 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def day_of(moment: float) -> str:
    """Return the date of a moment, ``2024-01-01``."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def day_after_months(moment: float, months: int) -> str:
    """Return the date so many months later, moved back to the last day of a shorter month."""
    start = datetime.fromtimestamp(moment, UTC).date()
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).isoformat()


def share_left(end: str, months: int, moment: float) -> Fraction:
    """Return the share of a term of so many months that is left until its last day: 0 after it, 1 at most."""
    days = (date.fromisoformat(end) - datetime.fromtimestamp(moment, UTC).date()).days if end else 0
    return max(Fraction(0), min(Fraction(days, _DAYS_OF_A_MONTH * months), Fraction(1)))
