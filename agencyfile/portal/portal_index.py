"""What a file names, and what the lists hold of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from agencyfile.portal.additions import completed_additions
from agencyfile.portal.apis.wire import AccountRow, SnapshotRow
from agencyfile.portal.checks import (
    access_checks,
    account_checks,
    addition_checks,
    adoption_checks,
    steadiness_checks,
)
from agencyfile.portal.completion import HOSTED, complete
from agencyfile.portal.lists.catalogue import Catalogue
from agencyfile.portal.lists.matching import (
    SnapshotMatch,
    Sources,
    address_of,
    declared_sandbox,
    live_account,
    match_ending,
    match_snapshot,
    snapshots_by_name,
)
from agencyfile.portal.lists.pages import Listing
from agencyfile.portal.snapshot_checks import is_deletion, sandbox_checks, snapshot_checks
from plan.address import Address
from plan.diagnostic import Diagnostic
from plan.resource import Live, Reading, Removal, Resource

PROVISIONED: Final = (*HOSTED, "snapshot")  # what the portal lists, and takes its time for


@dataclass(frozen=True, slots=True)
class Names:
    """Which objects a file names, under their own names and under former ones.

    `renamed_sandboxes` leads from former names to today's; `endings` are the names of snapshots that are to be removed.
    """

    declared: frozenset[Address]
    sandboxes: frozenset[str]
    snapshots: Mapping[str, Resource]
    renamed_sandboxes: Mapping[str, str]
    endings: frozenset[str]
    needs_accounts: bool

    @classmethod
    def of(cls, desired: Sequence[Resource], removals: Sequence[Removal]) -> "Names":
        """The names in `desired` and `removals`."""
        return cls(
            declared=frozenset(resource.address for resource in desired),
            sandboxes=frozenset(name for _, name in _named(desired, "sandbox")),
            snapshots={name: resource for resource, name in _named(desired, "snapshot")},
            renamed_sandboxes={
                item.previously: item.address.name
                for item in desired
                if item.previously and item.address.kind == "sandbox"
            },
            endings=frozenset(removal.address.name for removal in removals if is_deletion(removal)),
            needs_accounts=any(item.address.kind in PROVISIONED for item in desired)
            or any(removal.address.kind in HOSTED for removal in removals),
        )

    @property
    def needs_snapshots(self) -> bool:
        """Is the list of snapshots needed?"""
        return bool(self.snapshots or self.endings)


def _named(desired: Sequence[Resource], kind: str) -> Iterator[tuple[Resource, str]]:
    """The resources of a kind by each of their names, the names of today last: they win."""
    ours = [resource for resource in desired if resource.address.kind == kind]
    yield from ((resource, resource.previously) for resource in ours if resource.previously)
    yield from ((resource, resource.address.name) for resource in ours)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the lists hold, by address."""

    catalogue: Catalogue | None
    rows: Mapping[Address, AccountRow]
    matches: Mapping[Address, SnapshotMatch]
    is_steady: bool
    has_hub_key: bool
    live: Mapping[Address, Live] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        names: Names,
        accounts: Listing[AccountRow],
        snapshots: Listing[SnapshotRow],
        catalogue: Catalogue | None,
        sources: Sources,
        today: date,
        *,
        has_hub_key: bool,
    ) -> "Findings":
        """Everything in the lists, by the addresses that the file would give it."""
        offers = catalogue or Catalogue()
        rows = {address_of(row, offers, names.sandboxes): row for row in accounts.rows}
        matches = _matches(names, snapshots.rows, sources)
        hosted = {address: live_account(address, row, offers, sources, today) for address, row in rows.items()}
        taken = {address: match.live for address, match in matches.items() if match.live}
        is_steady = accounts.is_steady and snapshots.is_steady
        return cls(catalogue, rows, matches, is_steady, has_hub_key, {**hosted, **taken})

    def reading(
        self, names: Names, desired: Sequence[Resource], removals: Sequence[Removal], reads: Mapping[str, int]
    ) -> Reading:
        """The reading, with everything that is wrong between the file and the portal."""
        completed = complete(desired, self.live, self.catalogue)
        return Reading(
            live=tuple(self.live[address] for address in sorted(self.live)),
            desired=tuple(completed_additions(completed.resources)),
            diagnostics=(*completed.diagnostics, *self._checks(desired, removals)),
            baselines={
                address: match.baseline
                for address, match in self.matches.items()
                if match.live is None and address in names.declared
            },
            reads=dict(sorted(reads.items())),
        )

    def _checks(self, desired: Sequence[Resource], removals: Sequence[Removal]) -> Iterator[Diagnostic]:
        catalogue = self.catalogue or Catalogue()
        yield from account_checks(desired, self.live, catalogue)
        yield from addition_checks(desired, self.live, catalogue)
        yield from adoption_checks(desired, self.live)
        yield from access_checks(desired, self.live, has_hub_key=self.has_hub_key)
        yield from sandbox_checks(desired, self.rows)
        yield from snapshot_checks(desired, removals, self.matches, self.live, self.rows)
        yield from steadiness_checks(is_steady=self.is_steady)


def _matches(names: Names, rows: Sequence[SnapshotRow], sources: Sources) -> dict[Address, SnapshotMatch]:
    """One match for every name that is declared, removed or live."""
    by_name = snapshots_by_name(rows)
    return {
        Address("snapshot", name): _match(names, name, by_name.get(name, ()), sources)
        for name in sorted({*by_name, *names.snapshots, *names.endings})
        if name
    }


def _match(names: Names, name: str, rows: Sequence[SnapshotRow], sources: Sources) -> SnapshotMatch:
    resource = names.snapshots.get(name)
    if resource is None and name in names.endings:
        return match_ending(name, rows, sources)
    return match_snapshot(name, rows, declared_sandbox(resource) if resource else None, sources)
