"""What a block must have once the defaults are merged under it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from agencyfile.fields.wording import listed
from agencyfile.language.agency import AgencyHead
from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import NOTHING, Words, inherited_plan, is_whole_plan
from agencyfile.language.document import Block
from agencyfile.language.models.blocks import Plan
from agencyfile.language.problems import dotted, is_misspelt, known_keys
from agencyfile.language.report import Report
from agencyfile.language.tiers import check_tier
from plan.address import Origin

_REQUIRED: Final = {"accounts": ("client",), "sandboxes": ("client",), "snapshots": ("sandbox",)}
_INHERITED: Final = {"accounts": ("notification", "plan"), "sandboxes": ("notification",)}


@cache
def _plan_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Plan)


def check_completeness(found: list[Declaration], head: AgencyHead, report: Report) -> None:
    """Check required words of every block, and plans of every account. What is adopted needs no words."""
    for declaration in found:
        below = head.defaults.get(declaration.address.kind, NOTHING)
        if not is_adopted(declaration.block):
            _check_words(declaration, below, head, report)
        if declaration.section == "accounts":
            _check_notification(declaration, below, report)
            _check_country(declaration, below, report)
            _check_plan(declaration, below, report)


def is_adopted(block: Block) -> bool:
    """Does it exist already, so that nothing is needed for its creation? So it does, where that is badly said."""
    return block.get("adopt", False) is not False


def _check_words(declaration: Declaration, below: Words, head: AgencyHead, report: Report) -> None:
    section, block = declaration.section, declaration.block
    for word in _REQUIRED.get(section, ()):
        if not _names(block, word, section):
            _report_missing(declaration, f"has no {word}.", f"add {word}:", report)
    _check_client(declaration, report)
    for word in _INHERITED.get(section, ()):
        if word in block or word in below.block or not head.knows_defaults:
            continue
        if not (_names(block, word, section) or _names(below.block, word, section)):
            where = f"defaults.{declaration.address.kind}"
            _report_missing(
                declaration, f"has no {word}, and {where} gives none.", f"add {word} here or to {where}", report
            )


def _check_client(declaration: Declaration, report: Report) -> None:
    """The portal does not tell the address of a client: only what is adopted may go without."""
    path = (declaration.section, declaration.address.name, "client")
    client = declaration.block.get("client")
    if isinstance(client, Block) and not ("email" in client or is_misspelt(client, "email", known_keys(path))):
        origin = declaration.place.key_origin(("client",))
        report.add(
            "missing-key", origin, f"{dotted(path)} has no email.", fix="add email:", address=declaration.address
        )


def _names(block: Block, word: str, section: str) -> bool:
    """Does the block name the word, be it misspelt?"""
    return word in block or is_misspelt(block, word, known_keys((section, "")))


def _report_missing(declaration: Declaration, lack: str, fix: str, report: Report) -> None:
    detail = f"{dotted((declaration.section, declaration.address.name))} {lack}"
    report.add("missing-key", declaration.place.key_at, detail, fix=fix, address=declaration.address)


def _check_country(declaration: Declaration, below: Words, report: Report) -> None:
    """A currency is chosen with the country, at creation (`portal.md` 1.8)."""
    block = declaration.block
    is_own = "currency" in block
    if not (is_own or ("currency" in below.values and not is_adopted(block))):
        return
    if "country" not in block and "country" not in below.block:
        origin = block.values_at["currency"] if is_own else declaration.place.key_at
        source = "" if is_own else " The currency is that of defaults.account."
        report.add(
            "currency-without-country",
            origin,
            f"{declaration.address} has a currency and no country, and the portal takes the two together.{source}",
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


def _check_plan(declaration: Declaration, below: Words, report: Report) -> None:
    raw = declaration.block.get("plan", {})
    own = _valid_plan(declaration, raw)
    if own is None or ("plan" in below.block and "plan" not in below.values):
        return
    base = below.values.get("plan", {})
    plan = {**inherited_plan(own, base), **own}
    if not own and is_adopted(declaration.block) and not is_whole_plan(plan):
        return
    check_tier(declaration, plan, below, report)
    if "id" in plan:
        _check_id(declaration, plan, report)
    elif plan.get("tier") == "trial":
        _check_trial(declaration, plan, below, report)
    elif plan:
        _check_terms(declaration, plan, report)


def _valid_plan(declaration: Declaration, raw: Any) -> Mapping[str, Any] | None:
    """The block's own plan, also when another part of the block is wrong; None when the plan itself is."""
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
