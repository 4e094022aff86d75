"""What is wrong between the file and the portal, and is not a difference of one attribute (`portal.md` section 2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.activecampaign.matching import FIRST_USABLE_DAY, SnapshotMatch
from agencyfile.activecampaign.wire import AccountRow
from plan.address import Address
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Live, Resource
from plan.values import Reference

SANDBOX_LIMIT: Final = 100  # contacts, and email sends (rule 3)


def account_checks(desired: Sequence[Resource], live: Mapping[Address, Live]) -> Iterator[Diagnostic]:
    """Rule 6: what the file calls an account must not be a sandbox at the portal."""
    for resource in desired:
        name = resource.address.name
        if resource.address.kind == "account" and Address("sandbox", name) in live:
            yield Diagnostic(
                rule="account-is-sandbox",
                summary="the portal has a sandbox of this name",
                detail=f"`{name}` is a sandbox at the portal, and a sandbox never becomes an account (rule 6).",
                fix="declare it under sandboxes, or choose another name for the account",
                origin=resource.origin,
                address=resource.address,
            )


def sandbox_checks(desired: Sequence[Resource], rows: Mapping[Address, AccountRow]) -> Iterator[Diagnostic]:
    """Rule 3: a sandbox holds up to 100 contacts and sends up to 100 emails."""
    for resource in desired:
        row = rows.get(resource.address) if resource.address.kind == "sandbox" else None
        if row is None:
            continue
        for count, what in ((row.subscribers, "contacts"), (row.emails_sent, "email sends")):
            if count > SANDBOX_LIMIT:
                yield Diagnostic(
                    rule="sandbox-over-limit",
                    summary="a sandbox is over its limit",
                    detail=f"{resource.address} has {count} {what}; a sandbox is for {SANDBOX_LIMIT} at most (rule 3), "
                    "and snapshots copy what it holds.",
                    fix="remove them from the sandbox before the next snapshot is taken",
                    origin=resource.origin,
                    address=resource.address,
                    severity=Severity.WARNING,
                )


def snapshot_checks(
    desired: Sequence[Resource], matches: Mapping[Address, SnapshotMatch], live: Mapping[Address, Live]
) -> Iterator[Diagnostic]:
    """Names that mean several snapshots, and snapshots that no account can be created from (rule 16)."""
    for resource in desired:
        if resource.address in matches and matches[resource.address].rivals:
            yield _ambiguous(resource, matches[resource.address].rivals)
        snapshot = resource.attributes.get("snapshot")
        if resource.address.kind == "account" and resource.address not in live and isinstance(snapshot, Reference):
            yield from _too_old(resource, snapshot.address, matches.get(snapshot.address))


def steadiness_checks(*, is_steady: bool) -> Iterator[Diagnostic]:
    """A list that could not be read in one piece."""
    if not is_steady:
        yield Diagnostic(
            rule="list-unsteady",
            summary="a list of the portal kept changing while it was read",
            detail="Rows came twice in every attempt to read a list of the portal to its end, so that others may have "
            "been missed: what the plan calls new may exist.",
            fix="plan again when nobody else is changing the portal",
            severity=Severity.WARNING,
        )


def _ambiguous(resource: Resource, ids: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        rule="snapshot-ambiguous",
        summary="several snapshots bear this name",
        detail=f"The portal has {len(ids)} snapshots named `{resource.address.name}` (ids {', '.join(ids)}), and their "
        "source does not tell which one the file means.",
        fix="delete all but one in the portal, or declare a new name",
        origin=resource.origin,
        address=resource.address,
    )


def _too_old(resource: Resource, snapshot: Address, match: SnapshotMatch | None) -> Iterator[Diagnostic]:
    if match is None or match.created_at is None or match.created_at >= FIRST_USABLE_DAY:
        return
    yield Diagnostic(
        rule="snapshot-too-old",
        summary="no account can be created from this snapshot",
        detail=f"{snapshot} was taken on {match.created_at:%Y-%m-%d}; snapshots from before August 2021 are disabled "
        "for the creation of accounts (rule 16).",
        fix="take a new snapshot of the sandbox under a new name",
        origin=resource.origin_of("snapshot"),
        address=resource.address,
    )
