"""The diagnostics of an export: its age, its bad rows, contacts that wait for verification."""

from typing import Final

from plan.diagnostic import Severity
from plan.rule import Rule

EXPORT_AGE: Final = Rule(
    "contacts-export-age",
    "contacts are compared with an export",
    "export the contact list again, if somebody has changed it since",
    "portal.md section 5",
    Severity.WARNING,
)
EXPORT_ROW: Final = Rule(
    "contacts-export-row",
    "a row of the export cannot be used",
    "correct it on the operator's pages, then export again",
    "portal.md section 5",
    Severity.WARNING,
)
CONTACT_PENDING: Final = Rule(
    "contact-pending",
    "a contact has not verified the address",
    "ask them to follow the link in the operator's mail; notices are sent all the same",
    "portal.md section 5",
    Severity.WARNING,
)
RULES: Final = (EXPORT_AGE, EXPORT_ROW, CONTACT_PENDING)
