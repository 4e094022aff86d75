"""The half of the provider that cannot change anything."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Self

from agencyfile.fields.account_names import account_label
from agencyfile.kinds import make_kinds
from agencyfile.portal.apis.wire import AccountRow, SnapshotRow
from agencyfile.portal.completion import HOSTED, declared_plan
from agencyfile.portal.connection import Connection
from agencyfile.portal.lists import days
from agencyfile.portal.lists.catalogue import Catalogue, Offer
from agencyfile.portal.lists.inventory import Inventory
from agencyfile.portal.lists.inventory_reader import take_inventory
from agencyfile.portal.lists.matching import (
    Sources,
    is_creating,
    live_account,
    new_snapshot,
    snapshots_by_name,
)
from agencyfile.portal.lists.pages import Listing
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.portal_index import PROVISIONED, Findings, Names
from agencyfile.portal.previous_names import addresses_of
from agencyfile.portal.quoting import Clock, Quotes
from agencyfile.portal.reconciliation.investigation import Investigation
from plan.address import Address
from plan.call import Call
from plan.ledger.history import OpenIntent
from plan.money import Price
from plan.provider import Kind, Pending
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals


class PortalReader:
    """Reads the portal by its lists.

    Requests of one `read`, nothing per object (retries after a failed request are not counted):

    * `account_list`, when any account, sandbox or snapshot is declared or any account or sandbox removed: its pages + 1
      (the empty one that ends it), and 1 more where `first_page` is left open and the portal counts from 1. A portal
      that repeats its last page for ever instead of ending with an empty one costs 1 more.
    * `account_plans`: 1, when some declared plan is a tier (a sandbox's always is), or an account that declares a plan
      id does not exist yet or has another plan: a price is needed then.
    * `snapshot_list`: its pages, when a snapshot is declared or removed.
    * `snapshot_source_list`: 1, when a snapshot is declared.

    Credits are in no list. Single accounts are asked about by `investigate` alone.
    """

    def __init__(
        self, connection: Connection, clock: Clock = time.monotonic, today: Callable[[], date] = days.today
    ) -> None:
        self._connection = connection
        self._kinds = make_kinds(account_login=connection.endpoint.account_login)
        self._today = today
        self._catalogue: Catalogue | None = None  # the last one of a `read`
        self._quotes = Quotes(lambda: connection.lists().catalogue(), clock)

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds, in the order in which plans show them."""
        return self._kinds

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:
        """Read what `desired` and `removals` need.

        Raises:
            PortalError: the portal cannot be read.
        """
        lists = self._connection.lists()
        names = Names.of(desired, removals)
        accounts: Listing[AccountRow] = lists.accounts() if names.needs_accounts else Listing(())
        snapshots: Listing[SnapshotRow] = lists.snapshots() if names.needs_snapshots else Listing(())
        sources = Sources.of(lists.sources(), names.renamed_sandboxes) if names.snapshots else Sources()
        self._catalogue = lists.catalogue() if _needs_catalogue(desired, accounts.rows) else None
        has_hub_key = self._connection.hub.has_key
        found = Findings.of(
            names, accounts, snapshots, self._catalogue, sources, self._today(), has_hub_key=has_hub_key
        )
        return found.reading(names, desired, removals, lists.requests)

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        """Ask every signal that the portal offers what came of `intents`.

        Requests: one steady pass over `account_list`, and one over `snapshot_list`, where any intent needs it; for a
        sandbox that is found, the list of sources once. For each account that is looked for and not listed:
        `account_status`, and where that does not know it `account_name_check`, and with a hub key a search of the hub's
        accounts; the hub's cloning jobs once where one of those was to be made from a snapshot. For each cancellation
        that the list does not show: `account_status`. For each template that was added by an account's own API, and
        each grant before which its balance was known: one request to that API.

        Raises:
            PortalError: a list that is needed cannot be read.
        """
        return Investigation(self._connection.lists(), self._connection.questions()).signals(intents)

    def quote(self, call: Call) -> Price | None:
        """What the portal would charge for a billed call now: one request, whose answer counts for ten seconds.

        Raises:
            PortalError: the portal cannot be read.
        """
        return self._quotes.quote(call, self._catalogue)

    def baseline(self, call: Call) -> tuple[str, ...]:
        """The balance before a grant of email credits; empty for any other call, and where nothing tells a balance.

        Requests: none for an account whose `api` is not declared, else `account_view` of its own API, and where that
        tells credits a search of `account_list`.
        """
        return self._connection.grants.baseline(call)

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        """Look once at what is waited for: at most one pass over each list, which ends when all have been seen.

        What the portal does not provision, a template for one, is there as soon as it is confirmed.
        One account alone is searched for, and looked for in the whole list only where the search does not find it.

        Raises:
            PortalError: the portal cannot be read.
        """
        lists = self._connection.lists()
        found = {item.address: Live(item.address, {}) for item in pending if item.address.kind not in PROVISIONED}
        return {**found, **self._watch_accounts(lists, pending), **_watch_snapshots(lists, pending)}

    def inventory(self) -> Inventory:
        """Everything that the portal lists, whether a file speaks of it or not.

        Requests: `account_list` and `snapshot_list` by their pages as in `read`, `account_plans` 1,
        `snapshot_source_list` 1, `child_account_list` 1 for every 1,000 accounts. Without the hub's key the last three
        lists are not asked for.

        Raises:
            PortalError: the portal cannot be read.
        """
        return take_inventory(self._connection, self._today())

    def offers(self) -> tuple[Offer, ...]:
        """The plans that the portal sells, smallest tier first: one request.

        Raises:
            PortalError: the portal cannot be read.
        """
        return self._connection.lists().catalogue().offers()

    def close(self) -> None:
        """End all waiting and close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _watch_accounts(self, lists: PortalLists, pending: Collection[Pending]) -> dict[Address, Live]:
        wanted = {item.address.name: item for item in pending if item.address.kind in HOSTED}
        rows = _first_rows(lists, set(wanted))
        needs_sources = any(_needs_source(wanted[label], row) for label, row in rows.items())
        sources = Sources.of(lists.sources()) if needs_sources else Sources()
        catalogue = self._catalogue or Catalogue()
        return {
            wanted[label].address: live_account(wanted[label].address, row, catalogue, sources, self._today())
            for label, row in rows.items()
        }


def _needs_source(item: Pending, row: AccountRow) -> bool:
    """Has its numeric id to be looked up? Not before it is ready: the hub lists what snapshots can be taken of."""
    return item.needs_id and item.address.kind == "sandbox" and not is_creating(row)


def _first_rows(lists: PortalLists, labels: set[str]) -> dict[str, AccountRow]:
    """The rows of these accounts; nothing is asked for once all have been seen."""
    found: dict[str, AccountRow] = {}
    if not labels:
        return found
    for row in lists.find_accounts(labels):
        found.setdefault(account_label(row.account), row)
        if len(found) == len(labels):
            break
    return found


def _watch_snapshots(lists: PortalLists, pending: Collection[Pending]) -> dict[Address, Live]:
    wanted = [item for item in pending if item.address.kind == "snapshot"]
    if not wanted:
        return {}
    by_name = snapshots_by_name(lists.snapshots().rows)
    found = {item.address: _new_snapshot(item, by_name.get(item.address.name, ())) for item in wanted}
    return {address: live for address, live in found.items() if live is not None}


def _new_snapshot(item: Pending, rows: Sequence[SnapshotRow]) -> Live | None:
    return new_snapshot(item.address.name, [row for row in rows if row.id not in item.baseline])


def _needs_catalogue(desired: Iterable[Resource], rows: Iterable[AccountRow]) -> bool:
    ids = {account_label(row.account): row.planid for row in rows}
    return any(_asks_for_another_plan(resource, ids) for resource in desired)


def _asks_for_another_plan(resource: Resource, ids: Mapping[str, str]) -> bool:
    """Does it declare a plan by its terms, or by an id that is not the one it has?"""
    plan = declared_plan(resource)
    if plan is None:
        return False
    has = next((ids[name] for _, name in addresses_of(resource) if name in ids), None)
    return "id" not in plan or has != str(plan["id"])
