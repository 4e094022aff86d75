"""Refusals: why an apply of a whole plan is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an apply is refused, and what to do about it."""

    rule: str
    message: str
    fix: str
