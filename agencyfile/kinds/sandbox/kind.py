"""Sandboxes: free accounts that snapshots are taken of (`docs/portal.md` section 2.1)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.account.calls import cancel_calls, creation_calls, update_calls
from agencyfile.kinds.account.completion import completed_plans
from agencyfile.kinds.account.hosted import HOSTED
from agencyfile.kinds.account.operations import OPERATIONS
from agencyfile.kinds.at_portal import AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.price import plan_effect, plan_price, plan_subscription
from agencyfile.kinds.sandbox.checks import RULES, sandbox_checks
from agencyfile.kinds.support_mail import host_of, support_mail
from agencyfile.kinds.wording import new_password, numbered, rename_by_mail, write_once
from plan.billing import Subscription
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Manual, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability, ResourceStatus
from plan.resource import Live, Resource
from plan.values import Attributes

_ATTRIBUTES: Final = attribute_table(
    {
        "client.name": Mutability.MANUAL,
        "client.email": Mutability.MANUAL,
        "notification": Mutability.EDITABLE,
        "language": Mutability.MANUAL,
        "timezone": Mutability.MANUAL,
        "custom_fields": Mutability.CREATION,
        "plan": Mutability.FIXED,  # rules 1, 5, 6: never anything else, in either direction
    }
)


class SandboxKind:
    """A sandbox: an account on the sandbox tier. Its remote id is the number that snapshots are taken by."""

    name = "sandbox"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = True
    memory = Memory.PORTAL
    at_portal = AtPortal(
        provision=HOSTED, operations=OPERATIONS, rules=RULES, complete=completed_plans, check=sandbox_checks
    )

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False, because the API creates it."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        """Return reversible, or billed if the portal puts a price on the tier. `account_cancel` ends a sandbox."""
        return plan_effect(before, after)

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:
        """Return None, unless the portal puts a price on the tier."""
        return plan_price(before, after)

    def subscription(self, attributes: Attributes) -> Subscription | None:
        """Return the plan, which costs nothing unless the portal puts a price on the tier."""
        return plan_subscription(attributes)

    def reason(self, resource: Resource) -> str:  # noqa: ARG002 - the port's shape
        """Return the reason: the object is new."""
        return "new block"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Return the instruction for any account."""
        return write_once(resource, edits)

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """Yield the step that asks support for custom fields (rule 8)."""
        is_there = status.is_planned or status.live is not None
        return (_custom_fields(resource),) if resource.attributes.get("custom_fields") and is_there else ()

    def renaming(self, resource: Resource, live: Live) -> Instructions:
        """Tell how to rename it: by mail to support, as for any account (`docs/portal.md` 1.5)."""
        return rename_by_mail(resource, live)

    def revival(self, resource: Resource, live: Live) -> Instructions:
        """Tell what to ask support: no source says how to restore an archived sandbox."""
        steps = (
            f"In the partner portal, open the archived accounts, find `{resource.address.name}` and look for Renew.",
            "Where the portal does not offer it, declare a sandbox under a new name and rebuild it there.",
            "Snapshots that were taken of it stay as they are.",
        )
        return Instructions(
            f"Bring {resource.address} back, which the portal keeps as {live.archived}", numbered(steps)
        )

    def recovery(self, resource: Resource) -> Instructions:
        """Tell how to set a new password inside the account (rule 72)."""
        return new_password(resource)

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call to create, edit or cancel it, as for any account."""
        match change:
            case Create():
                return creation_calls(change)
            case Update():
                return update_calls(change)
            case Delete():
                return cancel_calls(change)


def _custom_fields(resource: Resource) -> Manual:
    host = host_of(resource.address.name)
    body = (f"please open custom fields in the sandbox {host}, which is in our partner portal.",)
    ready = support_mail(f"Custom fields in the sandbox {host}", body, resource.attributes)
    words = f"1. Send the mail below. Until it is answered the sandbox has no custom fields.\n\n{ready}"
    return Manual(
        address=resource.address,
        edits=(),
        instruction=Instructions(f"Have custom fields opened in {resource.address.name}", words),
        reason="`custom_fields`: a sandbox has them by support request only",
        origin=resource.origin_of("custom_fields"),
        topic="custom-fields",
        after=(resource.address,),
    )
