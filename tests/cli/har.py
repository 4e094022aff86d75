"""HTTP archives, held against the schema of HAR 1.2 (the package har-schema of npm, unchanged)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import lean_jsonschema  # noqa: F401 - before jsonschema is imported for the first time
from jsonschema import Draft6Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT6


def entries_of(path: Path) -> list[dict[str, Any]]:
    """The entries of a file that the schema takes."""
    document = json.loads(path.read_text("utf-8"))
    mistakes = [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(document)]
    assert mistakes == []
    entries: list[dict[str, Any]] = document["log"]["entries"]
    return entries


@cache
def _validator() -> Draft6Validator:
    schemas = json.loads(Path(__file__).with_name("har_schema.json").read_text("utf-8"))["schemas"]
    known = [
        (f"{name}.json", Resource.from_contents(schema, default_specification=DRAFT6))
        for name, schema in schemas.items()
    ]
    return Draft6Validator(schemas["har"], registry=Registry().with_resources(known))
