"""Contacts as the language sees them."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind, Removable, Section
from agencyfile.kinds.contact.model import EMAIL, Contact, ContactEmail
from agencyfile.kinds.contact.resource import contact_resources
from agencyfile.kinds.contact.rules import RULES, check_contact

CONTACT: Final = DeclaredKind(
    name="contact",
    rules=RULES,
    model=Contact,
    section=Section(
        key="contacts",
        plural="contacts",
        label=ContactEmail,
        description="People and mailboxes that get an operator's notices, by e-mail address.",
    ),
    removable=Removable(
        actions={"delete": "ends a snapshot for good, and asks the service manager to delete a contact"},
        hints={"remove": "delete"},
        description="E-mail address of the contact: delete or forget it.",
        example="old@acme.example",
        pattern=EMAIL,
    ),
    is_listed=True,
    check_block=check_contact,
    resources=contact_resources,
)
