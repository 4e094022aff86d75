"""What somebody sees who writes an agency file in an editor: completion, hover, mistakes underlined."""

import itertools
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from editor.server import LanguageServer

from agencyfile.fields.vocabulary import BILLINGS, LANGUAGES, STATUSES, TIERS
from agencyfile.language import agency_schema, load
from agencyfile.language.layout.words import spelled

TOP: Final = Path(__file__).parent.parent.parent
MISSPELT: Final = TOP / "examples" / "tested-agency" / "expectations" / "files" / "misspelt.yaml"
EXAMPLES: Final = sorted(
    path for path in (TOP / "examples").rglob("*.yaml") if path.parent.name != "deploy" and path != MISSPELT
)
CASES: Final = TOP / "tests" / "language" / "cases"
MODELINE: Final = "# yaml-language-server: $schema=agency.schema.json\n"
HEAD: Final = "version: 1\nagency: {name: northwind}\n"
_SERIAL: Final = itertools.count()


def written(folder: Path, text: str) -> Path:
    """A new file with the modeline that `init` writes."""
    path = folder / f"file-{next(_SERIAL)}.yaml"
    path.write_text(MODELINE + text, encoding="utf-8")
    return path


def schema_of(path: Path) -> str:
    """The name of the schema of an example: of a fleet, of expectations, or of an agency."""
    if path.name == "fleet.yaml":
        return "fleet"
    return "expectations" if "expectations" in (path.stem, path.parent.name) else "agency"


def place_of(path: Path, mark: str) -> tuple[int, int]:
    """Line and column behind `mark`, which stands in the file once."""
    text = path.read_text("utf-8")
    assert text.count(mark) == 1
    before = text[: text.index(mark) + len(mark)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def offered(server: LanguageServer, folder: Path, text: str, mark: str) -> dict[str, dict[str, Any]]:
    """What the editor offers behind `mark` in a new file, by label."""
    path = written(folder, text)
    server.open(path)
    return {item["label"]: item for item in server.complete(path, place_of(path, mark))}


def test_file_that_init_wrote_has_no_mistake_and_knows_its_schema(server: LanguageServer, folder: Path) -> None:
    """The modeline leads to the schema beside the file: nothing is underlined, and words have a meaning at once."""
    path = folder / "agency.yaml"

    assert server.open(path) == []
    assert path.read_text().startswith(MODELINE)
    assert "billing, abuse" in server.hover(path, place_of(path, "notific")).lower()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_example_has_no_mistake_in_the_editor(server: LanguageServer, folder: Path, path: Path) -> None:
    """What `validate` takes, an editor takes: root files and included ones, fleets and expectations."""
    name = f"{schema_of(path)}.schema.json"
    shutil.copy(TOP / "schemas" / name, folder)
    file = folder / f"file-{next(_SERIAL)}.yaml"
    file.write_text(MODELINE.replace("agency.schema.json", name) + path.read_text("utf-8"), encoding="utf-8")

    assert server.open(file) == []


def test_example_with_a_misspelt_word_is_underlined_there(server: LanguageServer, folder: Path) -> None:
    """The check above can fail."""
    (mistake,) = server.open(written(folder, MISSPELT.read_text("utf-8")))

    assert "is not allowed" in mistake["message"]


@pytest.mark.parametrize("case", ["everything", "minimal", "trial-by-default"])
def test_valid_case_has_no_mistake_in_the_editor(server: LanguageServer, folder: Path, case: str) -> None:
    """Every word of the language, as its own tests use it."""
    path = CASES / case / "agency.yaml"
    assert not [one for one in load(path, {"AGENCY_HUB_KEY": "x"}).diagnostics if one.rule == "unknown-key"]

    text = re.sub(
        r"language: (\w+)", lambda found: found[0].lower(), path.read_text("utf-8")
    )  # the schema has no capitals
    assert server.open(written(folder, text)) == []


@pytest.mark.parametrize("owner", ["", "Agency", "Portal", "Account", "Plan", "Credits", "Sandbox", "Template"])
def test_every_key_of_a_block_is_offered(server: LanguageServer, folder: Path, owner: str) -> None:
    """Where a block is begun, the editor offers every key that it may hold, each with its description."""
    text, mark = BEGUN[owner]
    schema = agency_schema()
    keys = (schema["$defs"][owner] if owner else schema)["properties"]

    items = offered(server, folder, text, mark)

    assert set(keys) - set(WRITTEN[owner]) <= set(items)
    assert all(items[key].get("documentation") for key in set(keys) - set(WRITTEN[owner]))


BEGUN: Final = {
    "": ("version: 1\nagency: {name: northwind}\n", "northwind}\n"),
    "Agency": ("version: 1\nagency:\n  name: northwind\n  ", "northwind\n  "),
    "Portal": ("agency:\n  name: northwind\n  portal:\n    ", "portal:\n    "),
    "Account": (HEAD + "accounts:\n  acme:\n    ", "acme:\n    "),
    "Plan": (HEAD + "accounts:\n  acme:\n    plan:\n      ", "plan:\n      "),
    "Credits": (HEAD + "accounts:\n  acme:\n    credits:\n      ", "credits:\n      "),
    "Sandbox": (HEAD + "sandboxes:\n  lab:\n    ", "lab:\n    "),
    "Template": (HEAD + "templates:\n  letter:\n    ", "letter:\n    "),
}
WRITTEN: Final = {name: {"version", "agency", "name"} if name in ("", "Agency") else set() for name in BEGUN}


@pytest.mark.parametrize(
    ("key", "words"), [("tier", TIERS), ("billing", BILLINGS), ("language", LANGUAGES), ("status", STATUSES)]
)
def test_every_word_of_a_vocabulary_is_offered_and_no_old_one(
    server: LanguageServer, folder: Path, key: str, words: tuple[str, ...]
) -> None:
    """Behind a key whose words are known the editor offers these, and no word that is taken but no longer written."""
    block = f"plan:\n      {key}: " if key in ("tier", "billing") else f"{key}: "

    items = offered(server, folder, f"{HEAD}accounts:\n  acme:\n    {block}", f" {key}: ")

    assert {spelled(word, in_flow=False) for word in words} == set(items)


def test_word_of_old_times_is_no_mistake(server: LanguageServer, folder: Path) -> None:
    """The schema calls it deprecated, and takes it; `validate` does the same."""
    text = HEAD + "accounts:\n  acme: {client: {name: A, email: a@a.example}, plan: {tier: professional}}\n"
    tier = agency_schema()["$defs"]["Plan"]["properties"]["tier"]["anyOf"]

    assert server.open(written(folder, text)) == []
    assert [choice.get("deprecated", False) for choice in tier] == [False, True]


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("accounts:\n  acme: {client: {name: A, email: a@a.example}}\n", "accou", "Client accounts by login name"),
        ("accounts:\n  acme: {client: {name: A, email: a@a.example}}\n", "acm", "NAME.activehosted.com"),
        ("agency: {name: northwind, budgets: {per_apply: 500 USD}}\n", "per_ap", "Most that one apply may charge"),
        ("defaults:\n  account:\n    plan: {tier: plus}\n", "tie", "older words"),
    ],
)
def test_hover_says_what_a_word_is_for(
    server: LanguageServer, folder: Path, text: str, mark: str, expected: str
) -> None:
    """The description of the schema, and an example where there is one."""
    path = written(folder, text)
    server.open(path)

    assert expected in server.hover(path, place_of(path, mark))


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("acounts: {}\n", "acounts", "acounts"),
        ("version: 2\n", "2", "1"),
        ("accounts:\n  Acme: {client: {name: A, email: a@a.example}}\n", "Acme", "pattern"),
        ("accounts:\n  acme: {client: {name: A}}\n", "name", "email"),
        ("accounts:\n  acme: {client: {name: A, email: nobody}}\n", "nobody", "e-mail"),
        ("accounts:\n  acme: {client: {name: A, email: a@a.example}, plan: {tier: gold}}\n", "gold", "plus"),
        ("accounts:\n  acme: {client: {name: A, email: a@a.example}, language: fr}\n", "fr", "french"),
        ("accounts:\n  acme: {client: {name: A, email: a@a.example}, protect: yes}\n", "yes", "boolean"),
        ("accounts:\n  acme: {client: {name: 0123, email: a@a.example}}\n", "0123", "string"),
        ("agency: {name: n, portal: {agency_key: abc}}\n", "abc", "pattern"),
    ],
)
def test_mistake_is_underlined_where_it_stands(
    server: LanguageServer, folder: Path, text: str, mark: str, expected: str
) -> None:
    """The editor marks on its line what `validate` would refuse, before any command runs."""
    path = written(folder, text)

    found = server.open(path)

    assert [one["range"]["start"]["line"] for one in found] == [place_of(path, mark)[0]]
    assert expected in found[0]["message"]
