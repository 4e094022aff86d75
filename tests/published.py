"""The published schemas, held against everything that the tests see: nothing is written that they do not describe."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import lean_jsonschema  # noqa: F401 - before jsonschema is imported for the first time
from jsonschema import Draft202012Validator

from tools.generators import schemas

SCHEMAS = Path(__file__).parent.parent / "schemas"


def mistakes_in_plan(document: Any) -> list[str]:
    """What the schema says against a plan document; of very many changes the first ones are looked at."""
    most = 100
    parts = {name: part[:most] if isinstance(part, list) else part for name, part in document.items()}
    return _mistakes("plan", parts)


def mistakes_in_event(line: str) -> list[str]:
    """What the schema says against a line of `apply -json`."""
    return _mistakes("event", json.loads(line))


def mistakes_in_client_import(document: Any) -> list[str]:
    """What the schema says against the output of `clients import --json`."""
    return _mistakes("clients", document)


def mistakes_in_doctor(document: Any) -> list[str]:
    """What the schema says against the document of `doctor --json`."""
    return _mistakes("doctor", document)


def mistakes_in(name: str, document: Any) -> list[str]:
    """What one of the other schemas says against a document."""
    return _mistakes(name, document)


def mistakes_in_doctor_report(document: Any) -> list[str]:
    """What the schema says against the file of `doctor --report`."""
    return _mistakes("doctor-report", document)


def mistakes(name: str, document: Any) -> list[str]:
    """What a schema says against a document."""
    return _mistakes(name, document)


def mistakes_in_fleet_report(document: Any) -> list[str]:
    """What the schema says against the report of a fleet."""
    return _mistakes("fleet-report", document)


def mistakes_in_fleet(name: str, document: Any) -> list[str]:
    """What the schema says against `fleet list --json` or `fleet status --json`."""
    return _mistakes(f"fleet-{name}", document)


@cache
def validator(name: str) -> Draft202012Validator:
    """The checked-in schema."""
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@cache
def _closed(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.closed(validator(name).schema))


def _mistakes(name: str, document: Any) -> list[str]:
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in _closed(name).iter_errors(document)]
