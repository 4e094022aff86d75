"""What is wrong between the file and the portal, and is not a difference of one attribute (`portal.md` section 2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.kinds.wording import live_tier
from agencyfile.portal.lists.catalogue import NON_RECURRING, SANDBOX, TRIAL, Catalogue
from agencyfile.portal.previous_names import addresses_of, held, is_made_by_the_hub
from agencyfile.portal.rules import found
from plan.address import Address
from plan.diagnostic import Diagnostic
from plan.resource import Live, Resource
from plan.values import Reference, Value

_WITHOUT_SMS: Final = "starter"  # rule 68: Lite has none, and Starter is treated like it (INF)
_WITH_SCORING: Final = "enterprise"

Accounts = Mapping[Address, Live]


def account_checks(desired: Sequence[Resource], live: Accounts, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What the portal tells against accounts as they are declared."""
    for resource in desired:
        if resource.address.kind != "account":
            continue
        account = held(resource, live)
        tier = _tier(resource, account, catalogue)
        yield from _is_sandbox(resource, live)
        yield from _is_on_sandbox_plan(resource, account, tier)
        yield from _is_disabled(resource, account, tier)
        yield from _has_domain_on_trial(resource, tier)


def addition_checks(desired: Sequence[Resource], live: Accounts, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What goes with an account that does not go with its plan, where the file itself does not tell the plan's tier."""
    additions = [resource for resource in desired if _is_of_some_tiers(resource)]
    accounts = {resource.address: resource for resource in desired} if additions else {}
    for resource in additions:
        owner = _owner(resource)
        account = accounts.get(owner) if owner else None
        if account is None or _declared_tier(account):
            continue
        tier = _tier(account, held(account, live), catalogue)
        if resource.address.kind == "credit" and tier == _WITHOUT_SMS:
            yield found(
                "sms-plan",
                f"{account.address} is on a plan of the tier {tier}, which sends no SMS (rule 68).",
                origin=resource.origin_of("total"),
                address=resource.address,
            )
        if resource.address.kind == "addon" and tier == _WITH_SCORING:
            yield found(
                "scoring-plan",
                f"{account.address} is on a plan of the tier {tier}; the call that switches scoring is for accounts of "
                "other tiers.",
                origin=resource.origin_of("status"),
                address=resource.address,
            )


def adoption_checks(desired: Sequence[Resource], live: Accounts) -> Iterator[Diagnostic]:
    """Sandboxes and snapshots cannot be moved in as accounts can: what is not there is a wrong name."""
    for resource in desired:
        kind, name = resource.address
        if resource.adopt and kind in ("sandbox", "snapshot") and held(resource, live) is None:
            yield found(
                "adopted-not-found",
                f"The portal has no {kind} named `{name}`: nothing is made of this block, and "
                "what needs it has to wait.",
                origin=resource.origin_of("adopt"),
                address=resource.address,
            )


def access_checks(desired: Sequence[Resource], live: Accounts, *, has_hub_key: bool) -> Iterator[Diagnostic]:
    """What would be refused for want of a key, told before anything is sent: the first is enough."""
    made_by_the_hub = (resource for resource in desired if is_made_by_the_hub(resource, live))
    resource = None if has_hub_key else next(made_by_the_hub, None)
    if resource:
        yield found(
            "hub-key",
            f"{resource.address} declares a country: it is created through the Partners Hub, which needs a key.",
            origin=resource.origin_of("country"),
            address=resource.address,
        )


def steadiness_checks(*, is_steady: bool) -> Iterator[Diagnostic]:
    """A list that could not be read in one piece."""
    if not is_steady:
        yield found(
            "list-unsteady",
            "Rows came twice in every attempt to read a list of the portal to its end, so that others may have "
            "been missed: what the plan calls new may exist.",
            origin=None,
            address=None,
        )


def _is_sandbox(resource: Resource, live: Accounts) -> Iterator[Diagnostic]:
    """Rule 6: what the file calls an account must not be a sandbox at the portal."""
    for _, name in addresses_of(resource):
        if Address("sandbox", name) in live:
            yield found(
                "account-is-sandbox",
                f"`{name}` is a sandbox at the portal, and a sandbox never becomes an account (rule 6).",
                origin=resource.origin,
                address=resource.address,
            )


def _is_on_sandbox_plan(resource: Resource, account: Live | None, tier: str) -> Iterator[Diagnostic]:
    """Rules 1 and 5: the plan of sandboxes is for sandboxes, and nothing becomes one."""
    if tier != SANDBOX or not isinstance(resource.attributes.get("plan"), Mapping):
        return
    why = (
        "a paid or trial account cannot be turned into one (rule 5)" if account else "they are declared apart (rule 1)"
    )
    yield found(
        "plan-is-sandbox",
        f"The plan that {resource.address} declares is that of sandboxes, and {why}.",
        origin=resource.origin_of("plan.id"),
        address=resource.address,
    )


def _is_disabled(resource: Resource, account: Live | None, tier: str) -> Iterator[Diagnostic]:
    """Rules 47 and 48: the card is charged on the renewal day whether anybody can log in or not."""
    is_live = account is not None and not account.archived
    shown = account.attributes.get("status") if account and is_live else None
    if resource.attributes.get("status", shown) != "disabled" or tier in NON_RECURRING or (account and not is_live):
        return
    state = "is disabled" if shown == "disabled" else "is to be disabled"
    yield found(
        "disabled-billed",
        f"{resource.address} {state}, and goes on being billed on its renewal day as long as its plan runs (rule 47).",
        origin=resource.origin_of("status"),
        address=resource.address,
    )


def _has_domain_on_trial(resource: Resource, tier: str) -> Iterator[Diagnostic]:
    """Rule 52: a CNAME is for paid accounts; whether the portal takes one for a trial is not published."""
    if tier == TRIAL and resource.attributes.get("domain"):
        yield found(
            "domain-on-trial",
            f"{resource.address} is a trial, and the vendor describes domains for paid accounts (rule 52): the portal "
            "may refuse it.",
            origin=resource.origin_of("domain"),
            address=resource.address,
        )


def _is_of_some_tiers(resource: Resource) -> bool:
    """Is it SMS credit, or scoring: what only some tiers take (rule 68, section 1.2)?"""
    words, kind = resource.attributes, resource.address.kind
    if kind == "credit":
        return words.get("pool") == "sms" and words.get("total") != 0
    return kind == "addon" and words.get("addon") == "scoring" and words.get("status") == "active"


def _owner(resource: Resource) -> Address | None:
    account = resource.attributes.get("account")
    return account.address if isinstance(account, Reference) else None


def _tier(resource: Resource, account: Live | None, catalogue: Catalogue) -> str:
    """The tier that is declared, or that the declared id stands for, or that the account has; empty if not known."""
    plan = resource.attributes.get("plan")
    if not isinstance(plan, Mapping):
        return live_tier(account) if account else ""
    return _declared_tier(resource) or catalogue.tier_of(_text(plan.get("id"))) or ""


def _declared_tier(resource: Resource) -> str:
    plan = resource.attributes.get("plan")
    return _text(plan.get("tier")) if isinstance(plan, Mapping) else ""


def _text(value: Value) -> str:
    return "" if value is None else str(value)
