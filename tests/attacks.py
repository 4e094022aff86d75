"""The table of attacks: what the tests that carry one out are marked with, and what a run prints about them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import pytest

MARK = "attack"
ROWS = tuple(f"B{number}" for number in range(1, 22))


@dataclass(frozen=True, slots=True, order=True)
class Attack:
    """One attack that a test carries out: its row in docs/security.md, and what is tried."""

    row: str
    what: str


def attack_of(item: pytest.Item) -> Attack | None:
    """The attack that a test carries out; None where it carries out none.

    Raises:
        ValueError: the mark names no row, or does not say what is tried.
    """
    mark = item.get_closest_marker(MARK)
    if mark is None:
        return None
    if len(mark.args) != len(("row", "what")) or mark.kwargs or mark.args[0] not in ROWS or not mark.args[1]:
        raise ValueError(f"{item.nodeid}: expected attack(ROW, WHAT) with a row of {ROWS[0]} to {ROWS[-1]}")
    return Attack(*mark.args)


class AttackTable:
    """Collects what became of each attack, also from the workers of a parallel run."""

    def __init__(self) -> None:
        self._outcomes: dict[Attack, list[str]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let the report of each test carry its attack."""
        for item in items:
            attack = attack_of(item)
            if attack:
                item.user_properties.append((MARK, (attack.row, attack.what)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one outcome: the test itself, or a set-up or clean-up that failed or skipped."""
        found = [value for name, value in report.user_properties if name == MARK]
        if found and (report.when == "call" or report.outcome != "passed"):
            self._outcomes[Attack(*map(str, cast(Sequence[str], found[0])))].append(report.outcome)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> Iterator[str]:
        """The table, one line for each attack, in the order of the rows."""
        if not self._outcomes:
            return
        found = sorted(self._outcomes.items(), key=lambda item: (ROWS.index(item[0].row), item[0].what))
        held = sum(_word(outcomes) == "held" for _, outcomes in found)
        yield f"attacks: {len(found)} carried out, {held} held"
        for attack, outcomes in found:
            yield f"  {attack.row:<3}  {_word(outcomes):<10}  {attack.what}"


def _word(outcomes: list[str]) -> str:
    if "failed" in outcomes:
        return "NOT HELD"
    return "held" if set(outcomes) == {"passed"} else "not tried"
