"""Values of contacts and customers: people who get an operator's notices (`docs/portal.md` section 5)."""

import re
from typing import Final

from agencyfile.fields.values import host_problem, parse_email, refusal
from agencyfile.fields.wording import shown

_CODE: Final = re.compile(r"[a-z]{2}")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 100
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")

LEVELS: Final = ("account", "service", "billing")


def parse_contact_name(text: str) -> str:
    """Return the name of a contact: one line that is not blank."""
    if text.strip() and text == text.strip() and text.isprintable() and len(text) <= _LONGEST:
        return text
    raise refusal("contact-name", f"{shown(text)} is blank, longer than {_LONGEST} characters, or not on one line.")


def parse_contact_language(text: str) -> str:
    """Return a language by its ISO 639-1 code."""
    if _CODE.fullmatch(text):
        return text
    guess = text.lower() if _CODE.fullmatch(text.lower()) else ""
    raise refusal(
        "contact-language", f"{shown(text)} is no code of two lower-case letters.", f"write {guess}" if guess else ""
    )


def parse_allowed_domain(text: str) -> str:
    """Return a domain without an @ sign, in lower case."""
    domain = text.lower()
    problem = host_problem(domain)
    if problem is None:
        return domain
    bare = domain.rpartition("@")[2]
    fix = f"write {bare}" if bare != domain and host_problem(bare) is None else ""
    raise refusal("allowed-domain", f"{shown(text)} is not a domain: {problem}.", fix)


def parse_subscription(text: str) -> str:
    """Return the name of a subscription: the words of its label, in lower case, with hyphens."""
    if _SLUG.fullmatch(text) and len(text) <= _LONGEST:
        return text
    guess = slug_of(text)
    raise refusal(
        "subscription-name",
        f"{shown(text)} is not lower-case words with hyphens between them.",
        f"write {guess}" if guess else "",
    )


def contact_problem(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the address that a contact is known by, and the fix; None where nothing is."""
    if not is_email(name):
        return f"{shown(name)} is not an e-mail address.", ""
    if name != name.lower():
        return f"{shown(name)} has capital letters. Operators compare addresses without them.", f"write {name.lower()}"
    return None


def is_email(text: str) -> bool:
    """Return whether a text is one e-mail address."""
    try:
        parse_email(text)
    except ValueError:
        return False
    return True


def domain_of(email: str) -> str:
    """Return the domain of an address, in lower case."""
    return email.rpartition("@")[2].lower()


def slug_of(label: str) -> str:
    """Return the name of a subscription from its label: `planned-works` from `Planned Works`."""
    return _SEPARATORS.sub("-", label.lower()).strip("-")


def label_of(slug: str) -> str:
    """Return the label of a subscription from its name: `Planned Works` from `planned-works`."""
    return " ".join(word.capitalize() for word in slug.split("-"))
