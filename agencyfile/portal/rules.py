"""The rules that only the portal can tell: one stable id each, with severity, summary, fix and where it comes from."""

from collections.abc import Mapping
from typing import Final

from agencyfile.portal.endpoint import HUB_KEY_VARIABLE
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic, Severity
from plan.rule import Rule

_PLANS: Final = (
    Rule(
        "plan-not-offered",
        "the portal does not offer this plan",
        "choose one that is offered, or write `plan: {id: N}`",
        "portal.md rule 30, section 1.4",
    ),
    Rule("plan-ambiguous", "several plans of the portal fit", "choose one: `plan: {id: N}`", "portal.md 1.4"),
    Rule(
        "plan-tiers-unreadable",
        "the portal's plans cannot be told apart by tier",
        "set portal.plan_tier_field, or portal.plan_ids, or write `plan: {id: N}`",
        "portal.md 1.4",
    ),
    Rule(
        "plan-is-sandbox",
        "an account on the plan of sandboxes",
        "choose another plan, or declare a new name under sandboxes",
        "portal.md rules 1, 5",
    ),
    Rule(
        "country-plan",
        "the plan's tier is not known",
        "declare tier, billing and contacts, or leave country out",
        "portal.md rule 29, section 1.8",
    ),
    Rule(
        "sms-plan",
        "SMS credits on a plan without SMS",
        "take sms out, or choose plus, pro or enterprise",
        "portal.md rule 68",
    ),
    Rule(
        "scoring-plan",
        "scoring as an add-on of Enterprise",
        "take scoring out: every Enterprise account has it",
        "portal.md 1.2",
        Severity.WARNING,
    ),
)
_ACCOUNTS: Final = (
    Rule(
        "account-is-sandbox",
        "the portal has a sandbox of this name",
        "declare it under sandboxes, or choose another name for the account",
        "portal.md rules 1, 6",
    ),
    Rule(
        "disabled-billed",
        "a disabled account is still billed",
        "cancel it under removed, or choose a smaller plan, if it is not to be paid for",
        "portal.md rules 47, 48",
        Severity.WARNING,
    ),
    Rule(
        "domain-on-trial",
        "a domain for a trial",
        "take domain out until the account has a paid plan, if the portal refuses it",
        "portal.md rule 52",
        Severity.WARNING,
    ),
    Rule(
        "adopted-not-found",
        "what is to be adopted is not at the portal",
        "correct the name, or take `adopt: true` out to have it made",
        "portal.md rules 12, 34",
        Severity.WARNING,
    ),
)
_SANDBOXES: Final = (
    Rule(
        "sandbox-over-limit",
        "a sandbox is over its limit",
        "remove them from the sandbox before the next snapshot is taken",
        "portal.md rule 3",
        Severity.WARNING,
    ),
    Rule(
        "sandbox-not-clean",
        "a snapshot would copy contacts",
        "empty the sandbox before the snapshot is taken",
        "portal.md rules 4, 21",
        Severity.WARNING,
    ),
    Rule(
        "snapshot-ambiguous",
        "several snapshots bear this name",
        "delete all but one in the portal, or declare a new name",
        "portal.md 1.8",
    ),
    Rule(
        "snapshot-too-old",
        "no account can be created from this snapshot",
        "take a new snapshot of the sandbox under a new name",
        "portal.md rule 16",
    ),
)
_ACCESS: Final = (
    Rule(
        "hub-key",
        "the Partners Hub key is missing",
        f"set {HUB_KEY_VARIABLE}",
        "portal.md 1.8",
    ),
)
_LISTS: Final = (
    Rule(
        "list-unsteady",
        "a list of the portal kept changing while it was read",
        "plan again when nobody else is changing the portal",
        "portal.md 1.3",
        Severity.WARNING,
    ),
)

RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rule in (*_PLANS, *_ACCOUNTS, *_SANDBOXES, *_ACCESS, *_LISTS)}


def found(rule: str, detail: str, *, origin: Origin | None, address: Address | None, fix: str = "") -> Diagnostic:
    """A diagnostic of one of these rules; `fix` where there is a better one than the rule's."""
    known = RULES[rule]
    return Diagnostic(known.id, known.summary, detail, fix or known.fix, origin, address, known.severity)
