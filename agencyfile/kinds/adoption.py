"""Checks of adoption. Unlike accounts, sandboxes and snapshots cannot be moved in, so a missing one is a wrong name."""

from collections.abc import Iterable, Iterator
from typing import Final

from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects
from agencyfile.kinds.previous_names import held
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Resource
from plan.rule import Rule

_ADOPTED_NOT_FOUND: Final = Rule(
    "adopted-not-found",
    "what is to be adopted is not at the portal",
    "correct the name, or take `adopt: true` out to have it made",
    "portal.md rules 12, 34",
    Severity.WARNING,
)

RULES: Final = (_ADOPTED_NOT_FOUND,)


def adoption_checks(resources: Iterable[Resource], live: LiveObjects) -> Iterator[Diagnostic]:
    """Find blocks to be adopted whose object is not at the portal."""
    for resource in resources:
        kind, name = resource.address
        if resource.adopt and held(resource, live) is None:
            yield found(
                _ADOPTED_NOT_FOUND,
                f"The portal has no {kind} named `{name}`: nothing is made of this block, and "
                "what needs it has to wait.",
                origin=resource.origin_of("adopt"),
                address=resource.address,
            )
