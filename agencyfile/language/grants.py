"""Totals of credits: which accounts may have them, and the resource that each total becomes."""

from collections.abc import Iterator, Mapping
from typing import Any

from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import Words
from agencyfile.language.document import Block
from agencyfile.language.report import Report
from agencyfile.language.vocabulary import SMS_TIERS
from plan.address import Address, Origin
from plan.money import Money
from plan.resource import Resource
from plan.values import Reference


def make_credits(declaration: Declaration, totals: Mapping[str, int | Money], below: Words) -> Iterator[Resource]:
    """One resource for each total above zero (`portal.md` rules 65 and 71)."""
    account = declaration.address
    for pool, total in totals.items():
        if (total.amount if isinstance(total, Money) else total) > 0:
            block = _block_of(pool, declaration.block) or _block_of(pool, below.block) or Block()
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


def _block_of(pool: str, block: Block) -> Block | None:
    """The mapping `credits` of an account or of the defaults, when it names the pool."""
    found = block.get("credits")
    return found if isinstance(found, Block) and pool in found else None


def check_sms(declaration: Declaration, plan: Mapping[str, Any], below: Words, report: Report) -> None:
    """SMS credits are for some tiers only (`portal.md` rule 68); the tier of a plan by id is not known here."""
    tier = plan.get("tier")
    if tier is None or "id" in plan or tier in SMS_TIERS:
        return
    own = _block_of("sms", declaration.block)
    total = own["sms"] if own is not None else below.values.get("credits", {}).get("sms", 0)
    if isinstance(total, int) and not isinstance(total, bool) and total > 0:
        _report_sms(declaration, tier, own, below, report)


def _report_sms(declaration: Declaration, tier: str, own: Block | None, below: Words, report: Report) -> None:
    """Report at the total of the block; where that is inherited at its tier; and where both are, at the defaults."""
    fix = "" if own is not None else "write credits: {sms: 0} in the account, or choose plus, pro or enterprise"
    source = "" if own is not None else " The total is that of defaults.account."
    report.add(
        "sms-tier",
        _sms_origin(declaration, own, below),
        f"{declaration.address} is on the tier {tier}, and the portal sends no SMS for it.{source}",
        fix=fix,
        address=declaration.address,
    )


def _sms_origin(declaration: Declaration, own: Block | None, below: Words) -> Origin:
    plan = declaration.block.get("plan")
    if own is not None:
        return own.values_at["sms"]
    if isinstance(plan, Block) and "tier" in plan:
        return plan.values_at["tier"]
    origin: Origin = below.block["credits"].values_at["sms"]
    return origin
