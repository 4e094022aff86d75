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
    is created, and none later: a change of a template does not touch existing accounts (rule 58).

    Args:
        resource: the account.
        desired: every resource, templates among them.
        status: the status of the account.
        has_login: whether its creation returns a login that may be used for it.
    """
    for reference in _references(resource, status):
        template = desired.get(reference.address)
        if template is not None:
            yield _delivery(resource, template, key=_key(resource, desired), is_opened=status.is_planned and has_login)


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


def _key(resource: Resource, desired: Mapping[Address, Resource]) -> Reference | None:
    """Return the key of the account if this plan fetches it."""
    address = Address("account_key", resource.address.name)
    return Reference(address) if address in desired else None


def _delivery(resource: Resource, template: Resource, *, key: Reference | None, is_opened: bool) -> Resource:
    attributes: dict[str, Value] = {"account": Reference(resource.address), "template": Reference(template.address)}
    attributes |= {word: template.attributes[word] for word in _WORDS if word in template.attributes}
    if "api" in resource.attributes:
        attributes["api"] = resource.attributes["api"]
    elif key is not None and attributes["type"] == _BASIC:
        attributes["key"] = key
    if is_opened:
        attributes["login"] = True
    return Resource(
        delivery_address(resource.address.name, template.address.name),
        attributes,
        resource.origin_of("templates"),
        template.origins,
    )
