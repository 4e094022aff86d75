"""The recurring amounts of accounts that the portal lists, by the same rules as those of a plan."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agencyfile.kinds import KINDS
from plan.billing import Subscription, Yearly, yearly
from plan.provider import Billable

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry


def subscription_of(entry: "AccountEntry") -> Subscription | None:
    """Return what the portal bills for an account term after term; None where nothing is billed."""
    kind = KINDS[entry.address.kind]
    if entry.is_archived or entry.is_free or not isinstance(kind, Billable):
        return None
    return kind.subscription({"plan": entry.plan})


def billed_for(entries: Iterable["AccountEntry"]) -> Yearly:
    """Return what the portal bills for all of them."""
    return yearly(subscription_of(entry) for entry in entries)
