"""Every row of the threat model has a test that carries the attack out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import attacks
import pytest

TESTS = Path(__file__).parent.parent

# Rows whose attack is not carried out by any test yet, with the part of the code that their tests belong to. A row
# leaves this list together with the commit that brings its test, and nothing enters it.
EXPECTED: dict[str, str] = {}


def test_each_row_is_carried_out_by_a_test_or_still_expected() -> None:
    """The list of what is expected shrinks with each row that has a test, and is exact at all times."""
    carried_out = {attack.row for attack in marked()}

    assert set(attacks.ROWS) == carried_out | EXPECTED.keys(), "a row has no test"
    assert not carried_out & EXPECTED.keys(), "these rows have a test now: take them off the list"


def test_no_test_of_an_attack_is_expected_to_fail() -> None:
    """An attack that works is a failure, never a note."""
    for path in sorted((TESTS / "security").rglob("*.py")):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert not names & {"xfail", "importorskip"}, path


@pytest.mark.parametrize("outcome", ["passed", "failed", "skipped"])
def test_table_tells_what_held_from_what_did_not_and_what_was_not_tried(outcome: str) -> None:
    """A skipped test is no attack that held."""
    table = attacks.AttackTable()
    report = pytest.TestReport(
        nodeid="a test",
        location=("a file", 1, "a test"),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=None,
        when="call",
        user_properties=[(attacks.MARK, ("B1", "what is tried"))],
    )
    table.pytest_runtest_logreport(report)
    word, held = {"passed": ("held", 1), "failed": ("NOT HELD", 0), "skipped": ("not tried", 0)}[outcome]

    assert list(table.lines()) == [f"attacks: 1 carried out, {held} held", f"  B1   {word:<10}  what is tried"]


def marked() -> Iterator[attacks.Attack]:
    """Every attack that a test of this project is marked with."""
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if f"mark.{attacks.MARK}(" in text:
            yield from (attacks.Attack(*row) for row in _marks(ast.parse(text)))


def _marks(tree: ast.AST) -> Iterator[list[str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{attacks.MARK}":
                    yield [str(ast.literal_eval(argument)) for argument in mark.args]


def test_documentation_says_of_each_row_whether_it_is_carried_out() -> None:
    """docs/security.md claims nothing that no test holds, and leaves no row out."""
    text = (TESTS.parent / "docs" / "security.md").read_text("utf-8")
    table = dict(re.findall(r"^\| (B\d+) \| .+ \| (held|open) \|$", text, re.MULTILINE))

    assert table == {row: "open" if row in EXPECTED else "held" for row in attacks.ROWS}
