"""Errors of the local portal.

::

    LocalPortalError            the portal cannot start
    Refusal                     the portal understood a call and will not carry it out
    +-- Absent                  ... because what it names does not exist
    +-- WrongMethod             ... because its path takes other methods
    +-- BadQuery                ... because a query parameter has no legal value
    +-- Malformed               ... because the body is not what the API accepts
    +-- Invalid                 ... for several reasons at once, each a violation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class LocalPortalError(Exception):
    """The portal cannot start: its folder, its faults file or its port cannot be used."""


class Refusal(Exception):
    """A call that the portal understood and will not carry out.

    Attributes:
        message: What the caller is told.
        subject: Name of the parameter at fault, in the words of the agency API.
    """

    def __init__(self, message: str, subject: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject


class Absent(Refusal):
    """The call names something that does not exist."""


class WrongMethod(Refusal):
    """The path takes other methods.

    Attributes:
        allowed: The methods that it takes.
    """

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"Method Not Allowed (Allow: {', '.join(allowed)})")
        self.allowed = tuple(allowed)


class BadQuery(Refusal):
    """A query parameter has no legal value."""


class Malformed(Refusal):
    """The body is not what the API accepts."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule in a request body, in the shape of the Partners Hub (docs/portal.md 1.8)."""

    path: str
    title: str

    def as_json(self) -> dict[str, Any]:
        """Return the violation as the Partners Hub writes it."""
        return {
            "propertyPath": self.path,
            "title": self.title,
            "template": self.title,
            # The vendor's description wants exactly one of two overlapping shapes here, which a map of texts never
            # satisfies, not even in the vendor's own example; an empty list, PHP's empty map, does.
            "parameters": [],
        }


class Invalid(Refusal):
    """A request body that breaks one or more rules."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("\n".join(f"{each.path}: {each.title}" for each in violations))
        self.violations = tuple(violations)
