"""Conversion of rows of the hub's list to snapshots, whose names are not unique (`docs/portal.md` 1.8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from agencyfile.kinds.previous_names import addresses_of
from agencyfile.kinds.rows import SnapshotRow
from agencyfile.kinds.snapshot_sources import Sources
from plan.address import Address
from plan.resource import Live, Resource
from plan.values import Reference, Value

# Snapshots taken before this day are disabled for account creation (`docs/portal.md` rule 16).
FIRST_USABLE_DAY: Final = datetime(2021, 8, 1, tzinfo=UTC)

FAILED: Final = ("failed", "cancelled")  # snapshots that never will be
_SUCCESS: Final = "success"


@dataclass(frozen=True, slots=True)
class SnapshotMatch:
    """The snapshots that the portal holds under one name.

    `baseline` are the ids of every snapshot of that name, whatever its status; `rivals` are the ids among which the
    file does not decide; `created_at` is the time when the matching snapshot was taken.
    """

    name: str
    live: Live | None
    baseline: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    created_at: datetime | None = None


def match_snapshot(name: str, rows: Sequence[SnapshotRow], sandbox: str | None, sources: Sources) -> SnapshotMatch:
    """Find the snapshot of a name among `rows`, all of that name: names are not unique (`docs/portal.md` 1.8).

    Failed and cancelled ones do not count. Complete ones come before those in progress. Among
    several, the only one taken of the declared `sandbox` matches.
    """
    candidates = _candidates(rows)
    if len(candidates) > 1:
        own = [row for row in candidates if sandbox is not None and row.source_account_id == sources.ids.get(sandbox)]
        candidates = own if len(own) == 1 else candidates
    return _match(name, rows, candidates, sandbox, sources)


def match_ending(name: str, rows: Sequence[SnapshotRow], sources: Sources) -> SnapshotMatch:
    """Find the snapshot that is to be deleted: the only one of its name that has not failed, or else the only one."""
    usable = [row for row in rows if row.status not in FAILED]
    return _match(name, rows, sorted(usable or rows, key=lambda row: _numeric(row.id)), None, sources)


def _match(
    name: str, rows: Sequence[SnapshotRow], candidates: Sequence[SnapshotRow], sandbox: str | None, sources: Sources
) -> SnapshotMatch:
    baseline = tuple(sorted((row.id for row in rows), key=_numeric))
    if not candidates:
        return SnapshotMatch(name, None, baseline)
    chosen = candidates[-1]
    rivals = tuple(row.id for row in candidates) if len(candidates) > 1 else ()
    return SnapshotMatch(name, live_snapshot(name, chosen, sandbox, sources), baseline, rivals, chosen.created_at)


def snapshot_address(row: SnapshotRow) -> Address:
    """Return the address of a row: `snapshot.NAME`, whether or not a file can declare that name."""
    return Address("snapshot", row.name)


def live_snapshot(name: str, row: SnapshotRow, sandbox: str | None, sources: Sources) -> Live:
    """Return a snapshot as the hub lists it."""
    failure = f"the portal says that the snapshot is {row.status}" if row.status in FAILED else None
    return Live(
        address=Address("snapshot", name),
        attributes=_snapshot_attributes(row, sandbox, sources),
        remote_id=row.id,
        ready=row.status == _SUCCESS,
        failure=failure,
    )


def new_snapshot(name: str, rows: Sequence[SnapshotRow]) -> Live | None:
    """Return the snapshot that was just taken, among `rows` of its name that are not in its baseline."""
    candidates = _candidates(rows) or sorted(rows, key=lambda row: _numeric(row.id))[-1:]
    if not candidates:
        return None
    if len(candidates) > 1:
        ids = ", ".join(row.id for row in candidates)
        failure = f"{len(candidates)} new snapshots bear this name (ids {ids}): delete all but one in the portal"
        return Live(Address("snapshot", name), {}, ready=False, failure=failure)
    return live_snapshot(name, candidates[0], None, Sources())


def snapshots_by_name(rows: Iterable[SnapshotRow]) -> dict[str, list[SnapshotRow]]:
    """Group rows by snapshot name."""
    ordered = sorted(rows, key=lambda row: row.name)
    return {name: list(group) for name, group in groupby(ordered, key=lambda row: row.name)}


def declared_sandbox(resource: Resource) -> str | None:
    """Return the name of the sandbox that a snapshot refers to."""
    reference = resource.attributes.get("sandbox")
    return reference.address.name if isinstance(reference, Reference) else None


def _candidates(rows: Sequence[SnapshotRow]) -> list[SnapshotRow]:
    """Return the rows that a declared name may mean, in order of their ids."""
    usable = [row for row in rows if row.status not in FAILED]
    complete = [row for row in usable if row.status == _SUCCESS]
    return sorted(complete or usable, key=lambda row: _numeric(row.id))


def _snapshot_attributes(row: SnapshotRow, sandbox: str | None, sources: Sources) -> dict[str, Value]:
    """Return the source as far as it is certain. A source that is archived is no longer listed."""
    found = sources.sandbox_of(row.source_account_id)
    if found is not None:
        return {"sandbox": Reference(found)}
    if sandbox is not None and sandbox in sources.ids:
        return {"sandbox": f"account {row.source_account_id}"}
    return {}


def _numeric(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() else (0, text)


def match_of(resource: Resource, matches: Mapping[Address, SnapshotMatch]) -> SnapshotMatch | None:
    """Return the match of a snapshot under its name, or else under its previous one."""
    found_here = (matches[address] for address in addresses_of(resource) if address in matches)
    return next((match for match in found_here if match.live), None)
