"""What the portal tells against sandboxes and snapshots as they are declared (`portal.md` sections 2.1 and 2.2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.portal.apis.wire import AccountRow
from agencyfile.portal.lists.matching import FIRST_USABLE_DAY, SnapshotMatch, declared_sandbox
from agencyfile.portal.previous_names import addresses_of, held
from agencyfile.portal.rules import found
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic
from plan.resource import Live, Removal, Resource
from plan.values import Reference

SANDBOX_LIMIT: Final = 100  # contacts, and email sends (rule 3)

Rows = Mapping[Address, AccountRow]
Matches = Mapping[Address, SnapshotMatch]


def sandbox_checks(desired: Sequence[Resource], rows: Rows) -> Iterator[Diagnostic]:
    """Rule 3: a sandbox holds up to 100 contacts and sends up to 100 emails."""
    for resource in desired:
        row = held(resource, rows) if resource.address.kind == "sandbox" else None
        for count, what in _contents(row) if row else ():
            if count > SANDBOX_LIMIT:
                yield found(
                    "sandbox-over-limit",
                    f"{resource.address} has {count} {what}; a sandbox is for {SANDBOX_LIMIT} at most (rule 3), "
                    "and snapshots copy what it holds.",
                    origin=resource.origin,
                    address=resource.address,
                )


def snapshot_checks(
    desired: Sequence[Resource], removals: Sequence[Removal], matches: Matches, live: Mapping[Address, Live], rows: Rows
) -> Iterator[Diagnostic]:
    """Names that mean several snapshots, snapshots that copy contacts, and those that no account can be made from."""
    by_address = {resource.address: resource for resource in desired}
    for removal in removals:
        if is_deletion(removal):
            yield from _is_ambiguous(removal.address, matches.get(removal.address), removal.origin)
    for resource in desired:
        if resource.address.kind == "snapshot":
            yield from _is_ambiguous(resource.address, _match(resource, matches), resource.origin)
            yield from _copies_contacts(resource, by_address, live, rows)
        snapshot = resource.attributes.get("snapshot")
        is_new = resource.address.kind == "account" and held(resource, live) is None and not resource.adopt
        if is_new and isinstance(snapshot, Reference) and snapshot.address in by_address:
            yield from _is_too_old(resource, snapshot.address, _match(by_address[snapshot.address], matches))


def is_deletion(removal: Removal) -> bool:
    """Is a snapshot to be deleted? One that is only forgotten is looked for by nobody."""
    return removal.address.kind == "snapshot" and removal.action == "delete"


def _match(resource: Resource, matches: Matches) -> SnapshotMatch | None:
    """What the portal holds under the name of a snapshot, or else under the former one."""
    found_here = (matches[address] for address in addresses_of(resource) if address in matches)
    return next((match for match in found_here if match.live), None)


def _is_ambiguous(address: Address, match: SnapshotMatch | None, origin: Origin) -> Iterator[Diagnostic]:
    if match is None or not match.rivals:
        return
    yield found(
        "snapshot-ambiguous",
        f"The portal has {len(match.rivals)} snapshots named `{match.name}` (ids {', '.join(match.rivals)}), and "
        "their source does not tell which one the file means.",
        origin=origin,
        address=address,
    )


def _copies_contacts(
    resource: Resource, by_address: Mapping[Address, Resource], live: Mapping[Address, Live], rows: Rows
) -> Iterator[Diagnostic]:
    """Rules 4 and 21: what a sandbox holds when its snapshot is taken goes into every account that is made from it."""
    name = declared_sandbox(resource)
    if held(resource, live) is not None or name is None:
        return
    sandbox = by_address.get(Address("sandbox", name))
    row = held(sandbox, rows) if sandbox else rows.get(Address("sandbox", name))
    held_there = [f"{count} {what}" for count, what in _contents(row) if count] if row else []
    if held_there:
        yield found(
            "sandbox-not-clean",
            f"sandbox.{name} has {' and '.join(held_there)}: {resource.address} would copy its contacts, deals and "
            "reports into every account that is made from it (rules 4 and 21).",
            origin=resource.origin_of("sandbox"),
            address=resource.address,
        )


def _is_too_old(resource: Resource, snapshot: Address, match: SnapshotMatch | None) -> Iterator[Diagnostic]:
    if match is None or match.created_at is None or match.created_at >= FIRST_USABLE_DAY:
        return
    yield found(
        "snapshot-too-old",
        f"{snapshot} was taken on {match.created_at:%Y-%m-%d}; snapshots from before August 2021 are disabled "
        "for the creation of accounts (rule 16).",
        origin=resource.origin_of("snapshot"),
        address=resource.address,
    )


def _contents(row: AccountRow) -> tuple[tuple[int, str], ...]:
    """What the portal tells of what a sandbox holds (`portal.md` 1.3)."""
    return (row.subscribers, "contacts"), (row.emails_sent, "email sends")
