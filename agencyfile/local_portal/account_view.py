"""The ``account_view`` of an account's own API (docs/portal.md 1.2), a reading of the portal (R12 of section 8).

``credits`` is what is left: everything granted, minus the emails sent. The vendor leaves it out for plans that are not
based on credits; here the reading decides for all accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agencyfile.local_portal import catalogue
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn


def view(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an action
    """Return the account with its balance of email credits; unknown in the other reading."""
    if turn.settings.dialect.account_view == "unknown":
        raise Refusal("The api_action is not known.")
    plan = catalogue.find_plan(account["planid"])
    return {
        "account": f"{account['account']}.activehosted.com",
        "email": account["client_email"],
        "cname": account["cname"],
        "subscriber_limit": str(plan.contacts if plan else 0),
        "credits": str(account["email_credits"] - account["emails_sent"]),
    }
