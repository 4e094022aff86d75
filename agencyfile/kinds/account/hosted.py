"""Accounts and sandboxes in `account_list`, which holds both (`docs/portal.md` 1.3)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.completion import declared_plan
from agencyfile.kinds.account.live import is_creating, live_account
from agencyfile.kinds.account.reactivation import may_be_reactivated
from agencyfile.kinds.at_portal import Baselines, Listed
from agencyfile.kinds.catalogue import SANDBOX, Catalogue
from agencyfile.kinds.portal_view import LiveObjects, PortalList, PortalView, Watching
from agencyfile.kinds.previous_names import addresses_of, held
from agencyfile.kinds.rows import AccountRow, SourceRow, is_archived
from agencyfile.kinds.snapshot_sources import Sources, everyone, resolve, sources_of
from plan.address import Address
from plan.change import FORGET
from plan.provider import Pending
from plan.resource import Live, Removal, Resource


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


def _needs_catalogue(desired: Sequence[Resource], removals: Sequence[Removal], rows: Sequence[AccountRow]) -> bool:
    """Return whether prices are needed: for another plan, or for an account that ends."""
    ids = {account_label(row.account): row.planid for row in rows}
    ended = {account_label(row.account) for row in rows if is_archived(row)}
    ends = {removal.address.name for removal in removals if removal.action != FORGET}
    is_ended = any(account_label(row.account) in ends - ended for row in rows) if ends else False
    return is_ended or any(
        _asks_for_another_plan(resource, ids) or _is_reactivated(resource, ended) for resource in desired
    )


def _is_reactivated(resource: Resource, ended: Collection[str]) -> bool:
    """Return whether the price of a reactivation may be needed."""
    return may_be_reactivated(resource) and any(name in ended for _, name in addresses_of(resource))


def _asks_for_another_plan(resource: Resource, ids: Mapping[str, str]) -> bool:
    """Return whether the resource declares its plan by terms, or by another id than it has."""
    plan = declared_plan(resource)
    if plan is None:
        return False
    has = next((ids[name] for _, name in addresses_of(resource) if name in ids), None)
    return "id" not in plan or has != str(plan["id"])


def _live(view: PortalView) -> LiveObjects:
    sources, offers = view.once(sources_of), view.offers
    found = {
        address: live_account(
            address, _spelled(row, view.at(address)), offers, _remote_id(address, sources), view.today
        )
        for address, row in view.once(hosted_rows).items()
    }
    doubtful = {
        address: doubt for name, doubt in sources.doubts.items() if (address := Address("sandbox", name)) in found
    }
    return found | {address: replace(found[address], unidentified=doubt) for address, doubt in doubtful.items()}


def _spelled(row: AccountRow, declared: Resource | None) -> AccountRow:
    """Return the row with the client's address as the file spells it, if only upper and lower case differ."""
    email = declared.attributes.get("client.email") if declared else None
    shown = row.client_email
    if shown is None or shown == email or not isinstance(email, str) or shown.lower() != email.lower():
        return row
    return replace(row, client_email=email)


def _baselines(view: PortalView) -> Baselines:
    """Return the numbers that the hub had before, for new sandboxes whose own number no login name will tell."""
    sources = view.once(sources_of)
    if not sources.has_display_names:
        return {}
    there = view.once(hosted_rows)
    return {item.address: sources.rows for item in view.declared("sandbox") if held(item, there) is None}


def _watch(pending: Collection[Pending], lists: Watching) -> LiveObjects:
    """Find pending accounts. A single one is searched for; the whole list is read only if the search fails."""
    wanted = {item.address.name: item for item in pending}
    rows = _first_rows(lists, set(wanted))
    shown = lists.sources() if any(_needs_source(wanted[label], row) for label, row in rows.items()) else ()
    return {
        item.address: _new(item, rows[label], _new_sources(item, shown, rows.values(), lists.planned), lists)
        for label, item in wanted.items()
        if label in rows
    }


def _new(item: Pending, row: AccountRow, sources: Sources, lists: Watching) -> Live:
    remote_id = _remote_id(item.address, sources)
    live = live_account(item.address, row, lists.planned.offers, remote_id, lists.planned.today)
    return replace(live, unidentified=sources.doubts.get(item.address.name))


def _new_sources(item: Pending, shown: Sequence[SourceRow], rows: Iterable[AccountRow], planned: PortalView) -> Sources:
    """Return the numbers for a new sandbox: those that were there before its creation belong to others."""
    if item.address.kind != "sandbox" or not shown:
        return Sources()
    fresh = [row for row in shown if row.id not in item.baseline]
    listed = () if item.baseline else planned.accounts.rows
    known = everyone((*listed, *rows), planned.declared("account", "sandbox"))
    if item.baseline:
        before = {account_label(row.account) for row in planned.accounts.rows}
        known = {label: each for label, each in known.items() if label not in before}
    return resolve(fresh, known)


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


HOSTED: Final = Listed(needs=_needs, needs_catalogue=_needs_catalogue, live=_live, baselines=_baselines, watch=_watch)
