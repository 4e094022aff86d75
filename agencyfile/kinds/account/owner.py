"""The account that a resource belongs to."""

from agencyfile.kinds.account.tier_at_portal import declared_tier, tier_of
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import held
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference


def account_by_first_name(address: Address) -> Address:
    """Return the account that `KIND.ACCOUNT.NAME` belongs to."""
    return Address("account", address.name.partition(".")[0])


def owner_tier(resource: Resource, view: PortalView, live: LiveObjects) -> tuple[Address | None, str]:
    """Return the declared account that a resource belongs to, and the tier of its plan.

    Return neither if the file itself tells the tier: then the language has checked it.
    """
    reference = resource.attributes.get("account")
    account = view.at(reference.address) if isinstance(reference, Reference) else None
    if account is None or declared_tier(account):
        return None, ""
    return account.address, tier_of(account, held(account, live), view.offers)
