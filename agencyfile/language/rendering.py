"""Diagnostics as text for a person, as JSON types, and as GitHub annotations."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from agencyfile.declarations.report import BREAK
from agencyfile.fields.wording import escaped
from agencyfile.github_log import workflow_command
from plan.address import Origin
from plan.diagnostic import Diagnostic, Severity

_BOLD: Final = "\x1b[1m"
_RESET: Final = "\x1b[0m"
_COLORS: Final = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_BLUE: Final = "\x1b[1;34m"
_WIDTH: Final = 160  # columns of source that are shown around the caret


def render_diagnostic(diagnostic: Diagnostic, sources: Mapping[str, str], *, color: bool) -> str:
    """The human form: rule and summary, place, source line with a caret, sentences, fix. No final newline."""
    severity = diagnostic.severity
    label = _painted(f"{severity.value}[{diagnostic.rule}]", _COLORS[severity], color=color)
    lines = [f"{label}: {_painted(escaped(diagnostic.summary), _BOLD, color=color)}"]
    if diagnostic.origin:
        lines += _place(diagnostic.origin, sources, _COLORS[severity] if color else "")
    lines += [f"  {escaped(diagnostic.detail)}"] if diagnostic.detail else []
    lines += [f"  {_painted('fix', _BOLD, color=color)}: {escaped(diagnostic.fix)}"] if diagnostic.fix else []
    return "\n".join(lines)


def _painted(text: str, paint: str, *, color: bool) -> str:
    return f"{paint}{text}{_RESET}" if color else text


def _place(origin: Origin, sources: Mapping[str, str], paint: str) -> list[str]:
    file, line, column = origin
    color = bool(paint)
    arrow = _painted("-->", _BLUE, color=color)
    lines = [f"  {arrow} {escaped(file)}:{line}:{column}"]
    source = _source_line(origin, sources)
    if source is None:
        return lines
    before, after = source
    number = str(line)
    bar = _painted("|", _BLUE, color=color)
    caret = _painted("^", paint, color=color)
    lines.append(f"  {_painted(number, _BLUE, color=color)} {bar} {before}{after}".rstrip())
    lines.append(f"  {' ' * len(number)} {bar} {' ' * len(before)}{caret}")
    return lines


def _source_line(origin: Origin, sources: Mapping[str, str]) -> tuple[str, str] | None:
    """The source line, escaped, cut in two where the caret belongs; cut short around it when it is long."""
    text = sources.get(origin.file)
    if text is None:
        return None
    lines = _lines(text)
    if not 0 < origin.line <= len(lines):
        return None
    line = lines[origin.line - 1].replace("\t", " ")
    index = origin.column - 1
    first = max(0, index - _WIDTH // 2)
    before, after = line[first:index], line[index : first + _WIDTH]
    return ("…" if first else "") + escaped(before), escaped(after) + ("…" if len(line) > first + _WIDTH else "")


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    """Lines of one source; many diagnostics of one file come one after the other."""
    return BREAK.split(text)


def render_github(diagnostic: Diagnostic) -> str:
    """One workflow command (`::error file=...::...`) that GitHub shows as an annotation of the line."""
    properties = {"title": f"{diagnostic.rule}: {diagnostic.summary}"}
    if diagnostic.origin:
        file, line, column = diagnostic.origin
        properties = {"file": file, "line": str(line), "col": str(column), **properties}
    message = "\n".join(part for part in (diagnostic.detail, diagnostic.fix and f"fix: {diagnostic.fix}") if part)
    shown = {name: _visible(value) for name, value in properties.items()}
    return workflow_command(diagnostic.severity.value, shown, _visible(message))


def _visible(text: str) -> str:
    return "\n".join(escaped(line) for line in text.split("\n"))
