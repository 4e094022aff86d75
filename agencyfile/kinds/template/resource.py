"""Templates as resources, and the templates that each account gets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from agencyfile.kinds.template.files import TemplateFile
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference, Value


def template_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return one resource for each template. That of a basic template also holds the content of its file."""
    for one in file.merged(kind):
        yield kind.resource_of(one, _attributes(one.values, file.attached.get(one.address)), content="html")


def _attributes(values: Mapping[str, Any], file: TemplateFile | None) -> dict[str, Value]:
    attributes: dict[str, Value] = {"type": values["type"]}
    attributes.update({word: values[word] for word in ("html", "share_link", "source_account") if word in values})
    if file is not None:
        attributes |= {"html": file.path, "content": file.content}
    if "tags" in values:
        attributes["tags"] = tuple(values["tags"])
    return attributes


class TemplateLists:
    """The templates that accounts get. Accounts with the same list share one tuple, to save memory."""

    def __init__(self, found: Iterable[Declaration], given: Iterable[str]) -> None:
        """`given` are the names that the portal gives to each new account by itself (`docs/portal.md` rule 57)."""
        names = {one.address.name for one in found}
        self._made: dict[tuple[str, ...], tuple[Reference, ...]] = {}
        self.every = self.named(sorted(names.difference(given)))

    def named(self, names: Iterable[str]) -> tuple[Reference, ...]:
        """Return references to these templates, in this order."""
        key = tuple(names)
        if key not in self._made:
            self._made[key] = tuple(Reference(Address("template", name)) for name in key)
        return self._made[key]
