"""A refusal: why an apply of a plan would not begin."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that an apply of the plan would not pass, and what to do about it.

    `needed` is the limit that the plan would pass with, where the guard has one. It goes into the words of a fix, and
    into no document.
    """

    rule: str
    message: str
    fix: str
    needed: str = field(default="", compare=False)
