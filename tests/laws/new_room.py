"""A kind of its own, put into the registry before anything reads it; then the language is asked about a file."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Required

from pydantic import Field
from typing_extensions import TypedDict

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT, NamedBefore
from agencyfile.declarations.kind import DeclaredFile, DeclaredKind, Referring, Removable, Section
from agencyfile.declarations.names import BlockName
from agencyfile.kinds import registry
from plan.address import Address
from plan.resource import Resource
from plan.rule import Rule
from plan.values import Reference


class SavedResponse(TypedDict, total=False):
    """A text that agents answer with."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    account: Required[Annotated[str, Field(title="Account", description="Login name of the account.")]]
    text: Required[Annotated[str, Field(title="Text", description="What is answered.")]]
    previously: NamedBefore


def saved_responses(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """One resource for each block."""
    for one in file.merged(kind):
        account = Reference(Address("account", one.values["account"]))
        yield kind.resource_of(one, {"account": account, "text": one.values["text"]})


SAVED_RESPONSE = DeclaredKind(
    name="saved_response",
    rules=(Rule("saved-response", "Not a saved response", "write a text", "language"),),
    model=SavedResponse,
    section=Section(
        key="saved_responses", plural="saved responses", label=BlockName, description="Saved responses by name."
    ),
    removable=Removable(
        actions={"delete": "ends a saved response"},
        description="Name of the saved response: delete or forget it.",
        example="greeting",
        pattern=patterns.BLOCK_NAME,
    ),
    is_listed=True,
    references=(Referring(word="account", kind="account"),),
    resources=saved_responses,
)


def register(kind: DeclaredKind) -> None:
    """What a line in `registry.py` does."""
    registry.DECLARED = {**registry.DECLARED, kind.name: kind}  # type: ignore[misc]
    if kind.section is not None:
        registry.SECTIONS = {**registry.SECTIONS, kind.section.key: kind}  # type: ignore[misc]


def main(path: str) -> None:
    """Print what the language makes of the file at `path`, and what its schema says of the new kind."""
    register(SAVED_RESPONSE)
    from agencyfile.language import RULES, agency_schema, load  # noqa: PLC0415 - it reads the registry once

    loaded = load(Path(path), {})
    made = loaded.agency_file
    schema = agency_schema()
    told = {
        "resources": [str(resource.address) for resource in (made.resources if made else ())],
        "removals": [str(removal.address) for removal in (made.removals if made else ())],
        "schema": sorted(schema["properties"]),
        "removable": sorted(schema["$defs"]["Removed"]["properties"]),
        "rules": [rule for rule in RULES if rule.startswith("saved")],
        "diagnostics": [f"{diagnostic.rule} {diagnostic.detail}" for diagnostic in loaded.diagnostics],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
