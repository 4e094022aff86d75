"""Which accounts' keys are fetched, and which resources use them.

The settings decide whether keys are fetched and used (`agency.portal.fetch_account_keys`). A key is fetched for an
account that the plan creates. It is also fetched for one that an earlier run created and left unfinished, if an
identity at hand opens its login. An account that declares its own `api` needs none.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from agencyfile.kinds.branding.completion import with_own_api
from agencyfile.kinds.delivery.derivation import delivery_address
from plan.address import Address
from plan.ledger.history import History
from plan.resource import Live, Reading, Resource
from plan.values import Reference, Value

KEPT: Final = "kept"
_ACCOUNT: Final = "account"
_BRANDING: Final = "branding"


class Opener(Protocol):
    """Opens what is sealed in the ledger, as far as an identity at hand can."""

    def opens(self, address: Address) -> bool:
        """Return whether the password or key of `address` can be opened."""

    def address_of_key(self, address: Address) -> str | None:
        """Return the address of the API that a kept key is for; None if the key may not be sent there."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The accounts whose API is opened by a kept key, with its address, and those whose key this plan fetches."""

    urls: Mapping[str, str]
    fetched: Collection[str]


def key_address(account: str) -> Address:
    """Return the address of the key of an account."""
    return Address("account_key", account)


def login_address(account: str) -> Address:
    """Return the address that the login of an account is kept under."""
    return Address(_ACCOUNT, account)


def completed_keys(reading: Reading, history: History, opener: Opener) -> Reading:
    """Return `reading` with the keys to fetch, and with the resources that use a key."""
    keys = _keys(reading, history, opener)
    if not (keys.urls or keys.fetched):
        return reading
    return replace(reading, desired=tuple(_completed(reading.desired, keys)))


def _completed(desired: Sequence[Resource], keys: _Keys) -> Iterator[Resource]:
    for resource in desired:
        name, kind = resource.address.name, resource.address.kind
        if kind in (_ACCOUNT, _BRANDING) and name in keys.urls:
            yield _opened(resource, keys.urls[name])
        elif kind == _BRANDING and name in keys.fetched:
            yield _waiting(resource)
        else:
            yield resource
        if kind == _ACCOUNT and name in keys.fetched:
            yield _key_of(resource)


def _key_of(account: Resource) -> Resource:
    attributes: dict[str, Value] = {"account": Reference(account.address), KEPT: True}
    return Resource(key_address(account.address.name), attributes, account.origin)


def _opened(resource: Resource, url: str) -> Resource:
    """Return an account or a branding as if the file declared the address of its API."""
    opened = replace(resource, attributes={**resource.attributes, "api": url})
    return with_own_api(opened) if resource.address.kind == _BRANDING else opened


def _waiting(branding: Resource) -> Resource:
    """Return a branding that is sent once the key has been fetched."""
    reference = Reference(key_address(branding.address.name))
    return with_own_api(replace(branding, attributes={**branding.attributes, "key": reference}))


def _keys(reading: Reading, history: History, opener: Opener) -> _Keys:
    live = {found.address: found for found in reading.live}
    desired = {resource.address: resource for resource in reading.desired}
    urls: dict[str, str] = {}
    fetched: set[str] = set()
    for address, resource in desired.items():
        if address.kind != _ACCOUNT or "api" in resource.attributes:
            continue
        key = key_address(address.name)
        if history.has_credential(key):
            url = opener.address_of_key(key) if opener.opens(key) else None
            urls |= {address.name: url} if url else {}
        elif _may_be_fetched(resource, desired, live.get(address), history, opener):
            fetched.add(address.name)
    return _Keys(urls, fetched)


def _may_be_fetched(
    account: Resource, desired: Mapping[Address, Resource], live: Live | None, history: History, opener: Opener
) -> bool:
    address = account.address
    if live is None:
        is_new = not (account.adopt or account.previously or history.has_made(address))
        templates = account.attributes.get("templates")
        is_needed = any(_needed(account.address.name, templates, desired))
        return is_new and address not in history.open_intents and _shows_login(account) and is_needed
    if live.archived is not None or not history.has_credential(address):
        return False
    given = account.attributes if account.attributes.get("keeps_templates") else history.sent(address) or {}
    needed = _needed(address.name, given.get("templates"), desired)
    return any(not history.knows(one) for one in needed) and opener.opens(address)


def _shows_login(account: Resource) -> bool:
    """Return whether the creation answers a login: the Partners Hub, which alone takes a country, answers none."""
    return "country" not in account.attributes


def _needed(name: str, templates: Value, desired: Mapping[Address, Resource]) -> Iterator[Address]:
    """Yield what the key of an account is needed for: its branding, and each of its basic templates."""
    branding = Address(_BRANDING, name)
    if branding in desired:
        yield branding
    for reference in templates if isinstance(templates, tuple) else ():
        template = desired.get(reference.address) if isinstance(reference, Reference) else None
        if template is not None and template.attributes.get("type") == "basic":
            yield delivery_address(name, template.address.name)
