"""The fleet file: every mistake at its place, all at once, and the same answer from the published schema."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from agencyfile.fleet.loader import LoadedFleet, load_fleet
from agencyfile.fleet.rules import FLEET_RULES
from agencyfile.fleet.schema import fleet_schema
from agencyfile.language import render_diagnostic

GOOD = """\
version: 1
fleet: northwind-group
concurrency: 4
keys:
  brands: {agency_key: "${env:AGENCY_BRANDS_KEY}", rate: 5/s, concurrency: 2}
agencies:
  brands: {files: ["brands/*/agency.yaml"], exclude: [brands/old/*], key: brands}
  regions:
    files: [regions/*.yaml]
    agency_key: "${env:AGENCY_*_KEY}"
    environment: {AGENCYFILE_IDENTITY: "${env:AGENCY_*_IDENTITY}"}
waves:
  - {name: first, agencies: [brands/acme], concurrency: 1}
  - {name: rest, agencies: ["**"]}
schedules: {drift: "15 5 * * 1-5"}
"""
FILES = ("brands/acme/agency.yaml", "brands/globex/agency.yaml", "brands/old/agency.yaml", "regions/eu-west.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with agency files; a fleet does not read them."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def loaded(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> LoadedFleet:
    """Write a fleet file and load it."""
    path = folder / "fleet.yaml"
    path.write_text(text, encoding="utf-8")
    return load_fleet(path, environ or {})


def places(found: LoadedFleet) -> list[tuple[str, int, int]]:
    """Rule, line and column of each diagnostic."""
    return [(one.rule, one.origin.line, one.origin.column) for one in found.diagnostics if one.origin]


def test_fleet_file_finds_agencies_their_keys_their_variables_and_their_waves(folder: Path) -> None:
    """Names are paths; `*` in a reference is the agency's name; an agency belongs to the first wave that names it."""
    found = loaded(folder, GOOD)

    assert found.diagnostics == ()
    assert found.fleet
    waves = {wave.name: [agency.name for agency in wave.agencies] for wave in found.fleet.waves}
    assert waves == {"first": ["brands/acme"], "rest": ["brands/globex", "regions/eu-west"]}
    agencies = {agency.name: agency for agency in found.fleet.agencies}
    assert agencies["brands/acme"].key == agencies["brands/globex"].key
    assert agencies["regions/eu-west"].key.name == "regions/eu-west"
    assert agencies["regions/eu-west"].variables == {
        "AGENCYFILE_AGENCY_KEY": "AGENCY_REGIONS_EU_WEST_KEY",
        "AGENCYFILE_IDENTITY": "AGENCY_REGIONS_EU_WEST_IDENTITY",
    }


WRONG = [
    ("fleet-name", "fleet: northwind-group", "fleet: Northwind", (2, 8)),
    ("fleet-concurrency", "concurrency: 4", "concurrency: 0", (3, 14)),
    ("fleet-file-outside", "[regions/*.yaml]", "[../*.yaml]", (9, 13)),
    ("fleet-file-unknown", "[regions/*.yaml]", "[region/*.yaml]", (9, 13)),
    ("fleet-agency-twice", "[regions/*.yaml]", "[brands/acme/agency.yaml]", (9, 13)),
    ("fleet-no-key", ", key: brands}", "}", (7, 3)),
    ("fleet-two-keys", ", key: brands}", ", key: brands, rate: 1/s}", (7, 83)),
    ("fleet-key-shared", "AGENCY_*_KEY", "AGENCY_BRANDS_KEY", (10, 17)),
    ("fleet-variable", "AGENCYFILE_IDENTITY:", "LD_PRELOAD:", (11, 19)),
    ("fleet-variable", "AGENCYFILE_IDENTITY:", "AGENCYFILE_PORTAL_HOSTS:", (11, 19)),
    ("environment-name", "${env:AGENCY_*_IDENTITY}", "${env:HOME}", (11, 40)),
    ("environment-name", "${env:AGENCY_*_KEY}", "${env:GITHUB_TOKEN}", (10, 17)),
    ("plaintext-secret", '"${env:AGENCY_*_KEY}"', "1234abcd", (10, 17)),
    ("environment-reference", '"${env:AGENCY_*_KEY}"', '"x${env:AGENCY_A}"', (10, 17)),
    ("fleet-wave-missing", '["**"]', "[brands/*]", (12, 1)),
    ("fleet-wave-idle", '["**"]', '["**", nobody]', (14, 35)),
    ("duplicate-name", "name: rest", "name: first", (14, 12)),
    ("fleet-schedule", "15 5 * * 1-5", "15 25 * * 1-5", (15, 20)),
    ("fleet-schedule", "15 5 * * 1-5", "15 5 * *", (15, 20)),
    ("fleet-schedule", "15 5 * * 1-5", "15 5 * * 5-1", (15, 20)),
    ("dangling-reference", ", key: brands}", ", key: brand}", (7, 75)),
    ("rate-limit", "rate: 5/s", "rate: 5", (5, 58)),
    ("unknown-key", "exclude:", "except:", (7, 45)),
    ("missing-key", "agency_key:", "hub_key:", (5, 3)),
    ("wrong-type", "files: [regions/*.yaml]", "files: regions/*.yaml", (9, 12)),
    ("version", "version: 1", "version: 2", (1, 10)),
    ("duplicate-key", "concurrency: 4", "fleet: other", (3, 1)),
]


@pytest.mark.parametrize(("rule", "before", "after", "place"), WRONG, ids=[f"{row[0]} {row[2]}" for row in WRONG])
def test_fleet_file_with_a_mistake_names_rule_line_and_column(
    folder: Path, rule: str, before: str, after: str, place: tuple[int, int]
) -> None:
    """One mistake, one diagnostic, with a caret below the value and a way out."""
    found = loaded(folder, GOOD.replace(before, after, 1))

    assert places(found) == [(rule, *place)]
    assert (found.fleet is None) == (rule != "fleet-wave-idle")
    text = render_diagnostic(found.diagnostics[0], found.sources, color=False)
    assert "^" in text
    assert "fix: " in text
    assert "1234abcd" not in text


def test_fleet_rules_each_have_a_test() -> None:
    """No rule of the table is without a case."""
    tested = {row[0] for row in WRONG} | {"fleet-variable-clash", "fleet-file-too-much"}

    assert FLEET_RULES.keys() - tested == set()


def test_agencies_whose_names_read_the_same_variable_are_reported(folder: Path) -> None:
    """`eu-west` and `eu_west` are one word of a variable: one of the two would use the key of the other."""
    (folder / "regions" / "eu_west.yaml").touch()

    assert places(loaded(folder, GOOD)) == [("fleet-variable-clash", 10, 17)]


def test_patterns_that_look_at_too_much_are_refused(folder: Path) -> None:
    """A run looks at a limited number of levels."""
    deep = folder.joinpath("regions", *"d" * 40)
    deep.mkdir(parents=True)

    found = loaded(folder, GOOD.replace("[regions/*.yaml]", "['regions/**/agency.yaml', regions/*.yaml]"))

    assert places(found) == [("fleet-file-too-much", 9, 13)]


def test_fleet_file_with_many_mistakes_tells_all_of_them_at_once(folder: Path) -> None:
    """Wrong values, unknown keys, dangling references and patterns without a file: nobody runs it four times."""
    text = (
        GOOD.replace("concurrency: 4", "concurrency: none")
        .replace("key: brands}", "key: brnds}")
        .replace("[regions/*.yaml]", "[nowhere/*.yaml]")
        .replace("schedules: {drift", "schedules: {drfit")
    )

    assert [rule for rule, _, _ in places(loaded(folder, text))] == [
        "wrong-type",
        "dangling-reference",
        "fleet-file-unknown",
        "unknown-key",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "version: 1\n  fleet: a\n", "version: 1\n", "fleet: a\nfleet: b\n"])
def test_fleet_file_that_is_none_is_a_diagnostic(folder: Path, text: str) -> None:
    """Nothing is raised, whatever the file holds."""
    found = loaded(folder, text)

    assert found.fleet is None
    assert found.diagnostics


def test_published_schema_takes_what_the_loader_takes_and_refuses_mistyped_keys() -> None:
    """An editor shows the same mistakes of form."""
    validator = Draft202012Validator(
        json.loads((Path(__file__).parents[2] / "schemas" / "fleet.schema.json").read_text())
    )
    assert validator.schema == json.loads(json.dumps(fleet_schema()))

    assert validator.is_valid(yaml.safe_load(GOOD))
    for rule in ("unknown-key", "missing-key", "wrong-type", "version", "plaintext-secret", "fleet-name", "rate-limit"):
        before, after = next((row[1], row[2]) for row in WRONG if row[0] == rule)
        assert not validator.is_valid(yaml.safe_load(GOOD.replace(before, after, 1))), rule


def test_pattern_of_folders_is_told_with_the_one_that_finds_their_files(folder: Path) -> None:
    """One mistake is one diagnostic: that every wave is idle then, goes without saying."""
    start = GOOD.index("  regions:")
    text = GOOD[:start].replace("brands/*/agency.yaml", "brands/*").replace(", exclude: [brands/old/*]", "")
    found = loaded(folder, text + GOOD[GOOD.index("waves:") :])

    (diagnostic,) = found.diagnostics
    assert (diagnostic.rule, diagnostic.fix) == ("fleet-file-unknown", "write brands/*/agency.yaml")


def test_fleet_file_of_another_folder_is_told_with_the_way_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is started in the wrong folder says where the file is."""
    (folder / "fleet.yaml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(folder / "brands" / "acme")

    (diagnostic,) = load_fleet(Path("fleet.yaml"), {}).diagnostics

    assert diagnostic.fix == f"work in {folder}, or add -f {folder / 'fleet.yaml'}"


SHOWN = [
    ("key: brands}", "key: brnads}", "key: brnads}"),
    ("rate: 5/s", "rate: 5/m", '  brands: {agency_key: "${env:AGENCY_BRANDS_KEY}", rate: 5/m, concurrency: 2}'),
    ("environment: {AGENCYFILE_IDENTITY:", "environment: {LD_PRELOAD:", "LD_PRELOAD: "),
]


@pytest.mark.parametrize(("old", "new", "shown"), SHOWN, ids=["name of a key", "rate of a key", "variable"])
def test_line_with_the_name_of_a_key_is_shown(folder: Path, old: str, new: str, shown: str) -> None:
    """`key` names a key, and `keys` holds names; only what may be a key itself is masked."""
    found = loaded(folder, GOOD.replace(old, new))

    (diagnostic,) = found.diagnostics
    assert shown in render_diagnostic(diagnostic, found.sources, color=False)


@pytest.mark.parametrize("word", ["7d1f9c" * 8, "sk_" + "7D1f9c" * 8], ids=["like a name", "like none"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("key: brands}", "key: {}}}"), (GOOD[GOOD.index("{agency_key") : GOOD.index("\nagencies")], "{}")],
    ids=["in place of a name", "in place of a block"],
)
def test_key_of_the_portal_in_a_wrong_place_is_never_shown(folder: Path, word: str, old: str, new: str) -> None:
    """Neither the line nor the sentence nor the fix repeats it."""
    found = loaded(folder, GOOD.replace(old, new.format(word)))

    assert found.diagnostics
    shown = "".join(render_diagnostic(one, found.sources, color=False) for one in found.diagnostics)
    assert "7d1f9c" not in shown.lower()
