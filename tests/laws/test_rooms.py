"""A kind is a room: the language names no kind, and a kind that nobody registered is an error everywhere."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.kind import DeclaredFile
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Place
from agencyfile.kinds import KINDS
from agencyfile.kinds.registry import DECLARED, SECTIONS, UnknownKindError, declared_kind
from agencyfile.language import RULES, load
from agencyfile.language.completeness import check_completeness
from agencyfile.language.head import AgencyHead
from agencyfile.language.names import check_name, host_key
from agencyfile.language.relations import by_kind
from agencyfile.language.resources import make_resources
from agencyfile.language.rules import make_report
from plan.address import Address, Origin

TOP = Path(__file__).parents[2]
LANGUAGE = sorted((TOP / "agencyfile" / "language").rglob("*.py"))
PLAN = sorted((TOP / "plan").rglob("*.py"))
HEAD = "version: 1\nagency: {name: northwind}\n"
ORIGIN = Origin("agency.yaml", 1, 1)

# In prose "agency" is the file's own name and "settings" a common word: as a whole string they are names all the same.
COMMON = {"agency", "settings"}
NAMES = {*DECLARED, *KINDS, *SECTIONS} | {f"{name}s" for name in DECLARED}
WORD = re.compile(rf"(?<![a-z])({'|'.join(sorted(NAMES - COMMON - {'agencys', 'settingss'}))})(?![a-z])", re.IGNORECASE)


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module, in f-strings too, but for docstrings."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, node.value


def kinds_named_in(source: str) -> list[str]:
    """The strings of a module that name a kind or its section."""
    return [
        f"line {line}: {text!r}" for line, text in strings_of(source) if text in NAMES or WORD.search(text) is not None
    ]


@pytest.mark.parametrize("path", LANGUAGE, ids=lambda path: str(path.relative_to(TOP)))
def test_language_names_no_kind(path: Path) -> None:
    """It loops over the registry: what is true of one kind stands in the kind's room."""
    assert kinds_named_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'if kind == "snapshot": pass',
        'ORDER = ("accounts",)',
        'x = f"templates.{name} is wrong"',
        'report("The total is that of defaults.account.")',
        'KIND = "agency"',
    ],
)
def test_language_that_names_a_kind_is_found(source: str) -> None:
    """The search sees comparisons, tuples, f-strings and sentences."""
    assert len(kinds_named_in(source)) == 1


def test_language_imports_the_registry_and_the_agency_of_all_rooms() -> None:
    """The agency is the head of the file; every other kind comes from the registry."""
    found = {
        node.module
        for path in LANGUAGE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("agencyfile.kinds")
    }

    assert {module for module in found if not module.startswith("agencyfile.kinds.agency.")} == {
        "agencyfile.kinds.registry"
    }


@pytest.mark.parametrize(
    "ask",
    [
        lambda: declared_kind("rocket"),
        lambda: host_key(Address("rocket", "saturn")),
        lambda: check_name(Address("rocket", "saturn"), ORIGIN, make_report()),
        lambda: check_completeness([_rocket()], AgencyHead(None, {}, knows_defaults=True), make_report()),
        lambda: by_kind([_rocket()]),
        lambda: make_resources(DeclaredFile({"account": [], "snapshot": [_rocket()]})),
    ],
    ids=["registry", "host key", "name", "completeness", "kinds", "resources"],
)
def test_unknown_kind_is_an_error(ask: object) -> None:
    """It falls into no branch of another kind."""
    assert callable(ask)
    with pytest.raises(UnknownKindError, match="No kind is named rocket"):
        ask()


def _rocket() -> Declaration:
    address = Address("rocket", "saturn")
    return Declaration("rockets", Place(Block(), ("rockets", "saturn"), ORIGIN, address), address, {})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("rockets: {saturn: {}}", "unknown-key"),
        ("defaults: {rocket: {}}", "unknown-key"),
        ("ignore: [rocket.*]", "ignore-pattern"),
        ("removed: [{rocket: saturn, action: forget, reason: none}]", "unknown-key"),
    ],
)
def test_unknown_kind_in_a_file_is_a_diagnostic(tmp_path: Path, text: str, rule: str) -> None:
    """Wherever a file can name a kind."""
    path = tmp_path / "agency.yaml"
    path.write_text(f"{HEAD}{text}\n")

    assert rule in {diagnostic.rule for diagnostic in load(path, {}).diagnostics}


def test_every_kind_can_be_declared_or_is_derived() -> None:
    """Deliveries and keys come from accounts; everything else has its words in the file."""
    assert set(KINDS) - set(DECLARED) == {"account_key", "delivery"}
    assert set(DECLARED) <= set(KINDS)


def test_every_reference_leads_to_a_kind_with_blocks() -> None:
    """What a word names is declared under a section; what it is mistaken for too."""
    blocks = {kind.name for kind in SECTIONS.values()}
    references = [reference for kind in DECLARED.values() for reference in kind.references]

    assert {reference.kind for reference in references} <= blocks
    assert {reference.mistaken[0] for reference in references if reference.mistaken} <= blocks


def test_secrets_stand_in_blocks_whose_names_no_other_kind_has() -> None:
    """The keys of a file are known by the name of their block; hosts of the portal share one space of names."""
    assert all(kind.is_hosted for kind in SECTIONS.values() if kind.secrets)


def test_every_rule_of_a_room_is_known_once() -> None:
    """Two rooms with one id would hide a rule."""
    ids = [rule.id for kind in DECLARED.values() for rule in kind.rules]

    assert len(ids) == len(set(ids))
    assert all(RULES[rule.id] is rule for kind in DECLARED.values() for rule in kind.rules)


@pytest.mark.parametrize("path", PLAN, ids=lambda path: str(path.relative_to(TOP)))
def test_engine_imports_itself_and_the_standard_library_alone(path: Path) -> None:
    """A list of what is allowed: a new dependency is refused without anybody naming it."""
    assert imported_by(path.read_text("utf-8")) <= {"plan", *sys.stdlib_module_names}


def imported_by(source: str) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add((node.module or "").partition(".")[0])
    return found


def told_of_a_new_room(folder: Path, text: str) -> dict[str, list[str]]:
    """What the language says about a file, in a process whose registry has one room more."""
    path = folder / "agency.yaml"
    path.write_text(f"{HEAD}{text}")
    script = Path(__file__).with_name("new_room.py")
    done = subprocess.run([sys.executable, script, path.name], capture_output=True, text=True, check=True, cwd=folder)
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def test_new_kind_is_a_room_and_a_line_of_the_registry(tmp_path: Path) -> None:
    """Section, model, schema, references, `removed` and `ignore`, without another line in the language."""
    told = told_of_a_new_room(
        tmp_path,
        "accounts: {acme: {adopt: true}}\n"
        "saved_responses: {hello: {account: acme, text: Good day}}\n"
        "ignore: [saved_response.old-*]\n"
        "removed: [{saved_response: bye, action: delete, reason: done}]\n",
    )

    assert told["diagnostics"] == []
    assert told["resources"] == ["account.acme", "saved_response.hello"]
    assert told["removals"] == ["saved_response.bye"]
    assert "saved_responses" in told["schema"]
    assert "saved_response" in told["removable"]
    assert told["rules"] == ["saved-response"]


def test_mistakes_in_a_new_kind_are_found_by_the_same_laws(tmp_path: Path) -> None:
    """A key that is missing, a reference to nothing, a block that is declared and removed."""
    told = told_of_a_new_room(
        tmp_path,
        "accounts: {acme: {adopt: true}}\n"
        "saved_responses: {hello: {account: acne, text: Good day}, bye: {account: acme}}\n"
        "removed: [{saved_response: bye, action: cancel, reason: done}]\n",
    )

    assert told["diagnostics"] == [
        'dangling-reference No account named "acne" is declared.',
        "missing-key saved_responses.bye has no text.",
        'removal-declared "bye" is removed here, and declared at agency.yaml:4:59 as saved_response.bye.',
        'removal-action "cancel" does not end a saved_response: delete or forget does.',
    ]
