"""The tier of an account's plan, from the file, the catalogue or the portal."""

from collections.abc import Mapping

from agencyfile.kinds.catalogue import Catalogue
from agencyfile.kinds.wording import live_tier
from plan.resource import Live, Resource
from plan.values import Value


def tier_of(resource: Resource, account: Live | None, catalogue: Catalogue) -> str:
    """Return the declared tier, or that of the declared id, or that of the live account; empty if unknown."""
    plan = resource.attributes.get("plan")
    if not isinstance(plan, Mapping):
        return live_tier(account) if account else ""
    return declared_tier(resource) or catalogue.tier_of(_text(plan.get("id"))) or ""


def declared_tier(resource: Resource) -> str:
    """Return the tier in the file; empty without one."""
    plan = resource.attributes.get("plan")
    return _text(plan.get("tier")) if isinstance(plan, Mapping) else ""


def _text(value: Value) -> str:
    return "" if value is None else str(value)
