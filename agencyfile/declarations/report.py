"""The diagnostics of one run."""

import re
from collections.abc import Mapping
from typing import Final

from plan.address import Address, Origin
from plan.diagnostic import Diagnostic, Severity
from plan.rule import Rule

BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what the parser counts as the end of a line
MOST: Final = 1000  # errors, and warnings, that are kept
_WORD: Final = re.compile(r"[^\s,\[\]{}#]+")
_WORD_LENGTH: Final = 40
_REPEATABLE: Final = frozenset({"missing-key", "plan-incomplete"})  # what is missing does not make its place wrong


class Report:
    """Collects diagnostics. Of several at one place it keeps the first, since the others mostly follow from it.

    Of errors and of warnings the first `MOST` are kept; one more then says that there are others.

    Args:
        rules: every rule that a diagnostic may name, by its id.
        texts: the text of each file, by the name used in origins.
    """

    def __init__(self, rules: Mapping[str, Rule], texts: Mapping[str, str] | None = None) -> None:
        self._rules = rules
        self._texts = {} if texts is None else texts
        self._lines: dict[str, list[str]] = {}
        self._diagnostics: list[Diagnostic] = []
        self._counts = dict.fromkeys(Severity, 0)
        self._places: set[Origin] = set()

    def add(self, rule: str, origin: Origin, detail: str, *, fix: str = "", address: Address | None = None) -> None:
        """Add a diagnostic of the rule `rule`; `fix` replaces the rule's own where more is known."""
        if rule not in _REPEATABLE:
            if origin in self._places:
                return
            self._places.add(origin)
        known = self._rules[rule]
        self._counts[known.severity] += 1
        if self._counts[known.severity] > MOST:
            return
        self._diagnostics.append(
            Diagnostic(rule, known.summary, detail, fix or known.fix, origin, address, known.severity)
        )

    def knows(self, origin: Origin) -> bool:
        """Return whether there is a diagnostic at `origin`."""
        return origin in self._places

    def source_word(self, origin: Origin) -> str:
        """Return the plain word at `origin` as it is written in the source, or an empty text."""
        if origin.file not in self._lines:
            self._lines[origin.file] = BREAK.split(self._texts.get(origin.file, ""))
        lines = self._lines[origin.file]
        line = lines[origin.line - 1] if origin.line <= len(lines) else ""
        found = _WORD.match(line, origin.column - 1)
        return found.group()[:_WORD_LENGTH] if found else ""

    @property
    def has_errors(self) -> bool:
        """Whether there is any error so far."""
        return self._counts[Severity.ERROR] > 0

    @property
    def is_full(self) -> bool:
        """Whether there are more errors than are kept. Then the search for others can stop."""
        return self._counts[Severity.ERROR] > MOST

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return all diagnostics, by file, line and column."""
        found = sorted(self._diagnostics, key=_place)
        if self.is_full:
            known = self._rules["too-many-errors"]
            detail = f"There are more than {MOST:,} errors; the first {MOST:,} that were found are shown."
            found.append(Diagnostic(known.id, known.summary, detail, known.fix, found[-1].origin))
        return tuple(found)


def _place(diagnostic: Diagnostic) -> tuple[Origin, str, str]:
    return diagnostic.origin or Origin("", 0, 0), diagnostic.rule, diagnostic.detail
