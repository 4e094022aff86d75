"""PyPI's `activecampaign`, unchanged: one request at a time, by its action (portal.md section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from public_clients.reseller import LIFE, check_life
from public_clients.running import python

if TYPE_CHECKING:
    from local_portal.portal_client import Client


def test_public_client_manages_an_account_from_name_check_to_cancel(speaking: Client) -> None:
    """It sends the key in the query, and a form in the body of a POST."""
    calls = [("POST" if is_form else "GET", f"account_{action}", fields) for action, is_form, fields in LIFE]

    check_life(speaking, python("activecampaign", url=speaking.portal.url, key=speaking.portal.agency_key, calls=calls))


def test_public_client_manages_a_template_in_an_account(speaking: Client) -> None:
    """The API of one account takes the same requests, with the key of that account."""
    speaking.seed({"account": "acme"})
    own = speaking.own("acme")
    letter = {"name": "Newsletter", "html": "<p>Hello</p>", "template_scope": "all"}
    calls = [
        ("POST", "message_template_add", letter),
        ("GET", "message_template_list", {"ids": "all"}),
        ("GET", "message_template_delete", {"id": "1"}),
    ]
    added, listed, deleted = python("activecampaign", url=own.base, key=own.key, calls=calls)

    assert (added["result_code"], listed["0"]["name"], deleted["result_code"]) == (1, "Newsletter", 1)
