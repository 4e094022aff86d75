"""Results of cases for a person: a line for each, and below it what differs."""

from collections.abc import Iterator

from agencyfile.cli.console import style
from agencyfile.cli.expectations.records import CaseRecord, DifferenceRecord, TestDocument
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line, shortened

_NOTE = 400  # characters
_NOTHING = "(nothing)"


def render_case(case: CaseRecord) -> str:
    """Return one case as lines."""
    return "".join(f"{line}\n" for line in _case_lines(case))


def render_summary(document: TestDocument) -> str:
    """Return the last line."""
    summary = document["summary"]
    words = f"{count(summary['cases'], 'case')}: {summary['passed']} passed, {summary['failed']} failed"
    return f"\n{style(words, bold=True, fg='green' if document['passed'] else 'red')}\n"


def difference_lines(one: DifferenceRecord) -> list[str]:
    """Return one difference in words, without colors."""
    origin = one["origin"]
    lines = [
        f"{one_line(one['what'])}  ({one_line(origin['file'])}:{origin['line']}:{origin['column']})",
        f"  - expected  {_shown(one['expected'])}",
        f"  + planned   {_shown(one['found'])}",
    ]
    return [*lines, f"    {shortened(one['note'], _NOTE)}"] if one["note"] else lines


def _shown(words: str | None) -> str:
    return _NOTHING if words is None else one_line(words)


def _case_lines(case: CaseRecord) -> Iterator[str]:
    origin = case["origin"]
    mark = style("pass", fg="green") if case["passed"] else style("FAIL", fg="red", bold=True)
    place = "" if case["passed"] else f"  ({one_line(origin['file'])}:{origin['line']}:{origin['column']})"
    yield f"{mark}  {one_line(case['name'])}{place}"
    if case["failure"]:
        yield f"      {one_line(case['failure'])}"
    for one in case["differences"]:
        yield from (f"      {_painted(line)}" for line in difference_lines(one))


def _painted(line: str) -> str:
    if line.startswith("  - "):
        return style(line, fg="red")
    return style(line, fg="green") if line.startswith("  + ") else line
