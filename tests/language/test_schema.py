"""The published schema, and the table of rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agencyfile.language import RULES, agency_schema, load
from agencyfile.language.document import parse_document
from agencyfile.language.rules import make_report
from agencyfile.language.source import Limits

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
VALID = [CASES / "everything/agency.yaml", CASES / "minimal/agency.yaml", *sorted(ROOT.glob("examples/**/agency.yaml"))]
SCHEMA: dict[str, Any] = agency_schema()


def plain(path: Path) -> object:
    """The values of a YAML file."""
    return parse_document(path.read_text(), str(path), make_report(), Limits()).root


def test_published_schema_is_the_one_of_the_models() -> None:
    """The file in schemas/ is generated, never edited."""
    published = (ROOT / "schemas/agency.schema.json").read_text()

    assert published == json.dumps(SCHEMA, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_schema_is_a_schema() -> None:
    """It says what it is, and is valid under its own dialect."""
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"].endswith("2020-12/schema")


def test_schema_describes_every_key() -> None:
    """An editor has something to show for every key, and no mapping takes keys that nothing knows."""
    for name, model in {**SCHEMA["$defs"], "": SCHEMA}.items():
        assert model["additionalProperties"] is False, name
        for key, found in model["properties"].items():
            target = SCHEMA["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else {}
            assert found.get("description") or target.get("description"), f"{name}.{key}"
            assert found.get("title") or target.get("title"), f"{name}.{key}"


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.parent.name)
def test_valid_file_is_valid_under_the_schema(path: Path) -> None:
    """What the language takes, the schema takes."""
    document = plain(path)
    if path.parent.name == "everything":
        document["defaults"]["account"]["language"] = "french"  # type: ignore[index]

    Draft202012Validator(SCHEMA).validate(document)


VALID_RULES = sorted(CASES.glob("rule-*/valid.yaml"))


@pytest.mark.parametrize("path", VALID_RULES, ids=lambda path: path.parent.name)
def test_file_that_just_breaks_no_rule_is_valid_under_the_schema(path: Path) -> None:
    """An editor flags nothing that the language takes, but for words in other letters."""
    document = plain(path)
    if path.parent.name == "rule-45":
        document["accounts"]["globex"]["status"] = "disabled"  # type: ignore[index]

    Draft202012Validator(SCHEMA).validate(document)


def test_included_file_is_valid_under_the_schema() -> None:
    """It has neither version nor agency, and an editor does not ask for them; the loader does, of the root."""
    document = plain(CASES / "everything/clients/initech.yaml")
    document["removed"][0]["action"] = "cancel"  # type: ignore[index]

    Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("accounts: {a: {adopt: true}}", True),
        ("accounts: {a: {adopt: false}}", False),
        ("snapshots: {a: {adopt: true}}", True),
        ("snapshots: {a: {}}", False),
        ("sandboxes: {a: {custom_fields: true}}", False),
        ("templates: {a: {type: basic, html: a.html, tags: [b]}}", True),
        ("templates: {a: {type: basic, html: a.html, share_link: 'https://tplshare.com/b'}}", False),
        ("templates: {a: {type: designer}}", False),
        ("templates: {a: {type: legacy, source_account: b, tags: [b]}}", False),
        ("removed: [{account: a, action: transfer, reason: b}]", True),
        ("removed: [{sandbox: a, action: transfer, reason: b}]", False),
        ("removed: [{snapshot: a, action: delete, reason: b}]", True),
        ("removed: [{snapshot: a, action: delete, reason: b, retain_data: true}]", False),
        ("removed: [{snapshot: a, account: a, action: forget, reason: b}]", False),
        ("removed: [{action: forget, reason: b}]", False),
        ("accounts: {a: {adopt: true, addons: {conversations: false}}}", True),
        ("accounts: {a: {adopt: true, addons: {conversations: {seats: 1}}}}", True),
        ("accounts: {a: {adopt: true, addons: {conversations: true}}}", False),
        ("ignore: [account.a, '*.b']", True),
        ("ignore: [template.a]", False),
    ],
)
def test_schema_takes_what_the_language_takes(text: str, is_valid: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Words that depend on each other are told to editors as well."""
    (tmp_path / "a.html").write_text("<p>")
    path = tmp_path / "agency.yaml"
    path.write_text(f"version: 1\nagency: {{name: a}}\ndefaults: {{sandbox: {{notification: a@b.example}}}}\n{text}\n")

    assert Draft202012Validator(SCHEMA).is_valid(plain(path)) is is_valid
    assert (load(path, {}).agency_file is not None) is is_valid


def test_name_of_no_host_is_refused_by_the_schema() -> None:
    """Names are held to their pattern, not only their blocks."""
    account = {"client": {"name": "Acme", "email": "owner@acme.example"}}
    check = Draft202012Validator(SCHEMA)

    assert check.is_valid({"version": 1, "agency": {"name": "a"}, "accounts": {"acme": account}})
    assert not check.is_valid({"version": 1, "agency": {"name": "a"}, "accounts": {"Acme": account}})


@pytest.mark.parametrize(
    "case",
    [
        "twenty-mistakes",
        "portal-settings",
        "wrong-sections",
        "yaml-traps",
        "plans",
        "names",
        "credits",
        "removed",
        "removed-shapes",
        "spending",
        "adopted",
        "addons",
        "brandings",
        "apis",
        "countries",
        "agency-settings",
        "templates",
        *(f"rule-{number}" for number in ("01", "14", "24", "30", "45", "59", "62")),
    ],
)
def test_file_with_mistakes_of_shape_is_refused_by_the_schema(case: str) -> None:
    """An editor shows mistakes of shape before any command runs."""
    assert not Draft202012Validator(SCHEMA).is_valid(plain(CASES / case / "agency.yaml"))


def test_every_rule_has_a_summary_a_fix_and_a_source() -> None:
    """The table is what the documentation is made of."""
    for rule in RULES.values():
        assert rule.summary
        assert rule.fix
        assert rule.source
        assert rule.id == rule.id.lower()


def test_every_rule_of_blocks_and_settings_is_broken_by_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule is only claimed. What needs bytes that are not text, or large ones, is in test_parsing."""
    broken = set()
    for path in CASES.glob("*/agency.yaml"):
        monkeypatch.chdir(path.parent)
        broken |= {one.rule for one in load(Path("agency.yaml"), {"AGENCY_HUB_KEY": "x"}).diagnostics}
    elsewhere = {"file-unreadable", "file-too-large", "not-utf8", "nesting-depth", "too-many-values", "alias-expansion"}
    elsewhere |= {
        "undefined-alias",
        "too-many-errors",
        "environment-value",
        "complex-key",
        "empty-file",
        "include-too-much",
        "size-limit",
    }

    assert set(RULES) - broken == elsewhere
