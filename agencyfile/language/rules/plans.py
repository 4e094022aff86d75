"""Plans, and what only some of them have."""

from typing import Final

from plan.diagnostic import Severity
from plan.rule import Rule

PLANS: Final = (
    Rule("plan-tier-sandbox", "Account on the sandbox tier", "declare it under sandboxes", "portal.md rules 1, 5"),
    Rule("plan-tier", "Tier not known", "write trial, starter, plus, pro or enterprise", "portal.md rule 30"),
    Rule("plan-billing", "Billing not known", "write monthly or annual", "portal.md rule 30"),
    Rule("plan-number", "Number too small", "write a whole number above zero", "portal.md rule 30"),
    Rule("plan-incomplete", "Plan is not complete", "name tier, billing and contacts", "portal.md rule 30"),
    Rule("plan-mixed", "Plan by id and by words", "keep the id, or the words", "portal.md rule 30"),
    Rule("trial-terms", "Trial with billing or contacts", "remove billing and contacts", "portal.md rule 42"),
    Rule("trial-extension-tier", "Extension of what is no trial", "remove trial", "portal.md rule 43"),
    Rule("trial-extended-once", "Trial extended more than once", "write extended: true", "portal.md rule 43"),
    Rule(
        "sms-tier",
        "SMS credits on a tier without SMS",
        "remove sms, or choose plus, pro or enterprise",
        "portal.md rule 68",
    ),
    Rule(
        "scoring-tier",
        "Scoring as an addon of enterprise",
        "remove scoring",
        "portal.md 1.2",
        Severity.WARNING,
    ),
)
