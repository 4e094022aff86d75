"""The diagnostics of contacts."""

from typing import Final

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.report import Report
from agencyfile.fields.contact_words import contact_problem
from plan.rule import Rule

RULES: Final = (
    Rule(
        "contact-email",
        "Not the address of a contact",
        "write the e-mail address in lower-case letters",
        "portal.md section 5",
    ),
    Rule("contact-name", "Not the name of a contact", "write a name on one line", "portal.md section 5"),
    Rule(
        "contact-language",
        "Language of a contact not known",
        "write the two letters of its code (ISO 639-1), as in fr",
        "portal.md section 5",
    ),
)


def check_contact(declaration: Declaration, _below: Words, report: Report) -> None:
    """Report a name that is no address in lower-case letters."""
    problem = contact_problem(declaration.address.name)
    if problem:
        detail, fix = problem
        report.add("contact-email", declaration.place.key_at, detail, fix=fix, address=declaration.address)
