"""Add-ons of accounts: scoring and conversations (`docs/portal.md` 1.2). No call reads them."""

from collections.abc import Mapping, Sequence
from typing import Final

from agencyfile.kinds.account.owner import account_by_first_name
from agencyfile.kinds.addon.checks import RULES, addon_checks
from agencyfile.kinds.addon.operations import OPERATIONS, SET_CONVERSATIONS, SET_SCORING
from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.price import UNTOLD
from agencyfile.kinds.wording import find_account, numbered
from plan.address import Address
from plan.billing import Subscription
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Value

PAID: Final = "paid"
SCORING: Final = "scoring"

# 1 = active and 0 = inactive, where account_status_set has it the other way round (`docs/portal.md` 1.2, traps).
SCORING_VALUES: Final = {"active": "1", "inactive": "0"}

_ATTRIBUTES: Final = attribute_table(
    {
        "account": Mutability.CREATION,
        "addon": Mutability.FIXED,
        "status": Mutability.EDITABLE,
        "seats": Mutability.EDITABLE,
    }
)


class AddonKind:
    """One add-on of one account; its name is `ACCOUNT.ADDON`."""

    name = "addon"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    at_portal = AtPortal(
        provision=AT_ONCE, operations=OPERATIONS, rules=RULES, check=addon_checks, owner=account_by_first_name
    )

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False, because both add-ons have a call."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:
        """Return billed for paid seats. A trial, an end and scoring are reversible."""
        return Effect.BILLED if self.price(before, after) else Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return a charge of unknown size for paid seats: no source gives the price of a seat, or of fewer seats."""
        return UNTOLD if after.get("status") == PAID else None

    def subscription(self, attributes: Attributes) -> Subscription | None:
        """Return paid seats, at a price that no source gives; None for a trial, and for scoring."""
        if attributes.get("status") != PAID:
            return None
        return Subscription(
            f"{attributes.get('seats', 'paid')} seats of {attributes.get('addon', 'conversations')}", None
        )

    def reason(self, resource: Resource) -> str:
        """Return the declared status and seats."""
        words = resource.attributes
        seats = f", {words['seats']} seats" if "seats" in words else ""
        return f"{_addon(resource.address)} {words.get('status')}{seats}"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Tell how to set the add-on by hand."""
        account = _account(resource.address)
        steps = (f"{find_account(account)} and choose Edit.", f"Set {self.reason(resource)} and save.")
        return Instructions(f"Set {_addon(resource.address)} of {account}", numbered(steps))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a new one, because the portal archives no add-ons."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call that sets the whole add-on."""
        if isinstance(change, Delete):
            return ()
        is_scoring = _addon(change.address) == SCORING
        operation = SET_SCORING if is_scoring else SET_CONVERSATIONS
        parameters = {"account": _account(change.address), **_words(change.attributes, is_scoring=is_scoring)}
        return (operation.call(change.address, parameters, change.effect, change.price),)


def _words(attributes: Attributes, *, is_scoring: bool) -> dict[str, Value]:
    status = str(attributes.get("status"))
    if is_scoring:
        return {"status": SCORING_VALUES.get(status)}
    words: dict[str, Value] = {"status": status}
    return {**words, "seats": attributes["seats"]} if "seats" in attributes else words


def _account(address: Address) -> str:
    return address.name.partition(".")[0]


def _addon(address: Address) -> str:
    return address.name.partition(".")[2]
