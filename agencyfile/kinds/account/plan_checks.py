"""Checks of the plan of an account, merged over the defaults."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import listed
from agencyfile.kinds.account.plan import Plan, inherited_plan, is_whole_plan
from agencyfile.kinds.addon.rules import check_addons
from agencyfile.kinds.credit.rules import check_credits
from plan.address import Origin


@cache
def _plan_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Plan)


def check_plan(declaration: Declaration, below: Words, report: Report) -> None:
    """Check that the words name one plan, and that its tier allows what the account has."""
    raw = declaration.block.get("plan", {})
    own = _valid_plan(declaration, raw)
    if own is None or ("plan" in below.block and "plan" not in below.values):
        return
    base = below.values.get("plan", {})
    plan = {**inherited_plan(own, base), **own}
    if not own and declaration.is_adopted and not is_whole_plan(plan):
        return
    _check_tier(declaration, plan, below, report)
    if "id" in plan:
        _check_id(declaration, plan, report)
    elif plan.get("tier") == "trial":
        _check_trial(declaration, plan, below, report)
    elif plan:
        _check_terms(declaration, plan, report)


def _valid_plan(declaration: Declaration, raw: Any) -> Mapping[str, Any] | None:
    """Return the block's own plan, also when another part of the block is wrong; None when the plan itself is wrong."""
    if declaration.words is not None:
        plan: Mapping[str, Any] = declaration.words.get("plan", {})
        return plan
    try:
        return _plan_adapter().validate_python(raw)  # type: ignore[no-any-return]
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


def _check_tier(declaration: Declaration, plan: Mapping[str, Any], below: Words, report: Report) -> None:
    """Check what the account has against the tier of its plan. The tier of a plan by id is not known here."""
    tier = plan.get("tier")
    if tier is None or "id" in plan:
        return
    check_credits(declaration, tier, below, report)
    check_addons(declaration, tier, below, report)
    if tier != "trial" and "trial" in declaration.block:
        _check_extension(declaration, tier, report)


def _check_extension(declaration: Declaration, tier: str, report: Report) -> None:
    """Report an extension of a paid plan: only a trial can be extended (`docs/portal.md` rule 43)."""
    trial = declaration.block["trial"]
    if isinstance(trial, Block) and trial.get("extended") is True:
        report.add(
            "trial-extension-tier",
            trial.values_at["extended"],
            f"{declaration.address} is on the tier {tier}: only a trial can be extended.",
            address=declaration.address,
        )
