"""Templates: only declared. A delivery puts one into an account (`docs/portal.md` section 2.5)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.wording import numbered
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes

_ATTRIBUTES: Final = attribute_table(
    dict.fromkeys(("type", "html", "content", "tags", "share_link", "source_account"), Mutability.CREATION)
)


class TemplateKind:
    """A template. The portal has no such object that the provider could read or write."""

    name = "template"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = False
    has_credential = False
    memory = Memory.PORTAL
    at_portal = AtPortal(provision=AT_ONCE)

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False: it is only declared, and deliveries do the work."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return the effect of a manual step: nothing happens at the portal."""
        return Effect.MANUAL

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:  # noqa: ARG002 - the port's shape
        """Return the reason: the object is new."""
        return "new block"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return no steps: a template itself needs none."""
        return Instructions(f"Deliver {resource.address}", numbered(("Let an account name it, and plan again.",)))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a new one."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:  # noqa: ARG002 - the port's shape
        """Return no calls."""
        return ()
