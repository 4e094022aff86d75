"""Totals of credits as resources."""

from collections.abc import Iterator

from agencyfile.declarations.declaration import Merged, holder
from agencyfile.declarations.nodes import Block
from plan.address import Address
from plan.money import Money
from plan.resource import Resource
from plan.values import Reference


def email_credit(account: str) -> Address:
    """Return the address of an account's total of email credits."""
    return Address("credit", f"{account}.email")


def credits_of(account: Merged) -> Iterator[Resource]:
    """Return one resource for each total above zero (`docs/portal.md` rules 65 and 71)."""
    for pool, total in account.values.get("credits", {}).items():
        if (total.amount if isinstance(total, Money) else total) > 0:
            block = holder("credits", pool, account.declaration.block, account.below.block) or Block()
            yield Resource(
                Address("credit", f"{account.address.name}.{pool}"),
                {
                    "account": Reference(account.address),
                    "pool": pool,
                    "total": str(total) if isinstance(total, Money) else total,
                },
                block.keys_at[pool],
                {"total": block.values_at[pool]},
            )
