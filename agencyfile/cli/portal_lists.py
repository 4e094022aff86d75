"""Lists of the portal as documents, filtered and ordered like the portal's own page (docs/portal.md, source S002)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from agencyfile.cli.prices import subscription_of
from agencyfile.cli.records import AccountListing, AccountsDocument, OfferListing
from agencyfile.cli.workspace import Workspace
from plan import Address, Money
from plan.billing import Subscription, yearly
from plan.document.money import encode_yearly

if TYPE_CHECKING:
    from agencyfile.kinds.catalogue import Offer
    from agencyfile.portal.lists.inventory import AccountEntry

TIERS: Final = ("trial", "sandbox", "starter", "plus", "pro", "enterprise")
ALIASES: Final = {"professional": "pro", "lite": "starter"}  # docs/portal.md, end of section 2
ARCHIVED: Final = "archived"  # cancelled or expired (rule 38)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts: each of these narrows the list, and what is empty or None does not."""

    statuses: Collection[str] = ()
    tiers: Collection[str] = ()
    billings: Collection[str] = ()
    name: str | None = None
    managed: bool | None = None

    def covers(self, account: AccountListing) -> bool:
        """Is it one of those?"""
        plan = account["plan"]
        return (
            _is_any_of(self.statuses, (account["status"], ARCHIVED if account["archived"] else ""))
            and _is_any_of(self.tiers, (plan.get("tier"),))
            and _is_any_of(self.billings, (plan.get("billing"),))
            and (self.name is None or fnmatchcase(account["name"], self.name.lower()))
            and (self.managed is None or account["managed"] is self.managed)
        )


def _is_any_of(wanted: Collection[str], found: Iterable[object]) -> bool:
    return not wanted or any(word in wanted for word in found)


def account_documents(accounts: Iterable["AccountEntry"], workspace: Workspace | None) -> list[AccountListing]:
    """Every account and sandbox; `managed` is None without an agency file."""
    declared = None if workspace is None else _declared(workspace)
    return [_account(entry, declared) for entry in accounts]


def _declared(workspace: Workspace) -> set[Address]:
    """Return the objects that blocks name, including their earlier names."""
    resources = workspace.agency_file.resources
    former = {Address(item.address.kind, item.previously) for item in resources if item.previously}
    return former | {resource.address for resource in resources}


def accounts_document(shown: Sequence[AccountListing], every: Sequence[AccountListing]) -> AccountsDocument:
    """The accounts that are shown, and what is billed for them."""
    found = yearly(_subscription(account) for account in shown)
    return {"accounts": list(shown), "total": encode_yearly(found), "unlisted": len(every) - len(shown)}


def _subscription(account: AccountListing) -> Subscription | None:
    price = account["price"]
    if account["billed"] is None:
        return None
    return Subscription(account["billed"], Money.parse(price) if price else None, account["months"])


def _account(entry: "AccountEntry", declared: Collection[Address] | None) -> AccountListing:
    billed = subscription_of(entry)
    per_month = yearly([billed]).per_month
    return {
        "address": str(entry.address),
        "name": entry.address.name,
        "status": entry.status,
        "archived": entry.is_archived,
        "plan": dict(entry.plan),
        "billed": billed.plan if billed else None,
        "price": str(billed.price) if billed and billed.price and billed.months else None,
        "months": billed.months if billed else 0,
        "per_month": str(per_month[0]) if per_month else None,
        "client": entry.client_name,
        "notification": entry.notification,
        "domain": entry.domain,
        "contacts": entry.contacts,
        "emails_sent": entry.emails_sent,
        "created": entry.created_at.isoformat() if entry.created_at else None,
        "expires": entry.expires.isoformat() if entry.expires else None,
        "managed": None if declared is None else entry.address in declared,
    }


def _size(account: AccountListing) -> Any:
    return account["plan"].get("contacts")


def _plan_rank(account: AccountListing) -> Any:
    tier = account["plan"].get("tier")
    return (TIERS.index(tier), account["plan"].get("billing", ""), _size(account) or 0) if tier in TIERS else None


SORTS: Final[Mapping[str, Callable[[AccountListing], Any]]] = {
    "name": lambda account: account["name"],
    "status": lambda account: account["status"] or None,
    "plan": _plan_rank,
    "size": _size,
    "price": lambda account: Money.parse(account["per_month"]) if account["per_month"] else None,
    "client": lambda account: account["client"].lower() or None,
    "created": lambda account: account["created"],
    "expires": lambda account: account["expires"],
}


def in_order(accounts: Sequence[AccountListing], by: str, *, reverse: bool) -> list[AccountListing]:
    """By one of `SORTS`, then by name; where it is not known what an account is ordered by, it comes last."""
    key = SORTS[by]
    named = sorted(accounts, key=lambda account: account["name"])
    known = [account for account in named if key(account) is not None]
    unknown = [account for account in named if key(account) is None]
    return sorted(known, key=key, reverse=reverse) + unknown


def plan_documents(offers: Iterable["Offer"], tiers: Collection[str], billings: Collection[str]) -> list[OfferListing]:
    """The plans on offer, narrowed; where the portal's words for one are not known, it is None."""
    found = map(_plan, offers)
    return [plan for plan in found if _is_any_of(tiers, (plan["tier"],)) and _is_any_of(billings, (plan["billing"],))]


def _plan(offer: "Offer") -> OfferListing:
    terms = offer.terms
    return {
        "id": offer.plan_id,
        "tier": terms.tier if terms else None,
        "billing": terms.billing if terms else None,
        "contacts": terms.contacts if terms else None,
        "list_price": str(offer.list_price) if offer.list_price else None,
    }
