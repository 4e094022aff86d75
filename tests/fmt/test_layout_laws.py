"""Laws of the layout, over files in every layout that people think of, and some that nobody does."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from fmt.noise import Noisy, noisy
from fuzz.mutations import mutated
from hypothesis import example, given
from sampling import thinned

from agencyfile.declarations.nodes import Block
from agencyfile.language import load
from agencyfile.language.document import Node, parse_document
from agencyfile.language.layout import is_same, laid_out
from agencyfile.language.layout.outline import outline_of
from agencyfile.language.layout.printer import WIDTH
from agencyfile.language.rules import make_report
from agencyfile.language.source import Limits, Reader
from plan.forms import encode_diagnostic

TOP = Path(__file__).parent.parent.parent
FILES = sorted([*(TOP / "examples").rglob("*.yaml"), *(TOP / "tests" / "language" / "cases").rglob("*.yaml")])
ROOTS = sorted([*(TOP / "examples").glob("*/agency.yaml"), *(TOP / "tests/language/cases").glob("*/agency.yaml")])


def values_of(text: str) -> Node:
    """What `parse_document` reads; a test fails when it finds fault."""
    report = make_report()
    document = parse_document(text, "a.yaml", report, Limits())
    assert report.diagnostics() == ()
    return document.root


def check_laws(text: str) -> str:
    """Lay a valid text out, and hold the result to every law; the result."""
    values = values_of(text)
    result = laid_out(text, values)
    again = laid_out(result, values)

    assert is_same(values, values_of(result))
    assert again == result
    assert result == "" or (result.endswith("\n") and not result.startswith("\n"))
    assert "\n\n\n" not in result
    assert not any(line != line.rstrip() or "\r" in line for line in result.split("\n"))
    return result


def has_fault(path: Path) -> bool:
    """Does `fmt` refuse this file, as `validate` does, for its YAML?"""
    report = make_report()
    text = Reader(report).text(path, "a.yaml")
    root = parse_document(text, "a.yaml", report, Limits()).root if text is not None else None
    return report.has_errors or not isinstance(root, Block)


@given(file=noisy())
@example(file=Noisy("a:\n  -\n    b: 1\n  - # c\n #   d", {"a": [{"b": 1}, None]}, 2))
@example(file=Noisy("a: {b: [ # c\n  # d\n  ]}\n", {"a": {"b": []}}, 2))
def test_layout_keeps_values_and_comments_and_is_final(file: Noisy) -> None:
    """Whatever the layout was: the same values, every comment, one form, and a second time changes nothing."""
    assert is_same(plain(values_of(file.text)), file.values)

    result = check_laws(file.text)

    assert len(outline_of(result).comments) == file.comments


@given(file=noisy())
def test_layout_says_the_same_to_a_reader_of_yaml_1_1(file: Noisy) -> None:
    """PyYAML's own loader, which takes `no` and `1:30` for other things than texts, reads the values that we read."""
    values: Any = yaml.load(check_laws(file.text), yaml.CSafeLoader)

    assert is_same(values, file.values or values)


def plain(value: Node) -> Any:
    """The values without the types that remember their places."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", [path for path in FILES if not has_fault(path)], ids=str)
def test_layout_of_every_example_and_case_keeps_the_laws(path: Path) -> None:
    """The files that the language is tested with, whether or not their words are right."""
    check_laws(path.read_bytes().decode("utf-8-sig"))


@pytest.mark.parametrize("path", [path for path in ROOTS if not has_fault(path)], ids=str)
def test_layout_changes_nothing_that_validate_says(path: Path, tmp_path: Path) -> None:
    """The same rules are broken before and after, in the same words, though perhaps on other lines."""
    file = tmp_path / "agency.yaml"
    said = []
    for text in (path.read_text("utf-8"), check_laws(path.read_text("utf-8"))):
        file.write_text(text, "utf-8")
        found = [encode_diagnostic(one) for one in load(file, {}).diagnostics]
        said.append(sorted((str(one["rule"]), str(one["address"])) for one in found))

    assert said[0] == said[1]


@pytest.mark.parametrize("seed", thinned(range(4), every=2))
def test_layout_of_mutated_files_keeps_the_laws(seed: int, tmp_path: Path) -> None:
    """What mutation leaves valid is laid out, and the rest is refused before the layout sees it."""
    sources = [path.read_bytes() for path in FILES]
    chance = random.Random(seed)
    laid = 0
    for _ in range(250):
        path = tmp_path / "a.yaml"
        path.write_bytes(mutated(chance, chance.choice(sources), sources))
        if not has_fault(path):
            check_laws(path.read_bytes().decode("utf-8-sig"))
            laid += 1

    assert laid > 10


@given(file=noisy())
def test_layout_lines_are_as_wide_as_allowed(file: Noisy) -> None:
    """A line is wider only for its comment, or for what cannot be broken: a key, a number, a text that is no prose."""
    for line in check_laws(file.text).split("\n"):
        code = line if line.lstrip().startswith("#") else line.split("  #")[0]
        assert len(code) <= WIDTH or line.lstrip().startswith("#") or is_unbreakable(code)


def is_unbreakable(code: str) -> bool:
    """Is it one key, one value, or both? Lists and mappings in brackets would have been broken."""
    values = values_of(re.sub("^(- )+", "", code.strip()))
    single = next(iter(values.values())) if isinstance(values, dict) and len(values) == 1 else values
    return not isinstance(single, dict | list) or not single


def test_layout_of_hostile_sizes_is_linear() -> None:
    """Thousands of comments, blank lines, aliases or words cost as many steps, not their square."""
    for piece in ("# c\n", "\n", "a", "  # c\n", "a: b #", "word ", "'"):
        check_laws("x:\n" + "# " + piece * 8_000 + "\ny: 1\n")
    check_laws("a: &a [1]\nb: [" + "*a, " * 8_000 + "]\n")
    check_laws("a: " + "[" * 30 + "1, " * 8_000 + "]" * 30 + "\n")
    check_laws("a: " + "word " * 8_000 + "end\n")
    check_laws("".join(f"k{number}:\n#\n" for number in range(4_000)))
