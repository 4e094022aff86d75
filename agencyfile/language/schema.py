"""The published schema of the agency file, made of the models that validate it."""

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from agencyfile.language.models.file import AgencyDocument

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def agency_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the agency file, for editors and other tools."""
    schema = TypeAdapter(AgencyDocument).json_schema(schema_generator=GenerateJsonSchema)
    return {
        "$schema": _DIALECT,
        "$id": "agency.schema.json",
        **schema,
        "title": "Agency file",
    }
