"""Branding of accounts: by the account's own API where it is declared, else by hand (`portal.md` rule 51, 3)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.branding.completion import SHOWS_LINKS, completed_brandings
from agencyfile.kinds.branding.fields import LINKS, WORDS, fields_of, settings_lines
from agencyfile.kinds.branding.operations import BRANDINGS, EDIT, OPERATIONS
from agencyfile.kinds.wording import find_account, numbered
from plan.address import Address
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Manual, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability, ResourceStatus
from plan.resource import Live, Resource
from plan.values import Attributes, Value

_ATTRIBUTES: Final = attribute_table(
    {
        **dict.fromkeys(WORDS, Mutability.EDITABLE),
        "account": Mutability.CREATION,
        "api": Mutability.CREATION,
        SHOWS_LINKS: Mutability.CREATION,
    }
)


def _account(address: Address) -> Address:
    return Address("account", address.name)


class BrandingKind:
    """How one account looks; its name is the account's. Nothing reads it back: the ledger knows what was sent."""

    name = "branding"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    at_portal = AtPortal(
        provision=AT_ONCE, operations=OPERATIONS, own_lists=(BRANDINGS,), owner=_account, complete=completed_brandings
    )

    def is_manual(self, resource: Resource) -> bool:
        """The agency API has no call for it (rule 51)."""
        return "api" not in resource.attributes

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """It can be set anew."""
        return Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:
        """Whose."""
        return f"branding of `{resource.address.name}`"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Where the portal keeps the white label of one account (rule 51)."""
        name = resource.address.name
        words = resource.attributes
        changed = {edit.attribute: words[edit.attribute] for edit in edits if edit.attribute in words}
        steps = (
            f"{find_account(name)} and choose Edit.",
            "Open the branding of this one account and set this, leaving the rest as it is:",
        )
        lines = (f"  {line}" for line in settings_lines(changed))
        return Instructions(f"Set the branding of {name}", "\n".join((numbered(steps), "", *lines, "", "3. Save.")))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Nothing keeps a branding archived."""
        return self.instruction(resource, ())

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """Links that were hidden once come back by hand alone: the API hides them with any value (section 3, trap)."""
        if not (resource.attributes.get(SHOWS_LINKS) and status.sent.get(LINKS) is False):
            return ()
        name = resource.address.name
        steps = (
            f"{find_account(name)} and choose Edit.",
            "Open the branding of this one account, let the vendor's links be shown, and save.",
        )
        return (
            Manual(
                address=resource.address,
                edits=(),
                instruction=Instructions(f"Show the vendor's links in {name} again", numbered(steps)),
                reason="the API can hide them, and not bring them back",
                origin=resource.origin_of(f"branding.{LINKS}"),
                topic=LINKS,
                done={LINKS: True},
            ),
        )

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """One call with everything that is declared."""
        if isinstance(change, Delete) or "api" not in change.attributes:
            return ()
        parameters: dict[str, Value] = {
            "account": change.address.name,
            "api": change.attributes["api"],
            "branding": fields_of(change.attributes),
        }
        return (EDIT.call(change.address, parameters, change.effect),)
