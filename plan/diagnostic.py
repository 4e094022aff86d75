"""Errors and warnings with their origin: collected, never raised one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from plan.address import Address, Origin


class Severity(StrEnum):
    """Severity of a diagnostic: an error stops the command, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, where, why, and how to fix it.

    `rule` is a stable id; `summary` is terse and free of user data; `detail` says what is wrong and why in full
    sentences; `fix` is what to do, one line.
    """

    rule: str
    summary: str
    detail: str
    fix: str
    origin: Origin | None = None
    address: Address | None = None
    severity: Severity = Severity.ERROR


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Is there any error among `diagnostics`?"""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
