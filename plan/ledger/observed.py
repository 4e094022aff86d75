"""The portal as it was observed: its readings of questions that no public source answers.

The engine knows no question. A reading is a word under the name of its question; both are the provider's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, NamedTuple, TypedDict

from plan.records.form import Count, Form

_WORD = "^[a-z0-9]+(-[a-z0-9]+)*$"

QuestionText = Annotated[str, Form({"pattern": _WORD})]


class ObservedBody(TypedDict):
    """The portal's readings of questions that no public source answers. Earlier readings of other questions stay."""

    readings: Annotated[Mapping[str, QuestionText], Form({"propertyNames": {"pattern": _WORD}})]
    """The portal's reading, by the name of the question."""
    first_page: Count | None
    """The number of the first page of the portal's account list; null where it was not seen."""
    page_size: Count | None
    """Rows on a full page of that list; null where no page was full."""
    by: str
    """Who ran the command that wrote this down."""


class ChangedReading(NamedTuple):
    """A question that the portal answers differently from before."""

    question: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Observed:
    """The portal as it is written down; `readings` are by question, `by` ran the command that wrote the last one."""

    readings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    first_page: int | None = None
    page_size: int | None = None
    by: str = ""

    def with_body(self, body: ObservedBody) -> "Observed":
        """Return the same with what one more entry says.

        Raises:
            KeyError, TypeError, ValueError: the body is none.
        """
        readings = {str(question): str(reading) for question, reading in body["readings"].items()}
        return Observed(
            {**self.readings, **readings},
            self.first_page if body["first_page"] is None else int(body["first_page"]),
            self.page_size if body["page_size"] is None else int(body["page_size"]),
            str(body["by"]),
        )

    def body(self) -> ObservedBody:
        """Return the body of an entry."""
        readings = dict(sorted(self.readings.items()))
        return {"readings": readings, "first_page": self.first_page, "page_size": self.page_size, "by": self.by}

    def changes(self, seen: Mapping[str, str]) -> Iterator[ChangedReading]:
        """Return the readings of `seen` that differ from what is written down."""
        for question, now in sorted(seen.items()):
            before = self.readings.get(question, now)
            if before != now:
                yield ChangedReading(question, before, now)

    def news(self, seen: Mapping[str, str]) -> Mapping[str, str]:
        """Return the readings of `seen` for questions of which nothing is written down."""
        return {question: reading for question, reading in seen.items() if question not in self.readings}
