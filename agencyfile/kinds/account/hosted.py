"""Accounts and sandboxes in `account_list`, which holds both (`docs/portal.md` 1.3)."""

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
    """Return `sandbox.NAME` if the plan's tier or the file makes it a sandbox, else `account.NAME`."""
    label = account_label(row.account)
    is_sandbox = catalogue.tier_of(row.planid) == SANDBOX or label in sandboxes
    return Address("sandbox" if is_sandbox else "account", label)


def hosted_rows(view: PortalView) -> Mapping[Address, AccountRow]:
    """Return every row by the address that the file would give it."""
    sandboxes = frozenset(name for resource in view.declared("sandbox") for _, name in addresses_of(resource))
    return {address_of(row, view.offers, sandboxes): row for row in view.accounts.rows}


def _needs(desired: Sequence[Resource], removals: Sequence[Removal]) -> Collection[PortalList]:
    return (PortalList.ACCOUNTS,) if desired or removals else ()


def _needs_catalogue(desired: Sequence[Resource], rows: Sequence[AccountRow]) -> bool:
    ids = {account_label(row.account): row.planid for row in rows}
    return any(_asks_for_another_plan(resource, ids) for resource in desired)


def _asks_for_another_plan(resource: Resource, ids: Mapping[str, str]) -> bool:
    """Return whether the resource declares its plan by terms, or by another id than it has."""
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
    """Find pending accounts. A single one is searched for; the whole list is read only if the search fails."""
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
    """Return the rows of these accounts. No page is read after the last one is found."""
    found: dict[str, AccountRow] = {}
    if not labels:
        return found
    for row in lists.find_accounts(labels):
        found.setdefault(account_label(row.account), row)
        if len(found) == len(labels):
            break
    return found


def _needs_source(item: Pending, row: AccountRow) -> bool:
    """Return whether to look up the numeric id. The hub lists a sandbox only once snapshots can be taken of it."""
    return item.needs_id and item.address.kind == "sandbox" and not is_creating(row)


def _remote_id(address: Address, sources: Sources) -> str | None:
    """Return the name of an account, or the number by which snapshots are taken of a sandbox."""
    return sources.ids.get(address.name) if address.kind == "sandbox" else address.name


HOSTED: Final = Listed(needs=_needs, needs_catalogue=_needs_catalogue, live=_live, watch=_watch)
