"""Orders of new accounts, and the rules for them (docs/portal.md sections 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal.catalogue import Plan
from agencyfile.local_portal.clock import AUGUST_2021
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import (
    is_country,
    is_currency,
    is_domain,
    is_label,
    is_language,
    is_mail,
    is_timezone,
    is_underscore_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An account as ordered, through either API; defaults stand for what was left out (inferred)."""

    account: str
    plan: Plan
    cname: str = ""
    client_name: str = ""
    client_email: str = ""
    notification: str = ""
    language: str = "english"
    timezone: str = "America/Chicago"
    country: str = "US"
    currency: str = ""
    snapshot_id: int | None = None
    display_name: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the order as columns of the accounts table."""
        return {
            "account": self.account,
            "planid": self.plan.planid,
            "cname": self.cname,
            "client_name": self.client_name,
            "client_email": self.client_email,
            "notification": self.notification,
            "language": self.language,
            "timezone": self.timezone,
            "country": self.country,
            "currency": self.currency,
            "snapshot_id": self.snapshot_id,
            "display_name": self.display_name,
        }


def order_problems(turn: Turn, order: Order) -> Iterator[Refusal]:
    """Yield every rule that an order breaks, the account's name first."""
    found = (
        name_problem(turn, order.account),
        cname_problem(turn, order.cname, order.plan),
        mail_problem(order.client_email, "email"),
        mail_problem(order.notification, "notification"),
        language_problem(order.language),
        timezone_problem(order.timezone),
        _place_problem(order),
        _snapshot_problem(turn, order.snapshot_id),
    )
    return (problem for problem in found if problem is not None)


def name_problem(turn: Turn, name: str) -> Refusal | None:
    """Return why a new account cannot have a name; a taken name is told with the word "taken" (docs/portal.md 1.2)."""
    if not name:
        return Refusal("The account parameter is required.", "account")
    if turn.settings.dialect.name_characters == "underscore" and not is_underscore_name(name):
        return Refusal(f"'{name}' is not a valid account name: letters, digits and underscores only.", "account")
    if turn.settings.dialect.name_characters == "hostname" and not is_label(name):
        return Refusal(f"'{name}' is not a valid account name: letters, digits and inner hyphens only.", "account")
    query = "SELECT 1 FROM accounts WHERE account = :name UNION SELECT 1 FROM taken_names WHERE name = :name"
    if turn.rows.first(query, {"name": name}):
        return Refusal(f"The account name '{name}' is already taken.", "account")
    return None


def cname_problem(turn: Turn, cname: str, plan: Plan, account_id: int | None = None) -> Refusal | None:
    """Return why an account on a plan cannot have a CNAME (docs/portal.md rules 7, 52 and 53)."""
    if not cname:
        return None
    if not is_domain(cname):
        return Refusal(f"'{cname}' is not a valid domain: it needs a domain and a top level.", "cname")
    if plan.is_sandbox:
        return Refusal("A sandbox account cannot have a CNAME.", "cname")
    query = "SELECT 1 FROM accounts WHERE cname = ? AND cname != '' AND status != 'cancelled' AND id IS NOT ?"
    if turn.rows.first(query, (cname, account_id)):
        return Refusal(f"The domain '{cname}' is used by another account.", "cname")
    return None


def mail_problem(address: str, subject: str) -> Refusal | None:
    """Return why a text cannot be the mail address of an account; it may be left out (inferred)."""
    if not address or is_mail(address):
        return None
    return Refusal(f"'{address}' is not a valid email address.", subject)


def language_problem(language: str) -> Refusal | None:
    """Return why a text cannot be the language of an account."""
    if is_language(language):
        return None
    return Refusal(f"The language '{language}' is not supported.", "language")


def timezone_problem(timezone: str) -> Refusal | None:
    """Return why a text cannot be the time zone of an account."""
    if is_timezone(timezone):
        return None
    return Refusal(f"The timezone '{timezone}' is not supported.", "timezone")


def _place_problem(order: Order) -> Refusal | None:
    if not is_country(order.country):
        return Refusal(f"'{order.country}' is not an ISO country code.", "country")
    if order.currency and not is_currency(order.currency):
        return Refusal(f"'{order.currency}' is not an ISO currency code.", "currency")
    return None


def _snapshot_problem(turn: Turn, snapshot_id: int | None) -> Refusal | None:
    if snapshot_id is None:
        return None
    query = "SELECT * FROM snapshots WHERE id = ? AND deleted_by IS NULL"
    row = turn.rows.first(query, (snapshot_id,))
    if row is None:
        return Refusal(f"Snapshot {snapshot_id} does not exist.", "snapshot")
    if row["status"] != "success":
        return Refusal(f"Snapshot {snapshot_id} is not complete: its status is {row['status']}.", "snapshot")
    if row["created_at"] < AUGUST_2021:
        return Refusal(f"Snapshot {snapshot_id} was taken before August 2021 and is disabled.", "snapshot")
    return None
