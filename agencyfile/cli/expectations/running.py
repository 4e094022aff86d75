"""Run the cases of a suite, and tell what came of them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agencyfile.cli.expectations.comparing import Difference, differences
from agencyfile.cli.expectations.reading import Case, Suite
from agencyfile.cli.expectations.records import CaseRecord, DifferenceRecord, TestDocument
from agencyfile.cli.expectations.stage import Stage
from plan.forms import encode_diagnostic, encode_origin


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one case. `failure` says why no plan could be made."""

    case: Case
    differences: tuple[Difference, ...]
    failure: str
    seconds: float

    @property
    def has_passed(self) -> bool:
        """Is the plan as expected?"""
        return not (self.differences or self.failure)


def results(cases: Sequence[Case], stage: Stage) -> Iterator[Result]:
    """Run cases in order, each on a portal and a ledger of its own."""
    for case in cases:
        began = time.monotonic()
        planned = stage.planned(case)
        found = () if planned.failure else tuple(differences(case, planned))
        yield Result(case, found, planned.failure, time.monotonic() - began)


def document_of(agency_file: Path, suite: Suite, found: Sequence[Result]) -> TestDocument:
    """Return the results as a record."""
    passed = sum(result.has_passed for result in found)
    return {
        "format_version": "1.0",
        "agency_file": str(agency_file),
        "passed": passed == len(found) and not suite.has_errors,
        "summary": {"cases": len(found), "passed": passed, "failed": len(found) - passed},
        "cases": [_case(result) for result in found],
        "diagnostics": [encode_diagnostic(one) for one in suite.diagnostics],
    }


def _case(result: Result) -> CaseRecord:
    return {
        "name": result.case.name,
        "file": result.case.file,
        "origin": encode_origin(result.case.origin),
        "passed": result.has_passed,
        "seconds": round(result.seconds, 3),
        "failure": result.failure or None,
        "differences": [_difference(one) for one in result.differences],
    }


def _difference(one: Difference) -> DifferenceRecord:
    return {
        "what": one.what,
        "expected": one.expected,
        "found": one.found,
        "note": one.note,
        "origin": encode_origin(one.origin),
    }
