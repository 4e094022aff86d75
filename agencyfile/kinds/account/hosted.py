"""Accounts and sandboxes in `account_list`, which holds both (`portal.md` 1.3)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.completion import declared_plan
from agencyfile.kinds.account.live import is_creating, live_account
from agencyfile.kinds.at_portal import Listed
from agencyfile.kinds.catalogue import SANDBOX, Catalogue
from agencyfile.kinds.portal_view import LiveObjects, PortalList, PortalView, Watching
from agencyfile.kinds.previous_names import addresses_of
from agencyfile.kinds.rows import AccountRow
from agencyfile.kinds.sandbox.sources import Sources, sources_of
from plan.address import Address
from plan.provider import Pending
from plan.resource import Removal, Resource


def address_of(row: AccountRow, catalogue: Catalogue, sandboxes: frozenset[str]) -> Address:
    """`sandbox.NAME` where its plan's tier says so, or the file does; else `account.NAME`."""
    label = account_label(row.account)
    is_sandbox = catalogue.tier_of(row.planid) == SANDBOX or label in sandboxes
    return Address("sandbox" if is_sandbox else "account", label)


def hosted_rows(view: PortalView) -> Mapping[Address, AccountRow]:
    """Every row, by the address that the file would give it."""
    sandboxes = frozenset(name for resource in view.declared("sandbox") for _, name in addresses_of(resource))
    return {address_of(row, view.offers, sandboxes): row for row in view.accounts.rows}


def _needs(desired: Sequence[Resource], removals: Sequence[Removal]) -> Collection[PortalList]:
    return (PortalList.ACCOUNTS,) if desired or removals else ()


def _needs_catalogue(desired: Sequence[Resource], rows: Sequence[AccountRow]) -> bool:
    ids = {account_label(row.account): row.planid for row in rows}
    return any(_asks_for_another_plan(resource, ids) for resource in desired)


def _asks_for_another_plan(resource: Resource, ids: Mapping[str, str]) -> bool:
    """Does it declare a plan by its terms, or by an id that is not the one it has?"""
    plan = declared_plan(resource)
    if plan is None:
        return False
    has = next((ids[name] for _, name in addresses_of(resource) if name in ids), None)
    return "id" not in plan or has != str(plan["id"])


def _live(view: PortalView) -> LiveObjects:
    sources, offers = view.once(sources_of), view.offers
    return {
        address: live_account(address, row, offers, _remote_id(address, sources), view.today)
        for address, row in view.once(hosted_rows).items()
    }


def _watch(pending: Collection[Pending], lists: Watching) -> LiveObjects:
    """One account alone is searched for, and looked for in the whole list only where the search does not find it."""
    wanted = {item.address.name: item for item in pending}
    rows = _first_rows(lists, set(wanted))
    needs_sources = any(_needs_source(wanted[label], row) for label, row in rows.items())
    sources = Sources.of(lists.sources()) if needs_sources else Sources()
    addresses = {label: wanted[label].address for label in rows}
    return {
        address: live_account(address, rows[label], lists.catalogue, _remote_id(address, sources), lists.today)
        for label, address in addresses.items()
    }


def _first_rows(lists: Watching, labels: set[str]) -> dict[str, AccountRow]:
    """The rows of these accounts; nothing is asked for once all have been seen."""
    found: dict[str, AccountRow] = {}
    if not labels:
        return found
    for row in lists.find_accounts(labels):
        found.setdefault(account_label(row.account), row)
        if len(found) == len(labels):
            break
    return found


def _needs_source(item: Pending, row: AccountRow) -> bool:
    """Has its numeric id to be looked up? Not before it is ready: the hub lists what snapshots can be taken of."""
    return item.needs_id and item.address.kind == "sandbox" and not is_creating(row)


def _remote_id(address: Address, sources: Sources) -> str | None:
    """An account's is its name; a sandbox's is the number that snapshots are taken by."""
    return sources.ids.get(address.name) if address.kind == "sandbox" else address.name


HOSTED: Final = Listed(needs=_needs, needs_catalogue=_needs_catalogue, live=_live, watch=_watch)
