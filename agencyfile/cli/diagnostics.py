"""Diagnostics on the terminal."""

import sys
from collections.abc import Iterable, Mapping

import click

from agencyfile.cli.console import with_own_paint
from plan import Diagnostic, Severity


def print_diagnostics(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool) -> None:
    """Print every diagnostic with its source line, and a count, to standard error; `color` if a person watches."""
    found = list(diagnostics)
    if not found:
        return
    color = color and sys.stderr.isatty()
    from agencyfile.language import render_diagnostic  # noqa: PLC0415 - most runs have nothing to render

    for diagnostic in found:
        text = with_own_paint(render_diagnostic(diagnostic, sources, color=color))
        click.echo(f"{text}\n", err=True, color=color)
    click.echo(count_of(found), err=True)


def count_of(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    return ", ".join(
        f"{count} {severity.value}{'s' if count != 1 else ''}"
        for severity in Severity
        if (count := severities.count(severity))
    )
