"""The layout of kinds as laws: only a room knows its kind, and what is not known is an error everywhere."""

import ast
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from agencyfile.kinds import KINDS, OPERATIONS, known_kind, operation_named
from agencyfile.kinds.at_portal import AT_ONCE, Listed
from agencyfile.kinds.nouns import NOUNS
from agencyfile.kinds.operation import INVISIBLE, Api, Operation, Seen
from agencyfile.portal import reading
from agencyfile.portal.reconciliation.investigation import investigate
from plan.address import Address, Origin
from plan.call import Call, Effect, OperationClass, Refused
from plan.errors import UnknownName
from plan.ledger.facts import OpenIntent
from plan.provider import Pending
from plan.resource import Removal, Resource

ROOT: Final = Path(__file__).parents[1]
KINDS_FOLDER: Final = ROOT / "agencyfile" / "kinds"
ROOMS: Final = {path.name for path in KINDS_FOLDER.iterdir() if (path / "kind.py").exists()}

# Fields of documents and settings that a kind happens to be called like.
FIELDS: Final = {"agency", "settings"}

# Texts of the command line that only sound like a kind: what they are, and which ones. No kind is named there.
_TIER: Final = "a tier of plans"
_SEED: Final = "a word of the local portal's seeds, or a tier of plans"
_HEAD: Final = "the head of a column"
SOUND_LIKE_KINDS: Final[Mapping[str, tuple[str, set[str]]]] = {
    "agencyfile/cli/commands/clients.py": ("the command `clients template`", {"template"}),
    "agencyfile/cli/commands/demo.py": (_TIER, {"sandbox"}),
    "agencyfile/cli/commands/steps.py": ("the argument of `steps mail`", {"account"}),
    "agencyfile/cli/expectations/seeding.py": (_SEED, {"sandbox", "snapshot"}),
    "agencyfile/cli/json_documents.py": ("the document of `accounts show`", {"account"}),
    "agencyfile/cli/portal_lists.py": (_TIER, {"sandbox"}),
    "agencyfile/cli/render/report_cells.py": (_HEAD, {"account", "credit"}),
}
# The inventory that `import` and `accounts list` read holds accounts, sandboxes and snapshots, and nothing else.
IMPORTS_ROOMS: Final = {"agencyfile/portal/lists/inventory.py"}


def _modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def _saying(names: AbstractSet[str], *folders: str) -> dict[str, AbstractSet[str]]:
    """Which of the names stand in which module."""
    found = {path: _strings(tree) & names for path, tree in _modules(*folders)}
    return {path: said for path, said in found.items() if said}


def _strings(tree: ast.Module) -> set[str]:
    """The texts of a module, but for fields of its records and the nouns of `count`: these only sound like kinds."""
    texts = {node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {str(node.value) for node in texts - {*_fields(tree), *_nouns(tree)}}


def _fields(tree: ast.Module) -> Iterator[ast.AST]:
    """What is looked up in a record, and the keys of the records that functions make. Registries are no records."""
    chosen = {node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    chosen |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=record, slice=ast.Constant() as field) if not _is_registry(record):
                yield field
            case ast.Call(func=ast.Attribute(value=record, attr="get" | "pop"), args=[ast.Constant() as field, *_]):
                if not _is_registry(record):
                    yield field
            case ast.FunctionDef() | ast.Lambda():
                made = {each for each in ast.walk(node) if isinstance(each, ast.Dict)} - chosen
                yield from (key for each in made for key in each.keys if key is not None)
            case _:
                pass


def _is_registry(record: ast.expr) -> bool:
    """A mapping that the whole module knows, or one that is written where it is looked up in."""
    return isinstance(record, ast.Dict) or (isinstance(record, ast.Name) and record.id.isupper())


def _nouns(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="count"), args=[_, ast.Constant() as noun, *_]):
                yield noun
            case _:
                pass


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_every_kind_has_a_room_and_every_room_a_kind() -> None:
    """A folder with a `kind.py` is a kind of the registry, under its own name."""
    assert set(KINDS) == ROOMS


def test_portal_half_names_no_kind() -> None:
    """It loops over the registry. `agency` is the name of an API too, and no kind is meant by it."""
    names = set(KINDS) - FIELDS

    assert _saying(names, "agencyfile/portal") == {}


def test_portal_half_names_no_operation() -> None:
    """An operation is known by its object alone."""
    assert _saying(set(OPERATIONS), "agencyfile/portal") == {}


def test_portal_half_imports_no_room() -> None:
    """What several rooms need stands beside them; what one room knows stays there."""
    rooms = tuple(f"agencyfile.kinds.{room}." for room in ROOMS)
    found = {path for path, tree in _modules("agencyfile/portal") if any(_imports_one(tree, rooms))}

    assert found == IMPORTS_ROOMS


def _imports_one(tree: ast.Module, rooms: tuple[str, ...]) -> Iterator[bool]:
    return (name.startswith(rooms) for name in _imported(tree))


def test_command_line_names_no_kind() -> None:
    """Each text that sounds like one is listed, with what it is; one that is there no longer leaves the list."""
    names = set(KINDS) - FIELDS
    found = _saying(names, "agencyfile/cli", "agencyfile/forges", "agencyfile/ci", "agencyfile/fleet")

    assert found == {path: texts for path, (_, texts) in SOUND_LIKE_KINDS.items()}


def test_nouns_are_of_kinds() -> None:
    """A word for the resources of a kind that is no longer there would stay for good."""
    assert set(NOUNS) <= set(KINDS)


def test_engine_names_no_kind() -> None:
    """`plan` knows kinds by their protocol alone."""
    names = set(KINDS) - FIELDS

    assert _saying(names, "plan") == {}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_operation_that_may_need_an_intent_says_what_shows_it(operation: Operation) -> None:
    """Signals, or the explicit word; what is simply sent again needs neither."""
    if operation.may_need_intent:
        assert operation.seen is INVISIBLE or (isinstance(operation.seen, Seen) and operation.signals)
    else:
        assert operation.seen is None


def test_operation_without_signals_and_without_the_word_cannot_be_made() -> None:
    """Silence is no answer to the question what shows it."""
    with pytest.raises(ValueError, match="INVISIBLE"):
        Operation(
            name="explode",
            api=Api.HUB,
            method="POST",
            operation_class=OperationClass.CREATE,
            again="a second explosion",
        )


def test_operation_has_one_home() -> None:
    """No two operations share a name; kinds that share one share the object."""
    homes: dict[str, Operation] = {}
    for kind in KINDS.values():
        for operation in kind.at_portal.operations:
            assert homes.setdefault(operation.name, operation) is operation


@pytest.mark.parametrize("kind", KINDS)
def test_kind_says_whether_lists_show_its_objects(kind: str) -> None:
    """`AT_ONCE` is a word that a kind says, not what happens to a kind that nobody thought of."""
    assert known_kind(kind).provision is AT_ONCE or isinstance(known_kind(kind).provision, Listed)


def test_kind_that_is_not_known_is_an_error_wherever_it_is_met() -> None:
    """In what is declared, in what is removed, and in what is waited for."""
    address = Address("unheard", "of")
    origin = Origin("agency.yaml", 1, 1)
    lists: Any = None
    meetings: tuple[Callable[[], object], ...] = (
        lambda: known_kind("unheard"),
        lambda: reading.watch([Pending(address)], lists),
        lambda: reading.read_view(lists, [Resource(address, {}, origin)], [], date.min, has_hub_key=True),
        lambda: reading.read_view(lists, [], [Removal(address, "forget", {}, origin)], date.min, has_hub_key=True),
    )
    for meet in meetings:
        with pytest.raises(UnknownName, match="unheard"):
            meet()


def test_operation_that_is_not_known_is_an_error_wherever_it_is_met(portal_writer: Any) -> None:
    """In an open call of the ledger, and in a call that is to be sent: nothing is sent then."""
    intent = OpenIntent(1, Address("account", "acme"), "explode", "2026-11-21T10:00:00+00:00", "")
    questions: Any = None
    call = Call(intent.address, "agency", "explode", "POST", {}, OperationClass.ABSOLUTE, Effect.REVERSIBLE)

    with pytest.raises(UnknownName, match="explode"):
        operation_named("explode")
    with pytest.raises(UnknownName, match="explode"):
        investigate([intent], questions)
    assert isinstance(portal_writer.send(call), Refused)


@pytest.fixture
def portal_writer() -> Any:
    """A writer that has nobody to send to."""
    from agencyfile.portal.writer import PortalWriter  # noqa: PLC0415 - the only test that needs HTTP

    nobody: Any = None
    return PortalWriter(nobody)
