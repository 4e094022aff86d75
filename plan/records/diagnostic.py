"""A diagnostic as JSON: in the plan document, in events, and in the output of `validate`."""

from typing import Annotated, TypedDict

from plan.diagnostic import Severity
from plan.records.form import AddressText, Form, Position


class OriginRecord(TypedDict):
    """The place of a declaration."""

    file: str
    """The file, as the user named it."""
    line: Position
    """Counted from 1."""
    column: Position
    """Counted from 1."""


class DiagnosticRecord(TypedDict):
    """A mistake, or something to look at. An error stops an apply."""

    rule: str
    """A stable id."""
    severity: Annotated[str, Form({"enum": [severity.value for severity in Severity]})]
    """An error or a warning."""
    summary: str
    """A few words without user data."""
    detail: str
    """The mistake and its reason."""
    fix: str
    """A way out."""
    origin: OriginRecord | None
    address: AddressText | None
