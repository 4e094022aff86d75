"""Customer numbers as resources, each with its allowed domains as resources of their own."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agencyfile.declarations.declaration import Merged
from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from agencyfile.declarations.nodes import Block, Items, inner
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, Value

CONTACTS: Final = "contacts"
SUBSCRIBED: Final = "subscribed"
_LEVELS: Final = {"services": "service", "billing": "billing"}


def customer_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return one resource for each customer number, and one for each domain that it allows."""
    for one in file.merged(kind):
        found = dict(_subscriptions(one.values))
        people = sorted({email for emails in found.values() for email in emails})
        attributes: dict[str, Value] = {
            CONTACTS: {name: dict.fromkeys(emails, SUBSCRIBED) for name, emails in found.items()},
            "people": tuple(Reference(Address("contact", email)) for email in people),
        }
        yield Resource(one.address, attributes, one.declaration.place.key_at, dict(_places(one.declaration.block)))
        yield from _domains(one)


def _subscriptions(values: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the contacts of each subscription. Those of a level have its object in front: `service SVC-1/outage`."""
    yield from values.get("subscriptions", {}).items()
    for word, level in _LEVELS.items():
        for number, subscriptions in values.get(word, {}).items():
            yield from ((f"{level} {number}/{name}", emails) for name, emails in subscriptions.items())


def _places(block: Block) -> Iterator[tuple[str, Origin]]:
    """Yield the place of each subscription and address by the dotted path of its attribute."""
    yield from _of_level("", inner(block, "subscriptions"))
    for word, level in _LEVELS.items():
        numbers = inner(block, word)
        for number in numbers:
            yield from _of_level(f"{level} {number}/", inner(numbers, number))


def _of_level(level: str, subscriptions: Block) -> Iterator[tuple[str, Origin]]:
    for name, items in subscriptions.items():
        path = f"{CONTACTS}.{level}{name}"
        yield path, subscriptions.keys_at[name]
        yield from ((f"{path}.{email}", origin) for email, origin in zip(items, items.values_at, strict=True))


def _domains(one: Merged) -> Iterator[Resource]:
    """Yield the allowed domains, each once."""
    number, items = one.address.name, one.declaration.block.get("allowed_domains", Items())
    places = dict(zip(reversed(one.values.get("allowed_domains", [])), reversed(items.values_at), strict=True))
    for domain, origin in sorted(places.items()):
        yield Resource(Address("allowed_domain", f"{number}.{domain}"), {"number": number, "domain": domain}, origin)
