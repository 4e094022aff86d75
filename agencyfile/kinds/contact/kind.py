"""Contacts of an operator (`docs/portal.md` section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.by_hand import ByHandKind
from agencyfile.kinds.contact.export_rules import RULES
from agencyfile.kinds.contact.journeys import Details, by_user, edited, only_created
from agencyfile.kinds.support_mail import mail, one_line
from agencyfile.kinds.wording import numbered
from plan.change import Edit, Instructions, Manual
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Removal, Resource
from plan.values import Value

RECORD: Final = "record"
AT: Final = "at "  # before a customer number whose subscriptions are set by user
IS_NEW: Final = "is_new"
SERVICE_MANAGER: Final = "service_manager"

_ATTRIBUTES: Final = attribute_table(
    {RECORD: Mutability.MANUAL, IS_NEW: Mutability.CREATION, SERVICE_MANAGER: Mutability.CREATION}
)


class ContactKind(ByHandKind):
    """A person or a mailbox. `record` holds the details, and the subscriptions that are set by user."""

    name = "contact"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    memory = Memory.PORTAL
    at_portal = AtPortal(provision=AT_ONCE, rules=RULES)

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell how to change or create a contact, and how to set its subscriptions by user."""
        email, record = resource.address.name, _mapping(resource.attributes.get(RECORD))
        is_new = resource.attributes.get(IS_NEW) is True
        wanted = {key.removeprefix(AT): tuple(_mapping(value)) for key, value in record.items() if key.startswith(AT)}
        details = {word: value for word, value in record.items() if not word.startswith(AT)}
        changed = {edit.attribute.removeprefix(f"{RECORD}.") for edit in edits}
        new = {email: details} if is_new else {}
        steps: list[str] = []
        if changed & details.keys() and not is_new:
            steps += edited(email, {word: details[word] for word in details if word in changed})
        for numbers, names in _rectangles(wanted):
            steps += by_user(email, numbers, names, new)
        if not steps:
            steps += only_created(email, details) if is_new else edited(email, details)
        return Instructions(_title(email, is_new=is_new, numbers=tuple(wanted)), numbered(steps))

    def manual_removal(self, removal: Removal, live: Live) -> Manual | None:
        """Return the request to the service manager, who alone can delete a contact."""
        email, reason = live.address.name, one_line(removal.attributes.get("reason"))
        manager = one_line(live.attributes.get(SERVICE_MANAGER))
        name = one_line(_mapping(live.attributes.get(RECORD)).get("name"))
        body = (
            "Hello,",
            "",
            "please delete this contact from our customer numbers:",
            "",
            f"E-mail: {email}",
            *((f"Name: {name}",) if name else ()),
            f"Reason: {reason}",
            "",
            "Please write to me when it is done.",
        )
        ready = mail(to=manager, subject=f"Delete the contact {email}", body=body)
        to = "your service manager, who alone can delete a contact" if not manager else "the service manager"
        words = f"1. Send the mail below to {to}.\n2. Export the contacts again when it is answered.\n\n{ready}"
        return Manual(
            address=removal.address,
            edits=(),
            instruction=Instructions(f"Have the contact {email} deleted", words),
            reason=reason or "only the service manager can delete a contact",
            origin=removal.origin,
            topic="deletion",
        )


def _rectangles(wanted: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """Yield customer numbers that get the same subscriptions, with these: one pass of the journey sets them all."""
    found: dict[tuple[str, ...], list[str]] = {}
    for number, names in wanted.items():
        found.setdefault(names, []).append(number)
    yield from ((numbers, names) for names, numbers in found.items())


def _title(email: str, *, is_new: bool, numbers: tuple[str, ...]) -> str:
    if not numbers:
        return f"{'Create' if is_new else 'Change'} the contact {email}"
    return f"{'Create and subscribe' if is_new else 'Subscribe'} {email} at {', '.join(numbers)}"


def _mapping(value: Value) -> Details:
    return value if isinstance(value, Mapping) else {}
