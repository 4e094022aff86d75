"""One reading of the portal: the lists that the declared kinds need, and the live objects in them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from agencyfile.kinds import KINDS, known_kind
from agencyfile.kinds.at_portal import AtPortal, Listed
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalList, PortalView, Watching
from agencyfile.kinds.rows import Listing
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.rules import LIST_UNSTEADY
from agencyfile.portal.unclear import unclear_readings
from plan.address import Address
from plan.diagnostic import Diagnostic
from plan.provider import Pending
from plan.resource import Live, Reading, Removal, Resource

T = TypeVar("T")

_SIDES = tuple(kind.at_portal for kind in KINDS.values())


def read_view(
    lists: PortalLists, desired: Sequence[Resource], removals: Sequence[Removal], today: date, *, has_hub_key: bool
) -> PortalView:
    """Read only the lists that `desired` and `removals` need.

    Raises:
        PortalError: the portal cannot be read.
        UnknownName: a kind is not known.
    """
    groups = _by_listing(desired, removals)
    needed = {name for listed, (resources, ended) in groups.items() for name in listed.needs(resources, ended)}
    accounts = lists.accounts() if PortalList.ACCOUNTS in needed else Listing()
    snapshots = lists.snapshots() if PortalList.SNAPSHOTS in needed else Listing()
    sources = lists.sources() if PortalList.SOURCES in needed else ()
    needs_catalogue = any(
        listed.needs_catalogue(resources, ended, accounts.rows) for listed, (resources, ended) in groups.items()
    )
    return PortalView(
        desired=desired,
        removals=removals,
        accounts=accounts,
        snapshots=snapshots,
        sources=sources,
        catalogue=lists.catalogue() if needs_catalogue else None,
        today=today,
        has_hub_key=has_hub_key,
    )


def reading_of(view: PortalView, lists: PortalLists) -> Reading:
    """Return the reading, with diagnostics of every conflict between the file and the portal.

    `lists` are those that the view was read from: they know what could not be read, and how often was asked.
    """
    listings = tuple(_distinct(side.provision for side in _SIDES if isinstance(side.provision, Listed)))
    live: dict[Address, Live] = {}
    baselines: dict[Address, tuple[str, ...]] = {}
    for listed in listings:
        live |= listed.live(view)
        baselines |= listed.baselines(view)
    desired, diagnostics = _completed(view, live)
    for price_changes in _distinct(side.price_changes for side in _SIDES):
        desired = price_changes(desired, live, lists.price_of_change)
    return Reading(
        live=tuple(live[address] for address in sorted(live)),
        desired=desired,
        diagnostics=(*diagnostics, *_checks(view, live), *unclear_readings(view, lists)),
        baselines=baselines,
        reads=dict(sorted(lists.requests.items())),
    )


def watch(pending: Collection[Pending], lists: Watching) -> dict[Address, Live]:
    """Look once for pending objects: one pass over each list needed.

    Raises:
        PortalError: the portal cannot be read.
        UnknownName: a kind is not known.
    """
    groups: dict[Listed, list[Pending]] = {}
    seen: dict[Address, Live] = {}
    for item in pending:
        provision = known_kind(item.address.kind).provision
        if isinstance(provision, Listed):
            groups.setdefault(provision, []).append(item)
        else:
            seen[item.address] = Live(item.address, {})
    for listed, items in groups.items():
        seen |= listed.watch(items, lists)
    return seen


def _by_listing(
    desired: Sequence[Resource], removals: Sequence[Removal]
) -> Mapping[Listed, tuple[list[Resource], list[Removal]]]:
    """Group the resources and removals of listed kinds by their list."""
    groups: dict[Listed, tuple[list[Resource], list[Removal]]] = {}
    sides: dict[str, AtPortal] = {}

    def group(kind: str) -> tuple[list[Resource], list[Removal]]:
        side = sides[kind] if kind in sides else sides.setdefault(kind, known_kind(kind))
        return groups.setdefault(side.provision, ([], [])) if isinstance(side.provision, Listed) else ([], [])

    for resource in desired:
        group(resource.address.kind)[0].append(resource)
    for removal in removals:
        group(removal.address.kind)[1].append(removal)
    return groups


def _completed(view: PortalView, live: LiveObjects) -> tuple[tuple[Resource, ...], tuple[Diagnostic, ...]]:
    resources = tuple(view.desired)
    told: tuple[Diagnostic, ...] = ()
    for complete in _distinct(side.complete for side in _SIDES):
        completed = complete(resources, view, live)
        resources, told = completed.resources, (*told, *completed.diagnostics)
    return resources, told


def _checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    for check in _distinct(side.check for side in _SIDES):
        yield from check(view, live)
    if not (view.accounts.is_steady and view.snapshots.is_steady):
        yield found(
            LIST_UNSTEADY,
            "Rows came twice in every attempt to read a list of the portal to its end, so that others may have "
            "been missed: what the plan calls new may exist.",
            origin=None,
            address=None,
        )


def _distinct(items: Iterator[T]) -> tuple[T, ...]:
    """Return each reader once, because kinds that share a list share its reader."""
    return tuple(dict.fromkeys(items))
