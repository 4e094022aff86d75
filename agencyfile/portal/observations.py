"""The readings of a portal, noted as its answers show them (`docs/portal.md` section 8).

Parsers call `saw` where an answer shows a reading; nothing is noted that no answer showed. Whoever has to tell readings
apart asks `reading`, and leaves the attribute alone while that is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from agencyfile.kinds.readings import QUESTIONS, Question

NOT_SEEN: Final = "not seen yet"


@dataclass(frozen=True, slots=True)
class Observation:
    """The readings of one question that were seen, in the order in which they were seen; none if it was not met."""

    question: Question
    readings: tuple[str, ...] = ()

    @property
    def reading(self) -> str | None:
        """Return the only reading that was seen; None if there was none, or more than one."""
        return self.readings[0] if len(self.readings) == 1 else None

    @property
    def is_mixed(self) -> bool:
        """Return whether the portal showed two readings."""
        return len(self.readings) > 1

    def __str__(self) -> str:
        return " and ".join(self.readings) or NOT_SEEN


class Observations:
    """Keeps what the answers of one portal have shown, for as long as a connection lasts; safe between threads."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, ...]] = {}
        self._lock = Lock()

    def saw(self, question: Question, reading: str) -> None:
        """Note a reading that an answer showed.

        Raises:
            ValueError: the question has no such reading; this is a bug in agencyfile.
        """
        if reading not in question.readings:
            raise ValueError(f"{question.id} has no reading {reading!r}")
        with self._lock:
            seen = self._seen.get(question.id, ())
            if reading not in seen:
                self._seen[question.id] = (*seen, reading)

    def of(self, question: Question) -> Observation:
        """Return what was seen of one question."""
        with self._lock:
            return Observation(question, self._seen.get(question.id, ()))

    def reading(self, question: Question) -> str | None:
        """Return the only reading that was seen of a question; None if there was none, or more than one."""
        return self.of(question).reading

    def table(self) -> tuple[Observation, ...]:
        """Return every question, in the order of `docs/portal.md`, with what was seen of it."""
        return tuple(self.of(question) for question in QUESTIONS.values())

    def seen(self) -> Mapping[str, tuple[str, ...]]:
        """Return the readings that were seen, by question id; questions that were not met are left out."""
        return {each.question.id: each.readings for each in self.table() if each.readings}
