"""What a block must have once the defaults are merged under it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from agencyfile.language.agency import AgencyHead
from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import Words, inherited_plan
from agencyfile.language.document import Block
from agencyfile.language.grants import check_sms
from agencyfile.language.models.blocks import Plan
from agencyfile.language.problems import is_misspelt, known_keys
from agencyfile.language.report import Report
from agencyfile.language.wording import listed
from plan.address import Origin

_INHERITED: Final = {"accounts": ("notification", "plan"), "sandboxes": ("notification",)}
_WORDS: Final = known_keys(("accounts", ""))
_NOTHING: Final = Words({}, Block())


@cache
def _plan_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Plan)


def check_completeness(found: list[Declaration], head: AgencyHead, report: Report) -> None:
    """Check required words and plans of every block that inherits."""
    plans = _plan_adapter()
    for declaration in found:
        required = _INHERITED.get(declaration.section)
        if required is None:
            continue
        below = head.defaults.get(declaration.address.kind, _NOTHING)
        for word in required:
            if head.knows_defaults and not (_names(declaration.block, word) or _names(below.block, word)):
                _report_missing(declaration, word, report)
        if declaration.section == "accounts":
            _check_notification(declaration, below, report)
            _check_plan(declaration, below, plans, report)


def _names(block: Block, word: str) -> bool:
    """Does the block name the word, be it misspelt?"""
    return word in block or is_misspelt(block, word, _WORDS)


def _report_missing(declaration: Declaration, word: str, report: Report) -> None:
    kind = declaration.address.kind
    report.add(
        "missing-key",
        declaration.place.key_at,
        f"{declaration.section}.{declaration.address.name} has no {word}, and defaults.{kind} gives none.",
        fix=f"add {word} here or to defaults.{kind}",
        address=declaration.address,
    )


def _check_notification(declaration: Declaration, below: Words, report: Report) -> None:
    """Mail for the agency should not go to the client (`portal.md` rule 26)."""
    own = declaration.block.get("notification")
    notification = own or below.values.get("notification")
    client = declaration.block.get("client")
    email = client.get("email") if isinstance(client, Block) else None
    if isinstance(email, str) and isinstance(notification, str) and email.lower() == notification.lower():
        origin = declaration.block.values_at["notification"] if own else declaration.place.key_at
        report.add(
            "notification-is-client",
            origin,
            "Billing, abuse and approval mail of this account goes to the client's own address.",
            address=declaration.address,
        )


def _check_plan(declaration: Declaration, below: Words, plans: TypeAdapter[Any], report: Report) -> None:
    raw = declaration.block.get("plan", {})
    own = _valid_plan(declaration, raw, plans)
    if own is None or ("plan" in below.block and "plan" not in below.values):
        return
    base = below.values.get("plan", {})
    plan = {**inherited_plan(own, base), **own}
    check_sms(declaration, plan, below, report)
    if "id" in plan:
        _check_id(declaration, plan, report)
    elif plan.get("tier") == "trial":
        _check_trial(declaration, plan, below, report)
    elif plan:
        _check_terms(declaration, plan, report)


def _valid_plan(declaration: Declaration, raw: Any, plans: TypeAdapter[Any]) -> Mapping[str, Any] | None:
    """The block's own plan, also when another part of the block is wrong; None when the plan itself is."""
    if declaration.words is not None:
        plan: Mapping[str, Any] = declaration.words.get("plan", {})
        return plan
    try:
        return plans.validate_python(raw)  # type: ignore[no-any-return]
    except ValidationError:
        return None


def _check_id(declaration: Declaration, plan: Mapping[str, Any], report: Report) -> None:
    if len(plan) > 1:
        report.add(
            "plan-mixed",
            _word_origin(declaration, "id"),
            "The plan is named by its id and by words; one of them must win, and nobody can tell which.",
            address=declaration.address,
        )


def _check_trial(declaration: Declaration, plan: Mapping[str, Any], below: Words, report: Report) -> None:
    named = [word for word in ("billing", "contacts") if word in plan]
    if not named:
        return
    own = declaration.block.get("plan")
    origin = _word_origin(declaration, named[0])
    if not (isinstance(own, Block) and named[0] in own):
        origin = below.block["plan"].values_at[named[0]]
    report.add(
        "trial-terms",
        origin,
        f"A trial is free and has the portal's own limits: it takes no {listed(named)}.",
        address=declaration.address,
    )


def _check_terms(declaration: Declaration, plan: Mapping[str, Any], report: Report) -> None:
    missing = [word for word in ("tier", "billing", "contacts") if word not in plan]
    if missing:
        report.add(
            "plan-incomplete",
            _plan_key(declaration),
            f"The plan of {declaration.address} has no {listed(missing)}, and the defaults give none.",
            fix=f"add {listed(missing)}",
            address=declaration.address,
        )


def _plan_key(declaration: Declaration) -> Origin:
    return declaration.place.key_origin(("plan",))


def _word_origin(declaration: Declaration, word: str) -> Origin:
    return declaration.place.value_origin(("plan", word))
