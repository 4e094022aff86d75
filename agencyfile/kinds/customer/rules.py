"""The diagnostics of customer numbers."""

from collections.abc import Iterator
from typing import Final

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.nodes import Block, Items, inner
from agencyfile.declarations.report import Report
from agencyfile.fields.contact_words import domain_of
from agencyfile.fields.wording import listed, shown
from plan.address import Origin
from plan.rule import Rule

RULES: Final = (
    Rule(
        "allowed-domain", "Not a domain", "write a domain without an @ sign, as in acme.example", "portal.md section 5"
    ),
    Rule(
        "contact-domain",
        "Address of a domain that is not allowed",
        "add the domain to allowed_domains, or take the address out",
        "portal.md section 5",
    ),
    Rule(
        "subscription-name",
        "Not the name of a subscription",
        "write lower-case words with hyphens, as in planned-works",
        "portal.md section 5",
    ),
)


def check_customer(declaration: Declaration, _below: Words, report: Report) -> None:
    """Report addresses whose domain the customer number does not allow. Nothing is known where no domain is named."""
    words = declaration.words or {}
    allowed = words.get("allowed_domains")
    if not allowed:
        return
    for email, origin in subscribed(declaration.block):
        domain = domain_of(email)
        if domain not in allowed:
            report.add(
                "contact-domain",
                origin,
                f"{shown(email)} is of the domain {domain}, and {declaration.address.name} allows {listed(allowed)}.",
                address=declaration.address,
            )


def subscribed(block: Block) -> Iterator[tuple[str, Origin]]:
    """Yield every address that a block subscribes, with its place."""
    yield from _addresses(inner(block, "subscriptions"))
    for word in ("services", "billing"):
        for one in inner(block, word).values():
            yield from _addresses(one)


def _addresses(subscriptions: object) -> Iterator[tuple[str, Origin]]:
    for items in subscriptions.values() if isinstance(subscriptions, Block) else ():
        if isinstance(items, Items):
            pairs = zip(items, items.values_at, strict=True)
            yield from ((email, origin) for email, origin in pairs if isinstance(email, str))
