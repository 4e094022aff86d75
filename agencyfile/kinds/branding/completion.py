"""Brandings in the form that the API takes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agencyfile.kinds.at_portal import Completed
from agencyfile.kinds.branding.fields import LINKS
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from plan.resource import Resource

SHOWS_LINKS: Final = "shows_links"  # what `links: true` becomes where the API is used: it can only hide them


def completed_brandings(resources: Sequence[Resource], _: PortalView, __: LiveObjects) -> Completed:
    """Mark links to be shown: the API has no field for that, and hides them with any value (section 3, trap)."""
    return Completed(tuple(with_own_api(item) if item.address.kind == "branding" else item for item in resources))


def with_own_api(resource: Resource) -> Resource:
    """Return a branding in the form that the account's own API takes; unchanged if nothing opens that API."""
    words = resource.attributes
    if not words.keys() & {"api", "key"} or words.get(LINKS) is not True:
        return resource
    rest = {name: value for name, value in words.items() if name != LINKS}
    return replace(resource, attributes={**rest, SHOWS_LINKS: True})
