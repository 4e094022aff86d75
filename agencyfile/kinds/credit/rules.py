"""The diagnostics of credits, and the check of their tier."""

from typing import Final

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.report import Report
from agencyfile.kinds.account.tiers import named_by, origin_of
from plan.rule import Rule

RULES: Final = (
    Rule("credit-total", "Total below zero", "write the total ever granted: zero or more", "portal.md rule 71"),
    Rule(
        "sms-tier",
        "SMS credits on a tier without SMS",
        "remove sms, or choose plus, pro or enterprise",
        "portal.md rule 68",
    ),
)
_SMS_TIERS: Final = ("trial", "plus", "pro", "enterprise")  # docs/portal.md rule 68


def check_credits(account: Declaration, tier: str, below: Words, report: Report) -> None:
    """Report SMS credits on a tier without SMS (`docs/portal.md` rule 68)."""
    if tier in _SMS_TIERS:
        return
    total, is_own = named_by(account, below, "credits", "sms")
    if not (isinstance(total, int) and not isinstance(total, bool) and total > 0):
        return
    source = "" if is_own else " The total is that of defaults.account."
    report.add(
        "sms-tier",
        origin_of(account, below, "credits", "sms"),
        f"{account.address} is on the tier {tier}, and the portal sends no SMS for it.{source}",
        fix="" if is_own else "write credits: {sms: 0} in the account, or choose plus, pro or enterprise",
        address=account.address,
    )
