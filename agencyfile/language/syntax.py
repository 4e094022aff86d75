"""Syntax errors of YAML as diagnostics."""

from yaml.error import MarkedYAMLError

from agencyfile.declarations.report import BREAK, Report
from agencyfile.fields.wording import escaped
from plan.address import Origin


def report_syntax(error: MarkedYAMLError, text: str, file: str, report: Report) -> None:
    """Report where the parser stopped, and why; a tab is a problem of its own."""
    mark = error.problem_mark or error.context_mark
    tab = _tab_at(text, mark.line, mark.column) if mark else None
    if mark and tab is not None:
        detail = "YAML is indented with spaces; a tab stands here."
        report.add("tab", Origin(file, mark.line + 1, tab + 1), detail)
        return
    origin = Origin(file, mark.line + 1, mark.column + 1) if mark else Origin(file, 1, 1)
    context = f" {escaped(error.context)}" if error.context else ""
    report.add("syntax", origin, f"The parser stopped here{context}: {escaped(error.problem or 'no reason given')}.")


def _tab_at(text: str, number: int, column: int) -> int | None:
    """Return the column of the tab that the parser stopped at: in the indentation, or at `column` itself."""
    lines = BREAK.split(text)
    line = lines[number] if number < len(lines) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        return indentation.index("\t")
    return column if line[column : column + 1] == "\t" else None
