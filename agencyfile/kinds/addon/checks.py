"""Checks of declared add-ons against the portal."""

from collections.abc import Iterator
from typing import Final

from agencyfile.kinds.account.owner import owner_tier
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from plan.diagnostic import Diagnostic, Severity
from plan.rule import Rule

_WITH_SCORING: Final = "enterprise"

_SCORING_PLAN: Final = Rule(
    "scoring-plan",
    "scoring as an add-on of Enterprise",
    "take scoring out: every Enterprise account has it",
    "portal.md 1.2",
    Severity.WARNING,
)

RULES: Final = (_SCORING_PLAN,)


def addon_checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report scoring on a tier that includes it (section 1.2), if the file itself does not give the plan's tier."""
    for resource in view.declared("addon"):
        words = resource.attributes
        is_scoring = words.get("addon") == "scoring" and words.get("status") == "active"
        account, tier = owner_tier(resource, view, live) if is_scoring else (None, "")
        if tier == _WITH_SCORING:
            yield found(
                _SCORING_PLAN,
                f"{account} is on a plan of the tier {tier}; the call that switches scoring is for accounts of "
                "other tiers.",
                origin=resource.origin_of("status"),
                address=resource.address,
            )
