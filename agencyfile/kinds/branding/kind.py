"""Branding of accounts: by the account's own API where it is declared, else by hand (`docs/portal.md` rule 51, 3)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.branding.completion import SHOWS_LINKS, completed_brandings
from agencyfile.kinds.branding.fields import FLAGS, LINKS, OPENING, WORDS, fields_of, settings_lines
from agencyfile.kinds.branding.operations import BRANDINGS, EDIT, OPERATIONS
from agencyfile.kinds.branding.polarity import POLARITY_ASSUMED
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
        FLAGS: Mutability.EDITABLE,
        "account": Mutability.CREATION,
        "api": Mutability.CREATION,
        "key": Mutability.CREATION,
        SHOWS_LINKS: Mutability.CREATION,
    }
)


def _account(address: Address) -> Address:
    return Address("account", address.name)


class BrandingKind:
    """Branding of one account, under the account's name. No call reads it, so the ledger records what was sent."""

    name = "branding"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    needs_open_owner = True
    at_portal = AtPortal(
        provision=AT_ONCE,
        operations=OPERATIONS,
        own_lists=(BRANDINGS,),
        rules=(POLARITY_ASSUMED,),
        owner=_account,
        complete=completed_brandings,
    )

    def is_manual(self, resource: Resource) -> bool:
        """Return whether it is set by hand: the agency API has no call for it (rule 51)."""
        return not resource.attributes.keys() & OPENING

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return reversible, because it can be set again."""
        return Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:
        """Return the reason, which names the account."""
        return f"branding of `{resource.address.name}`"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell where the portal has the white label of one account (rule 51)."""
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
        """Return the instruction for a new one, because the portal archives no brandings."""
        return self.instruction(resource, ())

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """Yield the step that shows hidden links again, because the API hides them with any value (section 3, trap)."""
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
        """Return one call with all declared keys."""
        words = change.attributes
        if isinstance(change, Delete) or not words.keys() & OPENING:
            return ()
        parameters: dict[str, Value] = {"account": change.address.name}
        parameters |= {"api": words["api"]} if "api" in words else {}
        parameters["branding"] = fields_of(words)
        return (EDIT.call(change.address, parameters, change.effect),)
