"""Which accounts' keys are fetched, and which resources use them.

The settings decide whether keys are fetched and used (`agency.portal.fetch_account_keys`). A key is fetched for an
account that the plan creates. It is also fetched for one that an earlier run created and left unfinished, if an
identity at hand opens its login. An account that declares its own `api` needs none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from agencyfile.kinds.branding.completion import with_own_api
from agencyfile.kinds.delivery.derivation import delivery_address, is_basic
from plan.address import Address
from plan.ledger.history import History
from plan.resource import Reading, Resource
from plan.values import Attributes, Reference, Value

KEPT: Final = "kept"
_ACCOUNT: Final = "account"
_BRANDING: Final = "branding"
_TEMPLATES: Final = "templates"


class Opener(Protocol):
    """Opens what is sealed in the ledger, as far as an identity at hand can."""

    def opens(self, address: Address) -> bool:
        """Return whether the password or key of `address` can be opened."""

    def address_of_key(self, address: Address) -> str | None:
        """Return the address of the API that a kept key is for; None if the key may not be sent there."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The accounts whose API a kept key opens, with its address; and those whose key is fetched, with their templates.

    Those are the basic templates that wait for the key.
    """

    urls: Mapping[str, str]
    fetched: Mapping[str, tuple[Reference, ...]]


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
            yield _key_of(resource, keys.fetched[name])


def _key_of(account: Resource, templates: tuple[Reference, ...]) -> Resource:
    attributes: dict[str, Value] = {"account": Reference(account.address), KEPT: True}
    attributes |= {_TEMPLATES: templates} if templates else {}
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
    fetched: dict[str, tuple[Reference, ...]] = {}
    for address, resource in desired.items():
        if address.kind != _ACCOUNT or "api" in resource.attributes:
            continue
        key, found = key_address(address.name), live.get(address)
        if history.has_credential(key):
            url = opener.address_of_key(key) if opener.opens(key) else None
            urls |= {address.name: url} if url else {}
        elif found is None and _is_new(resource, history):
            templates = _basic(resource.attributes, desired)
            fetched |= {address.name: templates} if templates or Address(_BRANDING, address.name) in desired else {}
        elif found is not None and found.archived is None and history.has_credential(address):
            templates = _outstanding(resource, desired, history)
            if (templates or _lacks_branding(address.name, desired, history)) and opener.opens(address):
                fetched[address.name] = templates
    return _Keys(urls, fetched)


def _is_new(account: Resource, history: History) -> bool:
    """Return whether the plan creates the account by a call that answers a login.

    The Partners Hub, which alone takes a country, answers none.
    """
    address = account.address
    is_known = account.adopt or account.previously or history.has_made(address) or address in history.open_intents
    return not (is_known or "country" in account.attributes)


def _outstanding(account: Resource, desired: Mapping[Address, Resource], history: History) -> tuple[Reference, ...]:
    """Return the basic templates that an account lacks which an earlier run left unfinished.

    An account that does not name its templates gets those of its creation, and no others (`delivery.derivation`).
    """
    if account.attributes.get("keeps_templates"):
        found = _basic(account.attributes, desired)
        return found if any(not _has(account, one, history) for one in found) else ()
    created_with = _basic(history.sent(account.address) or {}, desired)
    return tuple(one for one in created_with if not _has(account, one, history))


def _has(account: Resource, template: Reference, history: History) -> bool:
    return history.knows(delivery_address(account.address.name, template.address.name))


def _lacks_branding(account: str, desired: Mapping[Address, Resource], history: History) -> bool:
    address = Address(_BRANDING, account)
    return address in desired and not history.knows(address)


def _basic(attributes: Attributes, desired: Mapping[Address, Resource]) -> tuple[Reference, ...]:
    """Return the basic ones among the templates that `attributes` name."""
    named = attributes.get(_TEMPLATES)
    references = [one for one in named if isinstance(one, Reference)] if isinstance(named, tuple) else []
    return tuple(one for one in references if one.address in desired and is_basic(desired[one.address]))
