"""The diagnostics of addons, and the check of their tier."""

from typing import Final

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.report import Report
from agencyfile.kinds.account.tiers import named_by, origin_of
from plan.diagnostic import Severity
from plan.rule import Rule

RULES: Final = (
    Rule("addon-seats", "Not a number of seats", "write a whole number above zero", "portal.md 1.2"),
    Rule(
        "scoring-tier",
        "Scoring as an addon of enterprise",
        "remove scoring",
        "portal.md 1.2",
        Severity.WARNING,
    ),
)


def check_addons(account: Declaration, tier: str, below: Words, report: Report) -> None:
    """Report scoring on the tier enterprise, which includes it (`docs/portal.md` 1.2)."""
    if tier != "enterprise":
        return
    value, is_own = named_by(account, below, "addons", "scoring")
    if value is not True:
        return
    source = "" if is_own else " The addon is that of defaults.account."
    report.add(
        "scoring-tier",
        origin_of(account, below, "addons", "scoring"),
        f"{account.address} is on the tier enterprise, and scoring is an addon of the other tiers.{source}",
        fix="" if is_own else "choose another tier, or move scoring from the defaults to the accounts that need it",
        address=account.address,
    )
