"""From declared blocks and an export to what the engine compares: live objects, and completed resources.

An address is an object of the operator whether or not somebody has created a contact for it: one that nobody created
has no details. So a new contact is an edit by hand, as everything else here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from agencyfile.contacts.export import Export, Person
from agencyfile.contacts.visits import Pair, by_user
from agencyfile.fields.contact_words import domain_of
from agencyfile.kinds.contact.kind import AT, IS_NEW, RECORD, SERVICE_MANAGER
from agencyfile.kinds.customer.kind import CONTACTS, DETAILS, NEW, SUBSCRIBED, level_of
from plan.address import Address
from plan.resource import Live, Resource
from plan.values import Attributes, Value

CONTACT: Final = "contact"
CUSTOMER: Final = "customer"
Subscriptions = Mapping[str, Collection[str]]  # addresses by subscription, its level in front
Missing = frozenset[tuple[str, str]]  # subscriptions, each with an address


@dataclass(frozen=True)  # without slots, which leave no place for what is computed once
class Comparison:
    """Declared contacts and customer numbers beside an export.

    `manager` is the address of the service manager; empty where it is not declared.
    """

    desired: Sequence[Resource]
    export: Export
    manager: str = ""

    def live(self) -> Iterator[Live]:
        """Yield every object, declared or not."""
        for email in sorted(self.export.people.keys() | self._details.keys()):
            yield Live(Address(CONTACT, email), self._live_contact(email))
        for number in sorted(self.export.subscribed.keys() | self._wanted.keys()):
            yield Live(Address(CUSTOMER, number), self._live_customer(number))

    def completed(self) -> tuple[Resource, ...]:
        """Return the resources, each with the part of the work that is shortest there."""
        return tuple(self._completed(resource) for resource in self.desired)

    @cached_property
    def _details(self) -> Mapping[str, Mapping[str, Value]]:
        """The declared details of each contact."""
        return {one.address.name: _mapping(one.attributes.get(RECORD)) for one in self._of(CONTACT)}

    @cached_property
    def _wanted(self) -> Mapping[str, Subscriptions]:
        """The declared addresses of each customer number."""
        return {one.address.name: _subscriptions(one) for one in self._of(CUSTOMER)}

    @cached_property
    def _missing(self) -> Mapping[str, Missing]:
        """The declared subscriptions that the export lacks, by customer number."""
        return {
            number: frozenset(
                (name, email)
                for name, emails in subscriptions.items()
                for email in set(emails) - self.export.emails(number, name)
            )
            for number, subscriptions in self._wanted.items()
        }

    @cached_property
    def _by_user(self) -> frozenset[Pair]:
        """Pairs of a customer number and an address that a journey by user sets."""
        pairs = {(number, email) for number, missing in self._missing.items() for _, email in missing}
        return by_user(pairs, {number for number in self._wanted if self._must_visit(number)})

    def _must_visit(self, number: str) -> bool:
        """Return whether something changes there that no journey by user can: other levels, and what ends."""
        return any(level_of(name)[0] for name, _ in self._missing[number]) or any(
            self.export.emails(number, name) - set(emails) for name, emails in self._wanted[number].items()
        )

    @cached_property
    def _of_users(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The subscriptions that journeys by user set: by address and customer number."""
        found: dict[str, dict[str, list[str]]] = {}
        for number, missing in sorted(self._missing.items()):
            for name, email in sorted(missing):
                if (number, email) in self._by_user:
                    found.setdefault(email, {}).setdefault(number, []).append(name)
        return found

    @cached_property
    def _creators(self) -> Mapping[str, str]:
        """The customer number in whose visit a new contact is shown as created. It is one, however many name it."""
        found: dict[str, str] = {}
        for number in sorted(self._missing):
            for _, email in self._missing[number]:
                if self._is_new(email) and email not in self._of_users:
                    found.setdefault(email, number)
        return found

    def _is_new(self, email: str) -> bool:
        return email not in self.export.people and email in self._details

    def _of(self, kind: str) -> Iterator[Resource]:
        return (resource for resource in self.desired if resource.address.kind == kind)

    def _completed(self, resource: Resource) -> Resource:
        if resource.address.kind == CONTACT:
            return self._contact(resource)
        return self._customer(resource) if resource.address.kind == CUSTOMER else self._domain(resource)

    def _contact(self, resource: Resource) -> Resource:
        email = resource.address.name
        if email in self._creators:
            return replace(resource, attributes={})  # the visit to the customer number creates it
        at = {
            f"{AT}{number}": dict.fromkeys(names, SUBSCRIBED) for number, names in self._of_users.get(email, {}).items()
        }
        more = {IS_NEW: True} if self._is_new(email) else {}
        return replace(resource, attributes={RECORD: {**self._details[email], **at}, **more})

    def _customer(self, resource: Resource) -> Resource:
        number = resource.address.name
        at_user = {(name, email) for name, email in self._missing[number] if (number, email) in self._by_user}
        contacts: dict[str, Value] = {
            name: {email: SUBSCRIBED for email in sorted(emails) if (name, email) not in at_user}
            for name, emails in self._wanted[number].items()
        }
        new = sorted({email for _, email in self._missing[number] if self._is_new(email)})
        here: dict[str, Value] = {email: self._details[email] for email in new if self._creators.get(email) == number}
        details: dict[str, Value] = {email: self._details[email] for email in new}
        more: dict[str, Value] = {DETAILS: details} if details else {}
        contacts |= {NEW: here} if here else {}
        return replace(resource, attributes={**resource.attributes, CONTACTS: contacts, **more})

    def _domain(self, resource: Resource) -> Resource:
        """Return a domain with nothing to do where the export shows an address of it at the customer number."""
        number, domain = str(resource.attributes["number"]), resource.attributes["domain"]
        return replace(resource, attributes={}) if domain in self._domains.get(number, ()) else resource

    @cached_property
    def _domains(self) -> Mapping[str, frozenset[str]]:
        return {
            number: frozenset(domain_of(email) for emails in subscriptions.values() for email in emails)
            for number, subscriptions in self.export.subscribed.items()
        }

    def _live_contact(self, email: str) -> Attributes:
        person = self.export.people.get(email)
        record = dict(_record(person, self._details.get(email), self.export.columns)) if person else {}
        return {RECORD: record, SERVICE_MANAGER: self.manager}

    def _live_customer(self, number: str) -> Attributes:
        """Return who gets the notices that the file manages."""
        there: dict[str, Value] = {
            name: dict.fromkeys(sorted(self.export.emails(number, name)), SUBSCRIBED)
            for name in self._wanted.get(number, ())
        }
        new: dict[str, Value] = {email: {} for email, at in sorted(self._creators.items()) if at == number}
        return {CONTACTS: {**there, **({NEW: new} if new else {})}}


def _record(
    person: Person, declared: Mapping[str, Value] | None, columns: Collection[str]
) -> Iterator[tuple[str, Value]]:
    """Yield the details that can be compared: those that are declared, and that the export has a column for."""
    if declared is None:
        yield from person.words.items()
        yield "group", person.is_group
        return
    for word, value in declared.items():
        if word not in columns:
            yield word, value
        else:
            yield word, person.is_group if word == "group" else person.words.get(word)


def _subscriptions(resource: Resource) -> Subscriptions:
    return {name: tuple(_mapping(emails)) for name, emails in _mapping(resource.attributes.get(CONTACTS)).items()}


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
