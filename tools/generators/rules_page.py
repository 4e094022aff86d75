"""The page of rules, written from the tables of rules: the portal's numbered ones, and every diagnostic."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agencyfile.fleet.rules import FLEET_RULES
from agencyfile.language import RULES as LANGUAGE_RULES
from agencyfile.portal.rules import RULES as PROVIDER_RULES
from plan.rule import Rule
from plan.rules import RULES as ENGINE_RULES

PORTAL: Final = Path(__file__).parents[2] / "docs" / "portal.md"
TABLES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "validate": LANGUAGE_RULES,
    "plan": {**PROVIDER_RULES, **ENGINE_RULES},
    "fleet validate": FLEET_RULES,
}
_ROW: Final = re.compile(r'^\| <a id="rule-(\d+)"></a>\d+ \| (.*?) \| ([^|]*?) \| (.*) \|$', re.MULTILINE)
_CITED: Final = re.compile(r"portal\.md rules? (\d+(?:(?:, | to | and )\d+)*)")

_HEAD: Final = """\
# Rules

This page lists the 73 numbered rules of [the portal](portal.md#2-the-portals-rules) with what agencyfile does about
each, and every diagnostic with its id, severity, fix and source. `tools/generators/rules_page.py` writes it from the
tables of rules; `make schema` writes it again.

*validate* checks offline, without the portal. *plan* checks against the live portal. *fleet validate* checks a fleet
file. A *step* is a manual step, which
`agencyfile steps` shows. The tests of a rule have its number in their names: `pytest -k rule_43`.

## The portal's rules

| rule | what the portal says | diagnostic | what agencyfile does |
|---|---|---|---|
"""
_DIAGNOSTICS: Final = """
## Every diagnostic

| id | by | severity | what is wrong | how to fix it | source |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class PortalRule:
    """One row of `docs/portal.md`."""

    number: int
    fact: str
    source: str
    done: str


def portal_rules() -> list[PortalRule]:
    """The numbered rules, in order."""
    found = _ROW.findall(PORTAL.read_text("utf-8"))
    return [PortalRule(int(number), fact, source, done) for number, fact, source, done in found]


def numbers_in(source: str) -> set[int]:
    """The portal's rules that a source cites: `portal.md rules 1, 5 to 7`."""
    cited = _CITED.search(source)
    numbers: set[int] = set()
    for part in re.split(", | and ", cited[1]) if cited else ():
        first, _, last = part.strip().partition(" to ")
        numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def by_number() -> dict[int, list[Rule]]:
    """The diagnostics that come from each numbered rule."""
    found: dict[int, list[Rule]] = {rule.number: [] for rule in portal_rules()}
    for rules in TABLES.values():
        for rule in rules.values():
            for number in numbers_in(rule.source):
                found[number].append(rule)
    return found


def rules_page() -> str:
    """The page as Markdown."""
    diagnostics = by_number()
    rows = [_row(rule, diagnostics[rule.number]) for rule in portal_rules()]
    return _HEAD + "\n".join(rows) + "\n" + _DIAGNOSTICS + "\n".join(_diagnostics()) + "\n"


def _row(rule: PortalRule, diagnostics: Iterable[Rule]) -> str:
    named = "<br>".join(f"[`{found.id}`](#{found.id}) {found.severity.value}" for found in diagnostics)
    link = f'<a id="rule-{rule.number}"></a>[{rule.number}](portal.md#rule-{rule.number})'
    fact, done = (text.replace("](#", "](portal.md#") for text in (rule.fact, rule.done))
    return f"| {link} | {fact} ({rule.source}) | {named} | {done} |"


def _diagnostics() -> Iterator[str]:
    for by, rules in TABLES.items():
        for rule in sorted(rules.values(), key=lambda rule: rule.id):
            anchor = f'<a id="{rule.id}"></a>`{rule.id}`'
            yield f"| {anchor} | {by} | {rule.severity.value} | {rule.summary} | {_cell(rule.fix)} | {rule.source} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("${", "$\\{") if "${" in text else text.replace("|", r"\|")
