"""Branding of an account as a resource."""

from collections.abc import Iterator

from agencyfile.declarations.declaration import Merged
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference, Value


def branding_of(account: Merged) -> Iterator[Resource]:
    """Return the branding of an account, if its block or its defaults name any (`docs/portal.md` rule 51)."""
    values, origins = account.values, account.origins
    branding = values.get("branding")
    if not branding:
        return
    attributes: dict[str, Value] = {"account": Reference(account.address), **branding}
    places = {word: origins[f"branding.{word}"] for word in branding}
    if "api" in values:
        attributes["api"] = values["api"]["url"]
        places["api"] = origins["api.url"]
    yield Resource(Address("branding", account.address.name), attributes, origins["branding"], places)
