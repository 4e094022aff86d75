"""The published schema of the fleet file, made of the model that validates it."""

from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.fleet.wire import FleetDocument
from agencyfile.language.schema import with_closed_names

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def fleet_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the fleet file, for editors and other tools."""
    schema = with_closed_names(TypeAdapter(FleetDocument).json_schema())
    return {"$schema": _DIALECT, "$id": "fleet.schema.json", **schema, "title": "Fleet file"}
