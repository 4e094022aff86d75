"""The signals of one call whose answer was lost, while they are gathered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from agencyfile.kinds.faults import Fault
from plan.signals import Match, Signals

_LONGEST_WORDS: Final = 500


@dataclass(slots=True)
class Notes:
    """The signals so far. A signal that cannot be read is a doubt, never an absence."""

    matches: list[Match] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    absence: list[str] = field(default_factory=list)

    def match(self, remote_id: str | None, evidence: str) -> None:
        """Note an object, or a state of one, that the call may have led to."""
        self.matches.append(Match(remote_id, evidence))

    @contextmanager
    def doubting(self, question: str) -> Iterator[None]:
        """Note a doubt if the block cannot ask its question."""
        try:
            yield
        except Fault as fault:
            self.doubts.append(f"{question} has no clean answer: {fault}")

    def doubt_moving(self, name: str, *, is_steady: bool) -> None:
        """Note a doubt if the list of this name kept changing."""
        if not is_steady:
            self.doubts.append(f"{name} kept changing while it was read")

    def signals(self) -> Signals:
        """Return all notes, in words that are safe to show."""
        matches = tuple(Match(match.remote_id, words_of(match.evidence)) for match in self.matches)
        busy, doubts, absence = (tuple(map(words_of, told)) for told in (self.busy, self.doubts, self.absence))
        return Signals(matches, busy, doubts, absence)


def words_of(value: object) -> str:
    """Return the portal's words as one safe line: no line breaks, no control characters, limited length."""
    line = " ".join(str(value).split())
    return "".join(character for character in line if character.isprintable())[:_LONGEST_WORDS]
