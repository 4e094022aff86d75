"""The output of `agencyfile test --json`."""

from typing import Literal, TypedDict

from plan.records.diagnostic import DiagnosticRecord, OriginRecord
from plan.records.form import Count


class DifferenceRecord(TypedDict):
    """One thing that is not as expected."""

    what: str
    """The expectation, as in `changes`, `money.now` or `changes account.acme plan.contacts`."""
    expected: str | None
    """The expectation in words; null where nothing was expected."""
    found: str | None
    """The plan in words; null where the plan has nothing."""
    note: str
    """More about it, such as the message of a refusal; may be empty."""
    origin: OriginRecord
    """The place of the expectation."""


class CaseRecord(TypedDict):
    """The result of one case."""

    name: str
    file: str
    """The file of expectations."""
    origin: OriginRecord
    """The place of the case."""
    passed: bool
    seconds: float
    failure: str | None
    """The reason why no plan could be made; null where one was made."""
    differences: list[DifferenceRecord]


class TestSummary(TypedDict):
    """Numbers of cases."""

    cases: Count
    passed: Count
    failed: Count


class TestDocument(TypedDict):
    """The output of `agencyfile test --json`."""

    format_version: Literal["1.0"]
    agency_file: str
    """The agency file that was tested."""
    passed: bool
    """Is every case as expected, and every file of expectations valid?"""
    summary: TestSummary
    cases: list[CaseRecord]
    diagnostics: list[DiagnosticRecord]
    """Mistakes in files of expectations. With an error no case runs."""
