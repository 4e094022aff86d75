"""The published schema of the agency file, made of the models that validate it."""

from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.language.model import AGENCY_DOCUMENT

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def agency_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the agency file, for editors and other tools."""
    schema = with_closed_names(TypeAdapter(AGENCY_DOCUMENT).json_schema())
    schema.pop("required", None)  # included files have neither version nor agency; the loader asks the root for them
    return {
        "$schema": _DIALECT,
        "$id": "agency.schema.json",
        **schema,
        "title": "Agency file",
    }


def with_closed_names(node: Any) -> Any:
    """Mappings by name, with every name held to its pattern; pydantic lets names through that match none."""
    if isinstance(node, list):
        return [with_closed_names(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: with_closed_names(value) for key, value in node.items()}
    patterns = found.pop("patternProperties", None)
    if patterns is not None:
        ((pattern, value),) = patterns.items()
        found |= {"additionalProperties": value, "propertyNames": {"pattern": pattern}}
    return found
