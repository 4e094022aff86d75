"""Keys of accounts' own APIs: fetched once with the login of the creation, and sealed like it."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.account.owner import account_by_first_name
from agencyfile.kinds.account_key.completion import KEPT
from agencyfile.kinds.account_key.operations import FETCH, OPERATIONS
from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.delivery.derivation import keyed_deliveries
from agencyfile.kinds.wording import find_account, numbered
from plan.address import Address
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability, ResourceStatus
from plan.resource import Live, Resource
from plan.values import Attributes

_ATTRIBUTES: Final = attribute_table(
    {"account": Mutability.CREATION, "templates": Mutability.CREATION, KEPT: Mutability.EDITABLE}
)


class AccountKeyKind:
    """The key of one account's own API, under the account's name. The ledger keeps it, sealed to the recipients."""

    name = "account_key"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = True
    memory = Memory.LEDGER
    needs_open_owner = True
    at_portal = AtPortal(provision=AT_ONCE, operations=OPERATIONS, owner=account_by_first_name)

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False: where nothing can fetch the key, no such resource exists."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return reversible: the call only reads, and a new key can be made in the account's settings."""
        return Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:
        """Return the reason: what the key is used for."""
        return f"for the templates and the branding of `{resource.address.name}`"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Tell where a person finds the key, and how to declare it."""
        name = resource.address.name
        steps = (
            f"{find_account(name)}, choose Login, and open Settings, Developer.",
            f"Put the URL and the key that stand there into the block of account {name}: api: {{url, key}}.",
        )
        return Instructions(f"Declare the API of {name}", numbered(steps))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a new one, because the portal archives no keys."""
        return self.instruction(resource, ())

    def derived(
        self,
        resource: Resource,
        desired: Mapping[Address, Resource],
        status: ResourceStatus,  # noqa: ARG002 - the port's shape
    ) -> Sequence[Resource]:
        """Return the deliveries that wait for the key."""
        return tuple(keyed_deliveries(resource, desired))

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return the one call that fetches it."""
        if isinstance(change, Delete):
            return ()
        return (FETCH.call(change.address, {"account": change.address.name}, change.effect),)
