"""The life of one account, in the calls of a reseller, and what is true of it whatever the dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local_portal.portal_client import STARTER_MONTHLY, TRIAL, Client

ACCOUNT = {
    "account": "acme", "name": "Ann Acme", "email": "ann@acme.example", "notification": "agency@example.com",
    "plan": str(TRIAL), "language": "english", "timezone": "Europe/Brussels",
}  # fmt: skip
CHANGED = {"account": "acme", "plan": str(STARTER_MONTHLY), "cname": "mail.acme.example"}

# Action, whether the client sends it as a form, and the fields: the eight calls that public clients know of a reseller.
LIFE: Sequence[tuple[str, bool, Mapping[str, str]]] = (
    ("name_check", False, {"account": "acme"}),
    ("plans", False, {}),
    ("add", True, ACCOUNT),
    ("edit", True, CHANGED),
    ("list", False, {"search": "acme"}),
    ("status_set", False, {"account": "acme", "status": "1", "message": "Closed"}),
    ("status", False, {"account": "acme"}),
    ("cancel", False, {"account": "acme", "reason": "left", "retaindata": "1"}),
    ("status", False, {"account": "acme"}),
)


def check_life(client: Client, answers: Sequence[Mapping[str, Any]]) -> None:
    """Assert that every call has succeeded, and that the account went through what was asked."""
    assert [each["result_code"] for each in answers] == [1] * len(LIFE), answers
    _, plans, added, _, listed, _, disabled, _, cancelled = answers
    assert str(STARTER_MONTHLY) in plans["plans"]
    assert (added["account"].partition(".")[0], added["username"], len(added["password"]) > 8) == (
        "acme",
        "admin",
        True,
    )
    (item,) = listed["accounts"]
    assert (item["account"].partition(".")[0], item["cname"]) == ("acme", "mail.acme.example")
    assert (disabled["status"], cancelled["status"]) == ("disabled", "cancelled")
    assert client.charges() == [("acme", 20)]
    assert client.account("acme")["cancel_reason"] == "left"
