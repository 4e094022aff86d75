"""The bill of materials names what the runtime lock installs, and is the same for the same commit."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import evidence
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import agencyfile
from tools import locks


def sbom(epoch: str) -> str:
    """What `make dist` writes for a commit of that time."""
    environ = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    command = [sys.executable, "-m", "tools.sbom"]
    return subprocess.run(command, cwd=locks.TOP, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture(scope="module")
def text() -> str:
    """One bill of materials; the first worker of a run that needs it writes it, and the others read it."""
    path = Path(os.environ[evidence.FOLDER]) / "sbom.json"
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (found := file.read()):
            found = sbom("1700000000")
            file.write(found)
        return found


@pytest.fixture(scope="module")
def document(text: str) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = json.loads(text)
    return found


def test_sbom_is_of_the_published_schema(text: str) -> None:
    """CycloneDX's own validator, at its strictest; it sees what is wrong."""
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"type": "library"', '"type": "book"')) is not None


def test_sbom_lists_every_runtime_package_with_version_and_hashes(document: dict[str, Any]) -> None:
    """All of the lock, and nothing but the lock."""
    found = {
        component["name"]: (
            component["version"],
            {f"sha256:{each['content']}" for place in component["externalReferences"] for each in place["hashes"]},
        )
        for component in document["components"]
    }

    assert found == {pin.name: (pin.version, set(pin.hashes)) for pin in locks.read(locks.RUNTIME).values()}


def test_product_is_the_main_component_and_its_needs_are_told(document: dict[str, Any]) -> None:
    """The graph starts at the product, reaches everything, and ends in things that are listed."""
    product = document["metadata"]["component"]
    graph = {node["ref"]: node.get("dependsOn", []) for node in document["dependencies"]}
    reached, agenda = set(), [product["bom-ref"]]
    while agenda:
        reference = agenda.pop()
        reached.add(reference)
        agenda += [one for one in graph[reference] if one not in reached]

    assert (product["name"], product["version"]) == ("agencyfile", agencyfile.__version__)
    assert product["licenses"][0]["license"]["id"] == "Apache-2.0"
    assert len(graph[product["bom-ref"]]) == len(locks.runtime_requirements())
    assert reached == {product["bom-ref"], *(component["bom-ref"] for component in document["components"])}


def test_sbom_of_the_same_commit_is_the_same(text: str) -> None:
    """No random number and no clock: between two runs for two times, the time of the commit alone differs."""
    later = sbom("1700000001")

    assert later != text
    assert later.replace("2023-11-14T22:13:21", "2023-11-14T22:13:20") == text
