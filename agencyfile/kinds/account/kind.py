"""Client accounts: billed on creation, few editable attributes, cancelled but never deleted (`docs/portal.md` 2.3)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.account.calls import cancel_calls, creation_calls, update_calls
from agencyfile.kinds.account.checks import RULES, account_checks
from agencyfile.kinds.account.completion import completed_plans, priced_changes
from agencyfile.kinds.account.hosted import HOSTED
from agencyfile.kinds.account.manual_steps import account_steps, ending_words, transfer
from agencyfile.kinds.account.operations import OPERATIONS
from agencyfile.kinds.account.reactivation import reactivation
from agencyfile.kinds.at_portal import AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.delivery.derivation import deliveries
from agencyfile.kinds.price import plan_effect, plan_price, plan_subscription
from agencyfile.kinds.support_mail import text
from agencyfile.kinds.wording import live_tier, new_password, numbered, rename_by_mail, write_once
from plan.address import Address
from plan.billing import Subscription
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Manual, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability, ResourceStatus
from plan.resource import Live, Removal, Resource
from plan.values import Attributes, Reference

_ATTRIBUTES: Final = attribute_table(
    {
        "client.name": Mutability.MANUAL,
        "client.email": Mutability.MANUAL,
        "notification": Mutability.EDITABLE,
        "snapshot": Mutability.CREATION,
        "plan": Mutability.EDITABLE,
        "domain": Mutability.EDITABLE,
        "language": Mutability.MANUAL,
        "timezone": Mutability.MANUAL,
        "status": Mutability.EDITABLE,
        "country": Mutability.FIXED,  # where the data lies (rule 29)
        "currency": Mutability.FIXED,
        "api": Mutability.CREATION,
        "templates": Mutability.CREATION,
        "keeps_templates": Mutability.CREATION,
        "trial.extended": Mutability.CREATION,
        "reactivations": Mutability.CREATION,
        "reactivated": Mutability.CREATION,
    }
)
_DATA_IS_GONE: Final = (
    "If it ended more than a year ago its data is gone and nothing brings it back: "
    "declare a new account under a new name."
)
_TOO_LATE: Final = (
    "It ended more than a year ago: its data is gone, and nobody can restore it.",
    "Declare a new account under a new name, and take this block out.",
)


class AccountKind:
    """A client's account.

    Args:
        account_login: whether the login of a new account may be used to put templates into it.
    """

    def __init__(self, *, account_login: bool = False) -> None:
        self._account_login = account_login

    name = "account"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = True
    memory = Memory.PORTAL
    at_portal = AtPortal(
        provision=HOSTED,
        operations=OPERATIONS,
        rules=RULES,
        complete=completed_plans,
        check=account_checks,
        price_changes=priced_changes,
    )

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False, because the API creates it."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        """Return billed if the card is charged. A trial is free, and `account_cancel` ends it (rules 32, 37, 42)."""
        return plan_effect(before, after)

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:
        """Return the list price of a creation, or the price of a change of plan."""
        return plan_price(before, after)

    def subscription(self, attributes: Attributes) -> Subscription | None:
        """Return the plan with its list price and term."""
        return plan_subscription(attributes)

    def client(self, attributes: Attributes) -> str:
        """Return the client's name."""
        return text(attributes, "client.name")

    def reason(self, resource: Resource) -> str:
        """Return the reason: the account is new, and from which snapshot."""
        snapshot = resource.attributes.get("snapshot")
        return f"new block, from snapshot `{snapshot.address.name}`" if isinstance(snapshot, Reference) else "new block"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell how to edit the client in the portal, and language and time zone inside the account (rule 28)."""
        return write_once(resource, edits)

    def manual_steps(self, resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
        """Yield the steps for moving in, finishing a clone, DNS, handing over and extending a trial."""
        return account_steps(resource, status)

    def closed(self, attributes: Attributes) -> str:
        """Return `disabled` for such an account: nobody gets in, its own API included (`docs/portal.md` section 3)."""
        return "disabled" if attributes.get("status") == "disabled" else ""

    def derived(
        self, resource: Resource, desired: Mapping[Address, Resource], status: ResourceStatus
    ) -> Sequence[Resource]:
        """Return the deliveries of its templates. The Partners Hub returns no login (`docs/portal.md` 1.8)."""
        has_login = self._account_login and "country" not in resource.attributes
        return tuple(deliveries(resource, desired, status, has_login=has_login))

    def renaming(self, resource: Resource, live: Live) -> Instructions:
        """Tell how to rename it: by mail to support (`docs/portal.md` 1.5)."""
        return rename_by_mail(resource, live)

    def manual_removal(self, removal: Removal, live: Live) -> Manual | None:
        """Return the step of a transfer, which support makes (rule 35). A cancellation is a call."""
        return transfer(removal, live) if removal.action == "transfer" else None

    def ending_words(self, removal: Removal) -> Sequence[str]:
        """Tell what becomes of the data of a cancelled account (rules 37 to 41)."""
        return ending_words(removal)

    def revival(self, resource: Resource, live: Live) -> Instructions:
        """Tell how to renew it: no public API does (rules 39 to 41, 44)."""
        if live.is_lost:
            return Instructions(f"Replace {resource.address}, which nothing brings back", numbered(_TOO_LATE))
        title = f"Renew {resource.address}, which the portal keeps as {live.archived}"
        steps = _trial_steps if live_tier(live) == "trial" else _paid_steps
        return Instructions(title, numbered(steps(resource)))

    def revived(self, resource: Resource, live: Live, sent: Attributes) -> Update | None:
        """Return the change that bills a cancelled account again, if the file allows one more (R8)."""
        return reactivation(resource, live, sent)

    def recovery(self, resource: Resource) -> Instructions:
        """Tell how to set a new password inside the account (rule 72)."""
        return new_password(resource)

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call to create or edit it and one for its status, or one to cancel it."""
        match change:
            case Create():
                return creation_calls(change)
            case Update():
                return update_calls(change)
            case Delete():
                return cancel_calls(change)


def _paid_steps(resource: Resource) -> tuple[str, ...]:
    return (
        f"In the partner portal, open the archived accounts, find `{resource.address.name}` and choose Renew.",
        f"Choose the plan that the file declares: {_plan_words(resource)}. The stored card is charged at once.",
        "Wait for the mail that says it is done: it goes to the agency only. Then plan again.",
        "From then on the account is billed on its own renewal day, to the same card.",
        _DATA_IS_GONE,
    )


def _trial_steps(resource: Resource) -> tuple[str, ...]:
    return (
        f"In the partner portal, open the accounts under Expired and find `{resource.address.name}`.",
        f"For a paid plan choose Renew and then {_plan_words(resource)}: the stored card is charged at once.",
        "To go on with the trial choose Renew for its one free renewal of two weeks; there is no second one.",
        "Then plan again.",
        _DATA_IS_GONE,
    )


def _plan_words(resource: Resource) -> str:
    plan = resource.attributes.get("plan")
    if not isinstance(plan, Mapping):
        return "the one it had"
    if "tier" not in plan:
        return f"the plan with id {plan.get('id')}"
    contacts = f"{plan['contacts']} contacts" if "contacts" in plan else ""
    return ", ".join(filter(None, (str(plan["tier"]), str(plan.get("billing", "")), contacts)))
