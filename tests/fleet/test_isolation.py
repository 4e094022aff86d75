"""What a child is given: the keys of its own agency, in its environment alone."""

import json
from pathlib import Path
from unittest import mock

import pytest
from fleets import Fleet, statuses

from agencyfile.fleet import child

# A real process in the place of the command line: it writes down what it was given, as /proc shows it to others.
_SPY = """#!/bin/sh
tr '\\0' '\\n' < /proc/$$/cmdline > "$PWD/seen/$$.arguments"
tr '\\0' '\\n' < /proc/$$/environ > "$PWD/seen/$$.environment"
echo '{}'
"""
OUTSIDE = {
    "AGENCY_UNUSED_KEY": "sentinel-unused-key-71c2",
    "AGENCYFILE_AGENCY_KEY": "sentinel-caller-key-90ad",
    "AGENCYFILE_LEDGER_ANCHOR": "1:abc",
    "AGENCYFILE_SIGNING_KEY": "sentinel-signing-key-44be",
    "DEPLOY_TOKEN": "sentinel-deploy-token-12aa",
    "SNEAKY": "prefix sentinel-unused-key-71c2 suffix",
    "AGENCYFILE_HUB_API": "https://sentinel-caller-key-90ad.example/",
}


@pytest.fixture
def seen(fleet: Fleet) -> dict[str, tuple[str, str]]:
    """Arguments and environment of each child of a plan, by agency."""
    fleet.write()
    for name in ("north/a", "north/b", "south/c"):
        fleet.agency(name)
    (fleet.folder / "seen").mkdir()
    spy = fleet.folder / "spy"
    spy.write_text(_SPY, encoding="utf-8")
    spy.chmod(0o755)
    found: dict[str, tuple[str, str]] = {}
    with mock.patch.object(Fleet, "program", return_value=spy):
        fleet.run("apply", "--auto-approve", "--allow", "billed", environment=OUTSIDE)
    for path in (fleet.folder / "seen").glob("*.arguments"):
        arguments = path.read_text("utf-8")
        name = next(name for name in ("north/a", "north/b", "south/c") if f"{name}/agency.yaml" in arguments)
        found[name] = (arguments, path.with_suffix(".environment").read_text("utf-8"))
    return found


def test_child_gets_the_keys_of_its_own_agency_and_of_no_other(fleet: Fleet, seen: dict[str, tuple[str, str]]) -> None:
    """No key of another agency, of the caller, or that nobody names; not even inside another value."""
    assert seen.keys() == {"north/a", "north/b", "south/c"}
    keys = {key: (portal.agency_key, portal.hub_key) for key, portal in fleet.portals.items()}
    for name, (_, environment) in seen.items():
        mine = name.partition("/")[0]
        assert all(key in environment for key in keys[mine])
        foreign = [key for other, pair in keys.items() if other != mine for key in pair]
        outside = [value for value in OUTSIDE.values() if value.startswith("sentinel")]
        assert [key for key in (*foreign, *outside) if key in environment] == []
        assert "AGENCYFILE_LEDGER_ANCHOR" not in environment


def test_no_key_stands_in_the_arguments_of_a_child(fleet: Fleet, seen: dict[str, tuple[str, str]]) -> None:
    """Every user of a machine can read the arguments of every process."""
    assert seen
    for arguments, _ in seen.values():
        assert "sentinel" not in arguments


def test_children_of_one_key_share_a_rate_and_others_do_not(seen: dict[str, tuple[str, str]]) -> None:
    """The file that they share is named by the key."""
    rates = {name: _value(environment, "AGENCYFILE_SHARED_RATE") for name, (_, environment) in seen.items()}

    assert rates["north/a"] == rates["north/b"] != rates["south/c"]
    assert rates["north/a"].startswith("1000:/")


def _value(environment: str, name: str) -> str:
    return next(line.partition("=")[2] for line in environment.splitlines() if line.startswith(f"{name}="))


def test_program_is_this_interpreter_and_imports_nothing_from_its_folder() -> None:
    """A file that a pull request brings along is not imported."""
    assert child.PROGRAM[1:] == ["-P", "-m", "agencyfile"]


def test_variable_that_is_not_set_fails_its_agency_alone(fleet: Fleet) -> None:
    """The others are planned; the message names the variable."""
    fleet.write()
    fleet.agency("north/a")
    fleet.agency("south/b")

    report = fleet.report("plan", environment={"AGENCY_SOUTH_KEY": ""})

    assert statuses(report) == {"north/a": "done", "south/b": "failed"}
    assert "AGENCY_SOUTH_KEY is not set" in json.dumps(report["agencies"])


def test_variable_that_many_agencies_need_is_told_once_with_their_number(fleet: Fleet) -> None:
    """One sentence in the report and in the comment; an apply says it before it starts anything."""
    fleet.write()
    for name in ("north/a", "south/b", "south/c", "south/d"):
        fleet.agency(name)
    away = {"AGENCY_SOUTH_KEY": ""}

    texts = [fleet.run("plan", "--format", form, environment=away).out for form in ("text", "markdown")]
    refused = fleet.run("apply", "--auto-approve", environment=away)

    assert [text.count("is not set") for text in texts] == [1, 1]
    assert "3 agencies: the environment variable AGENCY_SOUTH_KEY is not set" in texts[0]
    assert all("south/b" in text and "south/d" in text for text in texts)
    assert refused.code == 1
    assert "AGENCY_SOUTH_KEY for 3 agencies (south/b, south/c, south/d)" in refused.err
    assert fleet.run("status", "--run", "latest").out.startswith("AGENCY"), "the latest run is the plan"
    assert "started" not in refused.err


def test_two_keys_with_one_value_are_refused_before_anything_starts(fleet: Fleet) -> None:
    """Nothing would hold the rate of a key that stands under two names."""
    fleet.write()
    fleet.agency("north/a")
    fleet.agency("south/b")

    ran = fleet.run("plan", environment={"AGENCY_SOUTH_KEY": fleet.portals["north"].agency_key})

    assert ran.code == 1
    assert "same key" in ran.err
    assert not list((fleet.folder / ".agencyfile").rglob("*.jsonl"))


def test_key_from_a_file_reaches_the_child_as_its_path(fleet: Fleet, tmp_path: Path) -> None:
    """`NAME_FILE` stands for NAME, as it does for a single agency."""
    fleet.write(keys=["north"])
    fleet.agency("north/a")
    secret = tmp_path / "north.key"
    secret.write_text(fleet.portals["north"].agency_key + "\n", encoding="utf-8")

    report = fleet.report("plan", environment={"AGENCY_NORTH_KEY": "", "AGENCY_NORTH_KEY_FILE": str(secret)})

    assert statuses(report) == {"north/a": "done"}
