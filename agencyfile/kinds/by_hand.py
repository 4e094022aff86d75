"""The part that kinds share whose every change is made by a person, and whose live state is an export."""

from collections.abc import Sequence

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.resource import Live, Resource
from plan.values import Attributes

# The vendor's portal holds no object of such a kind, and has no call for it.
ELSEWHERE = AtPortal(provision=AT_ONCE)


class ByHandKind:
    """A kind without calls and without prices."""

    is_deliverable = True
    has_credential = False
    at_portal = ELSEWHERE

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return True: a person makes every change."""
        return True

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return the effect of a manual step."""
        return Effect.MANUAL

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:  # noqa: ARG002 - the port's shape
        """Return the reason why a person has to do it."""
        return "the operator has no API for contacts"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """The words for a human."""
        raise NotImplementedError

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the words of a creation, because an export shows nothing archived."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:  # noqa: ARG002 - the port's shape
        """Return no calls."""
        return ()
