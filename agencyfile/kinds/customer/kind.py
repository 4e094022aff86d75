"""Customer numbers at an operator, with the contacts of each subscription (`docs/portal.md` section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.by_hand import ByHandKind
from agencyfile.kinds.contact.journeys import Details, by_page, by_subscription, open_customer, removed
from agencyfile.kinds.wording import numbered
from plan.change import Edit, Instructions
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Resource
from plan.values import Value

CONTACTS: Final = "contacts"  # addresses by subscription
NEW: Final = "new contacts"  # no name of a subscription: that has no space
PEOPLE: Final = "people"  # references, so that whoever plans a customer number alone knows its contacts
DETAILS: Final = "details"  # of contacts that no export shows, by address
SUBSCRIBED: Final = "subscribed"

_ATTRIBUTES: Final = attribute_table(
    {CONTACTS: Mutability.MANUAL, PEOPLE: Mutability.CREATION, DETAILS: Mutability.CREATION}
)
Pairs = Sequence[tuple[str, str]]  # subscriptions, each with an address


class CustomerKind(ByHandKind):
    """One customer number: all that changes there is one visit."""

    name = "customer"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    memory = Memory.PORTAL

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell how to make the whole visit: who is added by which journey, and who is taken out."""
        number = resource.address.name
        details = _mapping(resource.attributes.get(DETAILS))
        new = {email: _mapping(value) for email, value in details.items()}
        added, gone = _pairs(resource, edits)
        steps = [*_adding(number, added, new), *(removed(number, gone) if gone else ())]
        return Instructions(_title(number, len(added), len(gone)), numbered(steps or (open_customer(number),)))


def level_of(subscription: str) -> tuple[str, str]:
    """Return the level and the name of a subscription: `service SVC-1` and `outage`. The whole number has no level."""
    level, _, name = subscription.rpartition("/")
    return level, name


def _adding(number: str, pairs: Pairs, new: Mapping[str, Details]) -> Iterator[str]:
    """Yield the shortest journeys: one pass for all subscriptions of a level that get the same contacts."""
    emails: dict[str, list[str]] = {}
    for subscription, email in pairs:
        emails.setdefault(subscription, []).append(email)
    passes: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for subscription, people in emails.items():
        level, name = level_of(subscription)
        passes.setdefault((level, tuple(people)), []).append(name)
    known: set[str] = set()  # an earlier pass of this visit has created them
    for (level, addresses), names in passes.items():
        still_new = {email: details for email, details in new.items() if email not in known}
        if not level and len(names) == 1:
            yield from by_page(number, names[0], addresses, still_new)
        else:
            yield from by_subscription(number, level, names, addresses, still_new)
        known.update(addresses)


def _pairs(resource: Resource, edits: Sequence[Edit]) -> tuple[Pairs, Pairs]:
    """Return what is subscribed and what is taken out."""
    added: list[tuple[str, str]] = []
    gone: list[tuple[str, str]] = []
    for subscription in _mapping(resource.attributes.get(CONTACTS)):
        path = f"{CONTACTS}.{subscription}."
        for edit in edits:
            if subscription != NEW and edit.attribute.startswith(path):
                (gone if edit.after is None else added).append((subscription, edit.attribute.removeprefix(path)))
    return added, gone


def _title(number: str, added: int, gone: int) -> str:
    words = (f"set {_subscriptions(added)}" if added else "", f"end {_subscriptions(gone)}" if gone else "")
    text = " and ".join(filter(None, words)) or "look at the subscriptions"
    return f"{text[0].upper()}{text[1:]} of {number}"


def _subscriptions(count: int) -> str:
    return f"{count} subscription{'' if count == 1 else 's'}"


def _mapping(value: Value) -> Details:
    return value if isinstance(value, Mapping) else {}
