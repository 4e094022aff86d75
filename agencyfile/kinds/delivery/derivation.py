"""Deliveries of an account: the templates that go into it (`docs/portal.md` section 2.5)."""

from collections.abc import Iterator, Mapping
from typing import Final

from plan.address import Address
from plan.provider import ResourceStatus
from plan.resource import Resource
from plan.values import Reference, Value

_BASIC: Final = "basic"
_WORDS: Final = ("type", "html", "content", "share_link", "source_account", "tags")


def delivery_address(account: str, template: str) -> Address:
    """Return the address of the delivery of one template into one account."""
    return Address("delivery", f"{account}.{template}")


def deliveries(
    resource: Resource, desired: Mapping[Address, Resource], status: ResourceStatus, *, has_login: bool
) -> Iterator[Resource]:
    """Return the deliveries of one account.

    An account that names its templates keeps them as they are in the file. Any other account gets all templates when it
    is created, and none later: a change of a template does not touch existing accounts (rule 58). Where the key of the
    account is fetched, its basic templates wait for that, and the key derives them (`keyed_deliveries`).

    Args:
        resource: the account.
        desired: every resource, templates among them.
        status: the status of the account.
        has_login: whether its creation returns a login that may be used for it.
    """
    waits_for_key = Address("account_key", resource.address.name) in desired
    for reference in _references(resource, status):
        template = desired.get(reference.address)
        if template is not None and not (waits_for_key and is_basic(template)):
            yield _delivery(resource, template, {"login": True} if status.is_planned and has_login else {})


def keyed_deliveries(key: Resource, desired: Mapping[Address, Resource]) -> Iterator[Resource]:
    """Return the deliveries of basic templates that wait for the key of their account to be fetched."""
    account = desired.get(Address("account", key.address.name))
    for reference in _in(key.attributes.get("templates")):
        template = desired.get(reference.address)
        if account is not None and template is not None:
            yield _delivery(account, template, {"key": Reference(key.address)})


def is_basic(template: Resource) -> bool:
    """Return whether it is a basic template, which alone an API takes (rules 60, 61)."""
    return template.attributes.get("type") == _BASIC


def _references(resource: Resource, status: ResourceStatus) -> Iterator[Reference]:
    declared = resource.attributes.get("templates")
    if resource.attributes.get("keeps_templates") or status.is_planned:
        yield from _in(declared)
        return
    for reference in _in(status.sent.get("templates") if status.is_ours else None):
        if not status.knows(delivery_address(resource.address.name, reference.address.name)):
            yield reference


def _in(value: Value) -> Iterator[Reference]:
    yield from (item for item in value if isinstance(item, Reference)) if isinstance(value, tuple) else ()


def _delivery(resource: Resource, template: Resource, access: Mapping[str, Value]) -> Resource:
    attributes: dict[str, Value] = {"account": Reference(resource.address), "template": Reference(template.address)}
    attributes |= {word: template.attributes[word] for word in _WORDS if word in template.attributes}
    if "api" in resource.attributes:
        attributes["api"] = resource.attributes["api"]
    attributes |= access
    return Resource(
        delivery_address(resource.address.name, template.address.name),
        attributes,
        resource.origin_of("templates"),
        template.origins,
    )
