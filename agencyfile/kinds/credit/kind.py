"""Credits: totals ever granted to an account, out of the agency's pools (`docs/portal.md` section 2.6).

The portal's calls add, and no list shows a balance (rule 71). So only the ledger knows the total of all grants.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.kinds.account.owner import account_by_first_name
from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.credit.checks import RULES, credit_checks
from agencyfile.kinds.credit.operations import GRANT_COMPATIBILITY, GRANT_EMAIL, OPERATIONS
from agencyfile.kinds.wording import numbered
from plan.address import Address
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Money, Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Value

_ATTRIBUTES: Final = attribute_table(
    {"account": Mutability.CREATION, "pool": Mutability.FIXED, "total": Mutability.EDITABLE}
)
# There are no others (rule 70).
_ALLOCATIONS: Final = {"email": GRANT_EMAIL, "compatibility": GRANT_COMPATIBILITY}
_WORDS: Final = {
    "email": "email credits",
    "compatibility": "compatibility credits",
    "sms": "SMS credits",
    "prepaid": "prepaid credit",
}
# Entries of the menu on the right of the tab of resold accounts (rule 65).
_MENU: Final = {
    "email": "Email sending credits",
    "compatibility": "Compatibility credits",
    "sms": "SMS sending credits",
    "prepaid": "Prepaid credit",
}


class CreditKind:
    """Total ever granted to one account out of one pool; its name is `ACCOUNT.POOL`."""

    name = "credit"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.TOTAL
    at_portal = AtPortal(
        provision=AT_ONCE, operations=OPERATIONS, rules=RULES, check=credit_checks, owner=account_by_first_name
    )

    def is_manual(self, resource: Resource) -> bool:
        """Return whether it is granted by hand: no call allocates SMS or prepaid credit (rule 70)."""
        return _pool(resource.address) not in _ALLOCATIONS

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return permanent for a grant, because it cannot be taken back (rule 71)."""
        return Effect.PERMANENT

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because the pools were paid for when they were filled (rule 65)."""
        return None

    def reason(self, resource: Resource) -> str:
        """Return the new total in words."""
        return f"new total {_amount(_pool(resource.address), resource.attributes.get('total'))}"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell how to buy, allocate, and record the new total, because no call reads it back (rules 65 to 71)."""
        account, pool = _account(resource.address), _pool(resource.address)
        total = resource.attributes.get("total")
        before = next((edit.before for edit in edits if edit.attribute == "total"), None)
        title, steps = f"Take nothing back from `{account}`", tuple(_steps_back(before))
        missing = _difference(before, total)
        if missing is not None:
            granted = _amount(pool, missing)
            title, steps = f"Allocate {granted} to `{account}`", tuple(_steps(account, pool, granted))
        command = f"agencyfile ledger baseline {shlex.quote(f'{resource.address}={total}')}"
        return Instructions(title, f"{numbered(steps)}\n{command}")

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a new one, because the portal archives no credits."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call that grants the amount missing to the new total. No call takes credit back (rule 71)."""
        missing = _missing(change)
        if missing <= 0 or _pool(change.address) not in _ALLOCATIONS:
            return ()
        return (_allocation(change.address, missing),)


def _missing(change: Create | Update | Delete) -> int:
    """Return the amount still to be granted; 0 if either total is not known."""
    if isinstance(change, Delete):
        return 0
    before = 0 if isinstance(change, Create) else _count(change.before.get("total"))
    after = _count(change.attributes.get("total"))
    return after - before if before is not None and after is not None else 0


def _allocation(address: Address, amount: int) -> Call:
    """Return the call that grants. It adds, so it is never sent again, even where it is a GET (rule 71)."""
    return _ALLOCATIONS[_pool(address)].call(address, {"account": _account(address), "credits": amount})


def _steps(account: str, pool: str, granted: str) -> Iterator[str]:
    """Yield the steps of a grant: the menus are from rule 65, the payment from rules 66 and 67."""
    menu = _MENU.get(pool, "the credits")
    yield f"In the partner portal, open the resold accounts and choose {menu} in the menu on the right."
    yield "Where less than that is left to allocate, choose an amount from the drop-down list and choose Buy."
    yield f"Allocate {granted} to `{account}`."
    if pool == "sms":
        yield "Where the portal does not offer it, look at the plan: only Trial, Plus, Pro and Enterprise send SMS."
    if pool == "prepaid":
        yield "Charges of that account use it up before the card; each use authorises 1 USD on the card, uncharged."
    yield "When that is done, record the new total, which nothing can read back:"


def _steps_back(before: Value) -> Iterator[str]:
    """Yield the steps for a total that shrinks (rule 71)."""
    yield f"What was granted cannot be taken back: write {before} or more in the file."
    yield "Only where the ledger is wrong, record what was really granted:"


def _account(address: Address) -> str:
    return address.name.partition(".")[0]


def _pool(address: Address) -> str:
    return address.name.partition(".")[2]


def _count(total: Value) -> int | None:
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _amount(pool: str, total: Value) -> str:
    return f"{total} {_WORDS.get(pool, 'credits')}"


def _difference(before: Value, total: Value) -> Value:
    """Return the amount missing to `total`: all of it if the two cannot be compared, None if less is asked for."""
    if isinstance(before, int) and isinstance(total, int):
        return total - before if total >= before else None
    old, new = _money(before), _money(total)
    if old is None or new is None or old.currency != new.currency:
        return total
    return str(Money(new.currency, new.amount - old.amount)) if new.amount >= old.amount else None


def _money(value: Value) -> Money | None:
    try:
        money = Money.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return money if money and money.amount.is_finite() else None
