"""A public client of the vendor's API, unchanged, against the local portal (portal.md 1.6)."""

from __future__ import annotations

from typing import Any

from activecampaign.ActiveCampaign import ActiveCampaign
from local_portal.portal_client import STARTER_MONTHLY, TRIAL, Client


def _call(client: Client, path: str, **body: Any) -> dict[str, Any]:
    answer = ActiveCampaign(client.portal.url, client.portal.agency_key).api(path, body)
    found: dict[str, Any] = answer.json()
    assert found["result_code"] == 1, found
    return found


def test_public_client_tests_its_key(client: Client) -> None:
    """Its own test of the credentials succeeds."""
    assert ActiveCampaign(client.portal.url, client.portal.agency_key).credentials_test() is True


def test_public_client_manages_an_account_from_name_check_to_cancel(client: Client) -> None:
    """Everything the client can ask of a reseller works: check, plans, add, list, edit, status, disable, cancel."""
    _call(client, "account/name_check?account=acme")
    assert str(STARTER_MONTHLY) in _call(client, "account/plans")["plans"]

    added = _call(
        client,
        "account/add",
        account="acme",
        name="Ann Acme",
        email="ann@acme.example",
        notification="agency@example.com",
        plan=TRIAL,
        language="english",
        timezone="Europe/Brussels",
    )
    assert client.order("login", added) == {"ok": True}
    _call(client, "account/edit", account="acme", plan=STARTER_MONTHLY, cname="mail.acme.example")
    (item,) = _call(client, "account/list?search=acme")["accounts"]
    assert (item["planid"], item["cname"]) == (str(STARTER_MONTHLY), "mail.acme.example")

    _call(client, "account/status_set?account=acme&status=1&message=Closed")
    assert _call(client, "account/status?account=acme")["status"] == "disabled"
    _call(client, "account/cancel?account=acme&reason=left&retaindata=1")
    assert _call(client, "account/status?account=acme")["status"] == "cancelled"
