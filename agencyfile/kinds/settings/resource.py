"""The portal's default account settings as a resource."""

from collections.abc import Iterator

from agencyfile.declarations.declaration import NOTHING
from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from plan.address import Address
from plan.resource import Resource
from plan.values import Value


def settings_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return the resource `settings.account`, if the file names any setting (`docs/portal.md` rules 50, 57 and 58)."""
    words = file.head.get(kind.name, NOTHING)
    values, block = words.values, words.block
    attributes: dict[str, Value] = {f"branding.{word}": value for word, value in values.get("branding", {}).items()}
    places = {name: block["branding"].values_at[name.partition(".")[2]] for name in attributes}
    if "templates" in values:
        attributes["templates"] = tuple(values["templates"])
    if "apply_to_existing" in values:
        attributes["apply_to_existing"] = values["apply_to_existing"]
    places |= {name: block.values_at[name] for name in ("templates", "apply_to_existing") if name in values}
    if attributes:
        yield Resource(Address(kind.name, "account"), attributes, min(block.keys_at.values()), places)
