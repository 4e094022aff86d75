"""Reader of an inventory: every list that the keys open, without requests per object."""

from datetime import date

from agencyfile.kinds.faults import Fault
from agencyfile.kinds.questions import HUB_ACCOUNTS
from agencyfile.kinds.rows import ChildAccountRow, Listing, SnapshotRow
from agencyfile.kinds.snapshot_sources import Sources, everyone, resolve
from agencyfile.portal.connection import Connection
from agencyfile.portal.http.faults import portal_error
from agencyfile.portal.lists.hub import HubLists
from agencyfile.portal.lists.inventory import Inventory, account_entries, snapshot_entries


def take_inventory(connection: Connection, today: date) -> Inventory:
    """Read everything that the portal lists.

    Raises:
        PortalError: the portal cannot be read.
    """
    lists, hub_lists, has_hub = connection.lists(), connection.hub_lists(), connection.hub.has_key
    accounts, catalogue = lists.accounts(), lists.catalogue()
    snapshots: Listing[SnapshotRow] = lists.snapshots() if has_hub else Listing(())
    sources = resolve(lists.sources(), everyone(accounts.rows, ())) if has_hub else Sources()
    children = _children(hub_lists) if has_hub else ()
    entries = account_entries(accounts.rows, catalogue, children, today)
    return Inventory(
        accounts=tuple(sorted(entries, key=lambda entry: entry.address)),
        snapshots=tuple(
            sorted(snapshot_entries(snapshots.rows, sources), key=lambda entry: (entry.address, entry.remote_id))
        ),
        offers=catalogue.offers(),
        has_hub=has_hub,
        is_steady=accounts.is_steady and snapshots.is_steady,
        reads=dict(sorted((lists.requests + hub_lists.requests).items())),
    )


def _children(hub_lists: HubLists) -> tuple[ChildAccountRow, ...]:
    try:
        return hub_lists.accounts()
    except Fault as fault:
        raise portal_error(fault, HUB_ACCOUNTS) from None
