"""Domains that a customer number allows for its contacts. The export of contacts does not show them."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.by_hand import ByHandKind
from agencyfile.kinds.contact.journeys import open_customer
from agencyfile.kinds.support_mail import text
from agencyfile.kinds.wording import numbered
from plan.change import Edit, Instructions
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Resource

_ATTRIBUTES: Final = attribute_table({"number": Mutability.FIXED, "domain": Mutability.FIXED})


class AllowedDomainKind(ByHandKind):
    """One domain of one customer number; its name is `NUMBER.DOMAIN`."""

    name = "allowed_domain"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    memory = Memory.LEDGER

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Tell how to add the domain."""
        number, domain = text(resource.attributes, "number"), text(resource.attributes, "domain")
        steps = (
            open_customer(number),
            f"Choose Allowed domains, type `{domain}`, and choose Add. Only a customer administrator can.",
            "Wait until the domain works: that may take up to an hour.",
        )
        return Instructions(f"Allow {domain} for {number}", numbered(steps))
