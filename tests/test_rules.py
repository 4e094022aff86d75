"""The portal's 73 rules: each on the page of rules, each with a test under its number."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from agencyfile.language import agency_schema, load
from agencyfile.language.rules import NOTHING_TO_CHECK
from tools.generators import rules_page

TESTS: Final = Path(__file__).parent
NUMBERS: Final = range(1, 74)
_NAME: Final = re.compile(r"test_rules?_((?:\d+_)+)")


def _test_names() -> Iterator[str]:
    """The name of every test function that asserts something, or expects an exception."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_rule") and _asserts(node):
                yield node.name


def _asserts(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert | ast.With | ast.Call) for node in ast.walk(function))


def _tested() -> set[int]:
    found = (_NAME.match(name) for name in _test_names())
    return {int(number) for match in found if match for number in match[1].strip("_").split("_")}


def test_rules_page_lists_all_73_rules() -> None:
    """One row for each, in order, with what the portal says and what agencyfile does."""
    rows = re.findall(r'^\| <a id="rule-(\d+)"></a>.*\| (.+) \|$', rules_page.rules_page(), re.MULTILINE)

    assert [int(number) for number, _ in rows] == list(NUMBERS)


def test_rules_each_have_a_test_under_their_number() -> None:
    """Nobody can say that a rule holds without a test whose name carries its number."""
    assert sorted(set(NUMBERS) - _tested()) == []


def test_rules_without_a_check_say_why() -> None:
    """Where nothing is checked the page says why; "not yet" is no reason."""
    for rule in rules_page.portal_rules():
        assert "not yet" not in rule.done, rule
        if rule.done.startswith("nothing to check"):
            assert re.match(r"nothing to check(: |; )\w", rule.done), rule
            assert not rules_page.by_number()[rule.number], rule


def test_rules_of_the_language_that_check_nothing_are_said_so_in_the_document() -> None:
    """The table of the language and the document agree."""
    said = {rule.number for rule in rules_page.portal_rules() if rule.done.startswith("nothing to check")}

    assert set(NOTHING_TO_CHECK) <= said


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("portal.md rule 43", {43}),
        ("portal.md rules 1, 5 to 7", {1, 5, 6, 7}),
        ("portal.md rule 30, section 1.4", {30}),
        ("portal.md 1.4", set()),
        ("language", set()),
    ],
)
def test_sources_of_diagnostics_are_read(source: str, numbers: set[int]) -> None:
    """The numbers that a source cites are those that the page shows it under."""
    assert rules_page.numbers_in(source) == numbers


def _keys() -> set[str]:
    """Every key of the agency file."""
    schema = agency_schema()
    return {key for block in (schema, *schema["$defs"].values()) for key in block.get("properties", {})}


def test_rules_9_49_55_56_64_73_have_no_key_that_would_promise_them() -> None:
    """What no API tells or sets is not declared: eligibility, portal users, mail servers, ACHQ, commissions."""
    promised = re.compile(r"eligib|partner_type|users?$|mail_?server|server|sync|franchise|commission", re.IGNORECASE)

    assert [key for key in _keys() if promised.search(key)] == []


@pytest.mark.parametrize("tier", ["developer", "developer sandbox", "dev"])
def test_rule_11_developer_sandbox_is_no_tier_of_the_portal(tier: str, tmp_path: Path) -> None:
    """It is asked for elsewhere and has other limits: the word is refused, with the tiers that there are."""
    path = tmp_path / "agency.yaml"
    head = "version: 1\nagency: {name: northwind}\ndefaults: {account: {notification: ops@northwind.example}}\n"
    block = f"accounts:\n  acme: {{client: {{name: A, email: a@acme.example}}, plan: {{tier: {tier}}}}}\n"
    path.write_text(head + block, encoding="utf-8")

    assert [found.rule for found in load(path, {}).diagnostics] == ["plan-tier"]
