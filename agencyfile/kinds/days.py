"""Days in the portal's form: `expire` of `account_list` is a text of an unpublished form (`docs/portal.md` 1.3).

Only unambiguous forms are read. Any other text is an unknown day, never a guess.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

YEAR: Final = timedelta(days=366)  # after which nothing brings an archived account back (rule 41), in the longest year

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = "(?P<word>[a-z]{3})[a-z]*"
_TIME: Final = r"(?:[ t]\d{1,2}:.*)?"
_FORMS: Final = tuple(
    re.compile(form + _TIME)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        rf"{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH}\.?,?[ -](?P<year>\d{{4}})",
    )
)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _TIME)


def today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


def parse_day(text: str) -> date | None:
    """Return the day that `text` names; None if it names none, or can be read as two."""
    days = set(_readings(text.strip().lower()))
    return days.pop() if len(days) == 1 else None


def is_beyond_recall(ended: date | None, today: date) -> bool:
    """Return whether an archived account that ran until `ended` has surely been archived for over a year (rule 41).

    It was archived on that day at the latest: an account that was cancelled earlier was archived earlier.
    """
    return ended is not None and today - ended > YEAR


def _readings(text: str) -> Iterator[date]:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            words = match.groupdict()
            month = int(words["month"]) if words.get("month") else _month(words["word"])
            yield from _days(int(words["year"]), month, int(words["day"]))
    slashed = _SLASHED.fullmatch(text)
    if slashed:
        one, other, year = map(int, slashed.groups())
        yield from _days(year, one, other)
        yield from _days(year, other, one)


def _month(word: str) -> int:
    return _MONTHS.index(word) + 1 if word in _MONTHS else 0


def _days(year: int, month: int, day: int) -> Iterator[date]:
    """Yield the day, or nothing if it does not exist: PHP writes a missing day as 0000-00-00."""
    try:
        yield date(year, month, day)
    except ValueError:
        return
