"""Checks of declared credits against the portal."""

from collections.abc import Iterator
from typing import Final

from agencyfile.kinds.account.owner import owner_tier
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from plan.diagnostic import Diagnostic
from plan.rule import Rule

_WITHOUT_SMS: Final = "starter"  # rule 68: Lite has none, and Starter is treated like it (INF)

_SMS_PLAN: Final = Rule(
    "sms-plan",
    "SMS credits on a plan without SMS",
    "take sms out, or choose plus, pro or enterprise",
    "portal.md rule 68",
)

RULES: Final = (_SMS_PLAN,)


def credit_checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report SMS credit on a plan without SMS, if the file itself does not give the plan's tier."""
    for resource in view.declared("credit"):
        words = resource.attributes
        is_sms = words.get("pool") == "sms" and words.get("total") != 0
        account, tier = owner_tier(resource, view, live) if is_sms else (None, "")
        if tier == _WITHOUT_SMS:
            yield found(
                _SMS_PLAN,
                f"{account} is on a plan of the tier {tier}, which sends no SMS (rule 68).",
                origin=resource.origin_of("total"),
                address=resource.address,
            )
