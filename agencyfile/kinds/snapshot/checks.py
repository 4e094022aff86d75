"""Checks of declared snapshots against the portal (`docs/portal.md` section 2.2)."""

from collections.abc import Iterator
from typing import Final

from agencyfile.kinds.account.hosted import hosted_rows
from agencyfile.kinds.adoption import adoption_checks
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import held
from agencyfile.kinds.sandbox.checks import contents
from agencyfile.kinds.snapshot.listed import is_deletion, matches
from agencyfile.kinds.snapshot.live import SnapshotMatch, declared_sandbox, match_of
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Resource
from plan.rule import Rule

_SANDBOX_NOT_CLEAN: Final = Rule(
    "sandbox-not-clean",
    "a snapshot would copy contacts",
    "empty the sandbox before the snapshot is taken",
    "portal.md rules 4, 21",
    Severity.WARNING,
)
_SNAPSHOT_AMBIGUOUS: Final = Rule(
    "snapshot-ambiguous",
    "several snapshots bear this name",
    "delete all but one in the portal, or declare a new name",
    "portal.md 1.8",
)

RULES: Final = (_SANDBOX_NOT_CLEAN, _SNAPSHOT_AMBIGUOUS)


def snapshot_checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report names that mean several snapshots, and snapshots that would copy contacts."""
    known = view.once(matches)
    yield from adoption_checks(view.declared("snapshot"), live)
    for removal in view.removals:
        if is_deletion(removal):
            yield from _is_ambiguous(removal.address, known.get(removal.address), removal.origin)
    for resource in view.declared("snapshot"):
        yield from _is_ambiguous(resource.address, match_of(resource, known), resource.origin)
        yield from _copies_contacts(resource, view, live)


def _is_ambiguous(address: Address, match: SnapshotMatch | None, origin: Origin) -> Iterator[Diagnostic]:
    if match is None or not match.rivals:
        return
    yield found(
        _SNAPSHOT_AMBIGUOUS,
        f"The portal has {len(match.rivals)} snapshots named `{match.name}` (ids {', '.join(match.rivals)}), and "
        "their source does not tell which one the file means.",
        origin=origin,
        address=address,
    )


def _copies_contacts(resource: Resource, view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report a snapshot that would copy contacts into every account created from it (rules 4 and 21)."""
    name = declared_sandbox(resource)
    if held(resource, live) is not None or name is None:
        return
    rows = view.once(hosted_rows)
    sandbox = view.at(Address("sandbox", name))
    row = held(sandbox, rows) if sandbox else rows.get(Address("sandbox", name))
    held_there = [f"{count} {what}" for count, what in contents(row) if count] if row else []
    if held_there:
        yield found(
            _SANDBOX_NOT_CLEAN,
            f"sandbox.{name} has {' and '.join(held_there)}: {resource.address} would copy its contacts, deals and "
            "reports into every account that is made from it (rules 4 and 21).",
            origin=resource.origin_of("sandbox"),
            address=resource.address,
        )
