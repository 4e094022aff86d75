"""Resources that a list of the portal has nothing to add to, in the form in which the kinds take them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from agencyfile.kinds.branding.fields import LINKS
from agencyfile.kinds.branding.kind import SHOWS_LINKS
from agencyfile.kinds.settings.kind import PATHS, TEMPLATES
from plan.resource import Resource
from plan.values import Value

_OF_TEMPLATES: Final = ("type", "content", "share_link", "source_account", "tags")


def completed_additions(desired: Iterable[Resource]) -> Iterator[Resource]:
    """`desired`, with brandings and settings completed from the rest of the file."""
    known = tuple(desired)
    needs_templates = any(resource.address.kind == "settings" for resource in known)
    templates = (
        {item.address.name: item for item in known if item.address.kind == "template"} if needs_templates else {}
    )
    for resource in known:
        match resource.address.kind:
            case "branding":
                yield _branding(resource)
            case "settings":
                yield _settings(resource, templates)
            case _:
                yield resource


def _branding(resource: Resource) -> Resource:
    """Links that are to be shown are no field that the API takes: it hides them with any value (section 3, trap)."""
    words = resource.attributes
    if "api" not in words or words.get(LINKS) is not True:
        return resource
    rest = {name: value for name, value in words.items() if name != LINKS}
    return replace(resource, attributes={**rest, SHOWS_LINKS: True})


def _settings(resource: Resource, templates: Mapping[str, Resource]) -> Resource:
    """Templates with what they are, so that a changed one is told like a new one."""
    names = resource.attributes.get(TEMPLATES)
    if not isinstance(names, tuple):
        return resource
    chosen = [templates[str(name)] for name in names if str(name) in templates]
    paths = {item.address.name: item.attributes["html"] for item in chosen if "html" in item.attributes}
    return replace(resource, attributes={**resource.attributes, TEMPLATES: tuple(map(_template, chosen)), PATHS: paths})


def _template(resource: Resource) -> dict[str, Value]:
    words = {word: resource.attributes[word] for word in _OF_TEMPLATES if word in resource.attributes}
    return {"name": resource.address.name, **words}
