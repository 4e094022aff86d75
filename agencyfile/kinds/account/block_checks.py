"""Checks of the blocks of accounts, one by one and against each other."""

from collections.abc import Iterable

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import shown
from agencyfile.kinds.account.client import check_client
from agencyfile.kinds.account.plan_checks import check_plan
from plan.address import Origin


def check_account(declaration: Declaration, below: Words, report: Report) -> None:
    """Check the block of one account. `below` are the defaults."""
    check_client(declaration, report, below)
    _check_notification(declaration, below, report)
    _check_country(declaration, below, report)
    check_plan(declaration, below, report)


def check_accounts(found: Iterable[Declaration], report: Report) -> None:
    """Check that no two accounts share a domain or an API."""
    accounts = list(found)
    _check_domains(accounts, report)
    _check_apis(accounts, report)


def _check_country(declaration: Declaration, below: Words, report: Report) -> None:
    """Report a currency without a country: the portal takes both together, at creation (`docs/portal.md` 1.8)."""
    block = declaration.block
    is_own = "currency" in block
    if not (is_own or ("currency" in below.values and not declaration.is_adopted)):
        return
    if "country" not in block and "country" not in below.block:
        origin = block.values_at["currency"] if is_own else declaration.place.key_at
        origin_of_currency = below.block.values_at.get("currency")
        source = "" if is_own else f" The currency is that at {origin_of_currency}."
        report.add(
            "currency-without-country",
            origin,
            f"{declaration.address} has a currency and no country, and the portal takes the two together.{source}",
            address=declaration.address,
        )


def _check_notification(declaration: Declaration, below: Words, report: Report) -> None:
    """Report mail for the agency that goes to the client (`docs/portal.md` rule 26)."""
    own = declaration.block.get("notification")
    notification = own or below.values.get("notification")
    client = declaration.block.get("client")
    if isinstance(client, str):
        client = below.block.get("client")
    email = client.get("email") if isinstance(client, Block) else None
    if isinstance(email, str) and isinstance(notification, str) and email.lower() == notification.lower():
        origin = declaration.block.values_at["notification"] if own else declaration.place.key_at
        report.add(
            "notification-is-client",
            origin,
            "Billing, abuse and approval mail of this account goes to the client's own address.",
            address=declaration.address,
        )


def _check_domains(found: Iterable[Declaration], report: Report) -> None:
    """Report a domain of two accounts (`docs/portal.md` rule 52)."""
    first: dict[str, Origin] = {}
    for declaration in found:
        domain = declaration.text("domain")
        if domain is None:
            continue
        origin = declaration.block.values_at["domain"]
        other = first.setdefault(domain.lower(), origin)
        if other is not origin:
            report.add(
                "domain-duplicate",
                origin,
                f"{shown(domain)} is the domain at {other} already.",
                address=declaration.address,
            )


def _check_apis(found: Iterable[Declaration], report: Report) -> None:
    """Report two accounts with one API: what is sent to one would reach the other (`docs/portal.md` section 3)."""
    first: dict[str, Declaration] = {}
    for declaration in found:
        words = declaration.words
        if words is None or "api" not in words:
            continue
        api = words["api"]
        other = first.setdefault(api["url"].lower(), declaration)
        if other is not declaration:
            report.add(
                "api-shared",
                declaration.place.value_origin(("api", "url")),
                f"The address is that of {other.address} too: its templates and branding would go to the same account.",
                address=declaration.address,
            )
