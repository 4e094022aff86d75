"""Totals of credits: which accounts may have them, and the resource that each total becomes."""

from collections.abc import Iterator, Mapping

from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import Words, holder
from agencyfile.language.document import Block
from plan.address import Address
from plan.money import Money
from plan.resource import Resource
from plan.values import Reference


def make_credits(declaration: Declaration, totals: Mapping[str, int | Money], below: Words) -> Iterator[Resource]:
    """One resource for each total above zero (`portal.md` rules 65 and 71)."""
    account = declaration.address
    for pool, total in totals.items():
        if (total.amount if isinstance(total, Money) else total) > 0:
            block = holder("credits", pool, declaration.block, below.block) or Block()
            yield Resource(
                Address("credit", f"{account.name}.{pool}"),
                {
                    "account": Reference(account),
                    "pool": pool,
                    "total": str(total) if isinstance(total, Money) else total,
                },
                block.keys_at[pool],
                {"total": block.values_at[pool]},
            )
