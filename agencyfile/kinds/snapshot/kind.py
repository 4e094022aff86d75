"""Snapshots: taken once of a sandbox, immutable (`docs/portal.md` section 2.2)."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.snapshot.checks import RULES, snapshot_checks
from agencyfile.kinds.snapshot.listed import LISTED
from agencyfile.kinds.snapshot.operations import CREATE, DELETE, OPERATIONS
from agencyfile.kinds.wording import numbered
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Reference

_ATTRIBUTES: Final = attribute_table({"sandbox": Mutability.FIXED})  # rule 14: another source is another snapshot


class SnapshotKind:
    """A snapshot of a sandbox. Its remote id is the hub's, which `account_add` takes (rule 22)."""

    name = "snapshot"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.PORTAL
    at_portal = AtPortal(provision=LISTED, operations=OPERATIONS, rules=RULES, check=snapshot_checks)

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False, because the API takes snapshots."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return reversible: a snapshot is free, and deleting it harms no account (rules 13, 15)."""
        return Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:
        """Return the reason: the snapshot is new, and of which sandbox."""
        sandbox = resource.attributes.get("sandbox")
        return f"new block, of sandbox `{sandbox.address.name}`" if isinstance(sandbox, Reference) else "new block"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Tell what to do instead of a change: nobody can change a snapshot (rule 14)."""
        return _take_another(resource)

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Tell what to do instead of a restore: deletion is final (rule 15)."""
        return _take_another(resource)

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call to take or delete it. No call edits a snapshot (`docs/portal.md` 1.8)."""
        if isinstance(change, Delete):
            return _deletion(change)
        if isinstance(change, Update):
            return ()
        parameters = {"account_id": change.attributes.get("sandbox"), "name": change.address.name}
        return (CREATE.call(change.address, parameters, change.effect, change.price),)


def _deletion(change: Delete) -> tuple[Call, ...]:
    """Return the deletion: final, without effect on accounts made from it (rule 15). It uses the unique number."""
    if change.action != "delete" or change.remote_id is None:
        return ()
    return (DELETE.call(change.address, {"snapshot_id": change.remote_id, "name": change.address.name}),)


def _take_another(resource: Resource) -> Instructions:
    steps = (
        "Declare a snapshot under a new name: a snapshot cannot be changed or brought back.",
        "Let the accounts that are still to be created name the new one, and apply.",
    )
    return Instructions(f"Replace {resource.address}", numbered(steps))
