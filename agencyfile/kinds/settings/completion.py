"""Default account settings, completed from the templates that the file declares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agencyfile.kinds.at_portal import Completed
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from plan.resource import Resource
from plan.values import Value

TEMPLATES: Final = "templates"
PATHS: Final = "paths"  # where the HTML of basic templates stands, for whoever pastes it

_OF_TEMPLATES: Final = ("type", "content", "share_link", "source_account", "tags")


def completed_settings(resources: Sequence[Resource], view: PortalView, _: LiveObjects) -> Completed:
    """Add the content of each template, so that a changed template is a change of the settings."""
    templates = {item.address.name: item for item in view.declared("template")}
    return Completed(
        tuple(_settings(item, templates) if item.address.kind == "settings" else item for item in resources)
    )


def _settings(resource: Resource, templates: Mapping[str, Resource]) -> Resource:
    names = resource.attributes.get(TEMPLATES)
    if not isinstance(names, tuple):
        return resource
    chosen = [templates[str(name)] for name in names if str(name) in templates]
    paths = {item.address.name: item.attributes["html"] for item in chosen if "html" in item.attributes}
    return replace(resource, attributes={**resource.attributes, TEMPLATES: tuple(map(_template, chosen)), PATHS: paths})


def _template(resource: Resource) -> dict[str, Value]:
    words = {word: resource.attributes[word] for word in _OF_TEMPLATES if word in resource.attributes}
    return {"name": resource.address.name, **words}
