"""Snapshots in the hub's list (`docs/portal.md` 1.8)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import Baselines, Listed
from agencyfile.kinds.portal_view import LiveObjects, PortalList, PortalView, Watching
from agencyfile.kinds.rows import SnapshotRow
from agencyfile.kinds.snapshot.live import (
    SnapshotMatch,
    declared_sandbox,
    match_ending,
    match_snapshot,
    new_snapshot,
    snapshots_by_name,
)
from agencyfile.kinds.snapshot_sources import sources_of
from plan.address import Address
from plan.provider import Pending
from plan.resource import Live, Removal, Resource

Matches = Mapping[Address, SnapshotMatch]


def is_deletion(removal: Removal) -> bool:
    """Return whether a snapshot is to be deleted. One that is only forgotten is not looked for."""
    return removal.address.kind == "snapshot" and removal.action == "delete"


def matches(view: PortalView) -> Matches:
    """Return one match for every name that is declared, removed or live."""
    by_name, declared = snapshots_by_name(view.snapshots.rows), view.once(_by_declared_name)
    removed = {removal.address.name for removal in view.removals if is_deletion(removal)}
    return {
        Address("snapshot", name): _match(view, name, by_name.get(name, ()), is_removed=name in removed)
        for name in sorted({*by_name, *declared, *removed})
        if name
    }


def _by_declared_name(view: PortalView) -> Mapping[str, Resource]:
    """Return the declared snapshots by each of their names. Today's names win."""
    ours = tuple(view.declared("snapshot"))
    former = {resource.previously: resource for resource in ours if resource.previously}
    return {**former, **{resource.address.name: resource for resource in ours}}


def _match(view: PortalView, name: str, rows: Sequence[SnapshotRow], *, is_removed: bool) -> SnapshotMatch:
    resource, sources = view.once(_by_declared_name).get(name), view.once(sources_of)
    if resource is None and is_removed:
        return match_ending(name, rows, sources)
    return match_snapshot(name, rows, declared_sandbox(resource) if resource else None, sources)


def _needs(desired: Sequence[Resource], removals: Sequence[Removal]) -> Collection[PortalList]:
    if desired:
        return PortalList.ACCOUNTS, PortalList.SNAPSHOTS, PortalList.SOURCES
    return (PortalList.SNAPSHOTS,) if any(map(is_deletion, removals)) else ()


def _live(view: PortalView) -> LiveObjects:
    return {address: match.live for address, match in view.once(matches).items() if match.live}


def _baselines(view: PortalView) -> Baselines:
    declared = {resource.address for resource in view.declared("snapshot")}
    found = view.once(matches).items()
    return {address: match.baseline for address, match in found if match.live is None and address in declared}


def _watch(pending: Collection[Pending], lists: Watching) -> LiveObjects:
    by_name = snapshots_by_name(lists.snapshots().rows)
    found = {item.address: _new(item, by_name.get(item.address.name, ())) for item in pending}
    return {address: live for address, live in found.items() if live is not None}


def _new(item: Pending, rows: Sequence[SnapshotRow]) -> Live | None:
    return new_snapshot(item.address.name, [row for row in rows if row.id not in item.baseline])


LISTED: Final = Listed(needs=_needs, live=_live, baselines=_baselines, watch=_watch)
