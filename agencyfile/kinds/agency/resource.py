"""The agency as a resource: every setting that decides what an apply may do, defaults included.

Settings at their defaults are attributes too. So a setting that is taken out of the file is a change like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import PydanticCustomError

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.nodes import Block, inner
from agencyfile.declarations.place import Place
from agencyfile.fields.values import parse_secret
from agencyfile.kinds.agency.settings import PORTAL_KEYS, Notify, PortalSettings, Settings
from plan.address import Address, Origin
from plan.money import Money
from plan.resource import Resource
from plan.values import Value

FROM_ENVIRONMENT: Final = "the receiver that AGENCYFILE_WEBHOOK_URL names"
_NONE: Final[Mapping[str, str]] = {}


def make_agency(
    settings: Settings, root: Place, found: Sequence[Declaration], ignore: Mapping[str, str] = _NONE
) -> Resource:
    """Return the resource `agency.NAME` of a valid file. `ignore` holds the reasons by pattern; they may be empty."""
    block = inner(root.block, "agency")
    origin = root.block.keys_at["agency"]
    origins = dict(_origins(block)) | ({"ignore": root.block.keys_at["ignore"]} if ignore else {})
    attributes: dict[str, Value] = {
        "credentials.recipients": tuple(sorted(settings.recipients)),
        "signers": tuple(sorted(settings.signers)),
        "budgets.per_apply": _amount(settings.budgets.per_apply),
        "budgets.per_month": _amount(settings.budgets.per_month),
        "budgets.max_monthly": _amount(settings.budgets.max_monthly),
        "review.approval": tuple(sorted(settings.review.approval)),
        "review.max_changed_share": settings.review.max_changed_share,
        "review.max_vanished_share": settings.review.max_vanished_share,
        "reconcile.resend": settings.reconcile.resend,
        "reconcile.settle": settings.reconcile.settle,
        "ledger": settings.ledger,
        "lease.duration": settings.lease,
        "contacts.export": settings.contacts.export,
        "contacts.service_manager": settings.contacts.service_manager,
        **notify_attributes(settings.notify),
        **_portal(settings.portal, inner(block, "portal")),
        "account_keys": dict(_account_keys(found)),
        "ignore": tuple(sorted(ignore)),
        "ignore_reasons": {pattern: reason for pattern, reason in sorted(ignore.items()) if reason} or None,
    }
    return Resource(Address("agency", settings.name), attributes, origin, origins)


def notify_attributes(notify: Notify | None) -> dict[str, Value]:
    """Return who is told of runs. Without anybody all three are None, as in a ledger that does not know them."""
    if notify is None:
        return {"notify.url": None, "notify.form": None, "notify.events": None}
    return {
        "notify.url": notify.url or FROM_ENVIRONMENT,
        "notify.form": notify.form,
        "notify.events": tuple(notify.events),
    }


def _portal(portal: PortalSettings, block: Block) -> dict[str, Value]:
    variables: dict[str, Value] = {f"portal.{key}": _variable(block.get(key)) for key in PORTAL_KEYS}
    return {
        "portal.agency_api": portal.agency_api,
        "portal.hub_api": portal.hub_api,
        "portal.account_api": portal.account_api,
        **variables,
        "portal.account_login": portal.account_login,
        "portal.fetch_account_keys": portal.fetch_account_keys,
        "portal.branding_flags": portal.branding_flags,
        "portal.plan_ids": dict(sorted(portal.plan_ids.items())),
        "portal.plan_tier_field": portal.plan_tier_field,
        "portal.first_page": portal.first_page,
        "portal.rate_limit": portal.rate_limit,
        "portal.wait.first": portal.wait.first,
        "portal.wait.most": portal.wait.most,
        "portal.wait.timeout": portal.wait.timeout,
    }


def _account_keys(found: Sequence[Declaration]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Return the variable with the key of each account's own API, and the address that the key is sent to."""
    for declaration in sorted(found, key=lambda item: item.address):
        words: dict[str, Any] = declaration.words or {}
        if declaration.address.kind == "account" and "api" in words:
            api = words["api"]
            yield declaration.address.name, {"key": str(api["key"]), "url": str(api["url"])}


def _variable(reference: object) -> str | None:
    """Return the name in `${env:NAME}`, or None where the text is not of that form."""
    try:
        return parse_secret(reference)
    except PydanticCustomError:
        return None


def _amount(money: Money | None) -> str | None:
    return str(money) if money else None


def _origins(block: Block, prefix: str = "") -> Iterator[tuple[str, Origin]]:
    for key, value in block.items():
        yield f"{prefix}{key}", block.values_at[key]
        if isinstance(value, Block):
            yield from _origins(value, f"{prefix}{key}.")
