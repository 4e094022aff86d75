"""A numbered list of the vendor's help, with what a person does at each step."""

from collections.abc import Callable
from dataclasses import dataclass

from browser.person import Person

Action = Callable[[Person], None]


@dataclass(frozen=True, kw_only=True)
class NumberedList:
    """One list.

    Attributes:
        seed: The text that it stands in.
        heading: The heading above it.
        given: What is there before.
        steps: Its steps in order: words, and what a person does.
        then: What is true afterwards.
    """

    seed: str
    heading: str
    given: Action
    steps: tuple[tuple[str, Action], ...]
    then: Action

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.seed}: {self.heading}"
