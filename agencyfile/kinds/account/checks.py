"""Checks of declared accounts against the portal (`docs/portal.md` section 2)."""

from collections.abc import Iterator, Mapping
from typing import Final

from agencyfile.fields.key_variables import HUB_KEY_VARIABLE
from agencyfile.kinds.account.completion import PLAN_RULES, is_made_by_the_hub
from agencyfile.kinds.account.tier_at_portal import tier_of
from agencyfile.kinds.catalogue import NON_RECURRING, SANDBOX, TRIAL
from agencyfile.kinds.finding import found
from agencyfile.kinds.name_checks import NAME_CHARACTERS, name_checks
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import addresses_of, held
from agencyfile.kinds.price import FREE_PLAN_ID, is_free
from agencyfile.kinds.snapshot.listed import matches
from agencyfile.kinds.snapshot.live import FIRST_USABLE_DAY, SnapshotMatch, match_of
from plan.address import Address
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Live, Resource
from plan.rule import Rule
from plan.values import Reference

_PLAN_IS_SANDBOX: Final = Rule(
    "plan-is-sandbox",
    "an account on the plan of sandboxes",
    "choose another plan, or declare a new name under sandboxes",
    "portal.md rules 1, 5",
)
_ACCOUNT_IS_SANDBOX: Final = Rule(
    "account-is-sandbox",
    "the portal has a sandbox of this name",
    "declare it under sandboxes, or choose another name for the account",
    "portal.md rules 1, 6",
)
_DISABLED_BILLED: Final = Rule(
    "disabled-billed",
    "a disabled account is still billed",
    "cancel it under removed, or choose a smaller plan, if it is not to be paid for",
    "portal.md rules 47, 48",
    Severity.WARNING,
)
_DOMAIN_ON_TRIAL: Final = Rule(
    "domain-on-trial",
    "a domain for a trial",
    "take domain out until the account has a paid plan, if the portal refuses it",
    "portal.md rule 52",
    Severity.WARNING,
)
_HUB_KEY: Final = Rule(
    "hub-key",
    "the Partners Hub key is missing",
    f"set {HUB_KEY_VARIABLE}",
    "portal.md 1.8",
)
_SNAPSHOT_TOO_OLD: Final = Rule(
    "snapshot-too-old",
    "no account can be created from this snapshot",
    "take a new snapshot of the sandbox under a new name",
    "portal.md rule 16",
)

_FREE_PLAN: Final = Rule(
    "free-plan",
    "an account that is to be free for ever",
    "choose a plan that the portal lists, if it refuses this one",
    "portal.md section 8",
    Severity.WARNING,
)

RULES: Final = (
    *PLAN_RULES,
    _PLAN_IS_SANDBOX,
    _ACCOUNT_IS_SANDBOX,
    _DISABLED_BILLED,
    _DOMAIN_ON_TRIAL,
    _HUB_KEY,
    _SNAPSHOT_TOO_OLD,
    NAME_CHARACTERS,
    _FREE_PLAN,
)


def account_checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Run every check of accounts."""
    for resource in view.declared("account"):
        account = held(resource, live)
        tier = tier_of(resource, account, view.offers)
        yield from _is_sandbox(resource, live)
        yield from _is_on_sandbox_plan(resource, account, tier)
        yield from _is_disabled(resource, account, tier)
        yield from _has_domain_on_trial(resource, tier)
        yield from _is_free(resource, account, view)
        yield from _is_from_an_old_snapshot(resource, account, view)
    yield from _needs_the_hub(view, live)
    yield from name_checks(view.declared("account"), view, live)


def _needs_the_hub(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Find the first account that the portal would refuse because the hub's key is missing."""
    made_by_the_hub = (item for item in view.declared("account") if is_made_by_the_hub(item, live))
    resource = None if view.has_hub_key else next(made_by_the_hub, None)
    if resource:
        yield found(
            _HUB_KEY,
            f"{resource.address} declares a country: it is created through the Partners Hub, which needs a key.",
            origin=resource.origin_of("country"),
            address=resource.address,
        )


def _is_sandbox(resource: Resource, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report a declared account that is a sandbox at the portal (rule 6)."""
    for _, name in addresses_of(resource):
        if Address("sandbox", name) in live:
            yield found(
                _ACCOUNT_IS_SANDBOX,
                f"`{name}` is a sandbox at the portal, and a sandbox never becomes an account (rule 6).",
                origin=resource.origin,
                address=resource.address,
            )


def _is_on_sandbox_plan(resource: Resource, account: Live | None, tier: str) -> Iterator[Diagnostic]:
    """Report an account on the plan of sandboxes: no account becomes a sandbox (rules 1 and 5)."""
    if tier != SANDBOX or not isinstance(resource.attributes.get("plan"), Mapping):
        return
    why = (
        "a paid or trial account cannot be turned into one (rule 5)" if account else "they are declared apart (rule 1)"
    )
    yield found(
        _PLAN_IS_SANDBOX,
        f"The plan that {resource.address} declares is that of sandboxes, and {why}.",
        origin=resource.origin_of("plan.id"),
        address=resource.address,
    )


def _is_disabled(resource: Resource, account: Live | None, tier: str) -> Iterator[Diagnostic]:
    """Report a disabled account: the card is still charged on the renewal day (rules 47 and 48)."""
    is_live = account is not None and not account.archived
    shown = account.attributes.get("status") if account and is_live else None
    if (
        resource.attributes.get("status", shown) != "disabled"
        or _is_unbilled(resource, tier)
        or (account and not is_live)
    ):
        return
    state = "is disabled" if shown == "disabled" else "is to be disabled"
    yield found(
        _DISABLED_BILLED,
        f"{resource.address} {state}, and goes on being billed on its renewal day as long as its plan runs (rule 47).",
        origin=resource.origin_of("status"),
        address=resource.address,
    )


def _is_unbilled(resource: Resource, tier: str) -> bool:
    return tier in NON_RECURRING or is_free(resource.attributes.get("plan"))


def _has_domain_on_trial(resource: Resource, tier: str) -> Iterator[Diagnostic]:
    """Report a domain on a trial: it is for paid accounts (rule 52). Whether the portal takes it is not published."""
    if tier == TRIAL and resource.attributes.get("domain"):
        yield found(
            _DOMAIN_ON_TRIAL,
            f"{resource.address} is a trial, and the vendor describes domains for paid accounts (rule 52): the portal "
            "may refuse it.",
            origin=resource.origin_of("domain"),
            address=resource.address,
        )


def _is_free(resource: Resource, account: Live | None, view: PortalView) -> Iterator[Diagnostic]:
    """Report an account that is to be free, unless the portal lists one that is: not every portal makes them."""
    if not is_free(resource.attributes.get("plan")) or resource.adopt or view.once(_lists_free_accounts):
        return
    if account is None or not is_free(account.attributes.get("plan")):
        how = "is to be created" if account is None else "is to become"
        yield found(
            _FREE_PLAN,
            f"{resource.address} {how} free for ever (plan id {FREE_PLAN_ID}). The portal lists no such account, and "
            "sources differ on whether it makes them: it may refuse.",
            origin=resource.origin_of("plan.id"),
            address=resource.address,
        )


def _lists_free_accounts(view: PortalView) -> bool:
    return any(row.foreverfree and row.planid == FREE_PLAN_ID for row in view.accounts.rows)


def _is_from_an_old_snapshot(resource: Resource, account: Live | None, view: PortalView) -> Iterator[Diagnostic]:
    """Report an account to be created from a snapshot that is too old (rule 16)."""
    snapshot = resource.attributes.get("snapshot")
    if account is not None or resource.adopt or not isinstance(snapshot, Reference):
        return
    declared = view.at(snapshot.address)
    if declared is not None:
        yield from _is_too_old(resource, snapshot.address, match_of(declared, view.once(matches)))


def _is_too_old(resource: Resource, snapshot: Address, match: SnapshotMatch | None) -> Iterator[Diagnostic]:
    if match is None or match.created_at is None or match.created_at >= FIRST_USABLE_DAY:
        return
    yield found(
        _SNAPSHOT_TOO_OLD,
        f"{snapshot} was taken on {match.created_at:%Y-%m-%d}; snapshots from before August 2021 are disabled "
        "for the creation of accounts (rule 16).",
        origin=resource.origin_of("snapshot"),
        address=resource.address,
    )
