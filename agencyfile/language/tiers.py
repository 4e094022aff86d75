"""What only some tiers have: SMS credits, scoring as an addon, an extension of the trial."""

from collections.abc import Mapping
from typing import Any

from agencyfile.fields.vocabulary import SMS_TIERS
from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import Words, holder
from agencyfile.language.document import Block
from agencyfile.language.report import Report
from plan.address import Origin


def check_tier(declaration: Declaration, plan: Mapping[str, Any], below: Words, report: Report) -> None:
    """Check what the account has against the tier of its plan; the tier of a plan by id is not known here."""
    tier = plan.get("tier")
    if tier is None or "id" in plan:
        return
    if tier not in SMS_TIERS:
        _check_sms(declaration, tier, below, report)
    if tier == "enterprise":
        _check_scoring(declaration, below, report)
    if tier != "trial" and "trial" in declaration.block:
        _check_extension(declaration, tier, report)


def _check_sms(declaration: Declaration, tier: str, below: Words, report: Report) -> None:
    """SMS credits are for some tiers only (`portal.md` rule 68)."""
    total, is_own = _found(declaration, below, "credits", "sms")
    if not (isinstance(total, int) and not isinstance(total, bool) and total > 0):
        return
    source = "" if is_own else " The total is that of defaults.account."
    report.add(
        "sms-tier",
        _origin(declaration, below, "credits", "sms"),
        f"{declaration.address} is on the tier {tier}, and the portal sends no SMS for it.{source}",
        fix="" if is_own else "write credits: {sms: 0} in the account, or choose plus, pro or enterprise",
        address=declaration.address,
    )


def _check_scoring(declaration: Declaration, below: Words, report: Report) -> None:
    """The addon is for every tier but the highest, which has scoring anyway (`portal.md` 1.2)."""
    value, is_own = _found(declaration, below, "addons", "scoring")
    if value is not True:
        return
    source = "" if is_own else " The addon is that of defaults.account."
    report.add(
        "scoring-tier",
        _origin(declaration, below, "addons", "scoring"),
        f"{declaration.address} is on the tier enterprise, and scoring is an addon of the other tiers.{source}",
        fix="" if is_own else "choose another tier, or move scoring from the defaults to the accounts that need it",
        address=declaration.address,
    )


def _check_extension(declaration: Declaration, tier: str, report: Report) -> None:
    """Only a trial can be extended (`portal.md` rule 43)."""
    trial = declaration.block["trial"]
    if isinstance(trial, Block) and trial.get("extended") is True:
        report.add(
            "trial-extension-tier",
            trial.values_at["extended"],
            f"{declaration.address} is on the tier {tier}: only a trial can be extended.",
            address=declaration.address,
        )


def _found(declaration: Declaration, below: Words, word: str, key: str) -> tuple[object, bool]:
    """The value of `word.key`, and whether the account itself names it."""
    own = holder(word, key, declaration.block)
    return (own[key], True) if own is not None else (below.values.get(word, {}).get(key), False)


def _origin(declaration: Declaration, below: Words, word: str, key: str) -> Origin:
    """The place of the account's own value; where that is inherited of its tier; and where both are, the defaults'."""
    own, plan = holder(word, key, declaration.block), declaration.block.get("plan")
    if own is not None:
        return own.values_at[key]
    if isinstance(plan, Block) and "tier" in plan:
        return plan.values_at["tier"]
    origin: Origin = below.block[word].values_at[key]
    return origin
