"""The clients that npm has, unchanged: the vendor's own `activecampaign`, and `activecampaign-api` (portal.md 1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from public_clients.reseller import LIFE, check_life
from public_clients.running import node

if TYPE_CHECKING:
    from local_portal.portal_client import Client

pytestmark = pytest.mark.browser  # `make test-browser` installs node


def test_vendors_client_manages_an_account_from_name_check_to_cancel(speaking: Client) -> None:
    """All eight calls of a reseller, after its own test of the key; it judges by `result_code` being a number."""
    calls = [
        (f"account/{action}", fields) if is_form else (f"account/{action}?{urlencode(fields)}", {})
        for action, is_form, fields in LIFE
    ]
    tested, *answers = node("activecampaign", url=speaking.portal.url, key=speaking.portal.agency_key, calls=calls)

    assert tested["success"] == 1
    check_life(speaking, answers)


def test_vendors_client_is_told_what_is_refused(speaking: Client) -> None:
    """A failure is an answer with `success` 0 and the reason, and no rejected promise."""
    calls = [("account/edit", {"account": "ghost", "cname": "mail.acme.example"})]
    _, refused = node("activecampaign", url=speaking.portal.url, key=speaking.portal.agency_key, calls=calls)

    assert (refused["success"], "ghost" in refused["error"]) == (0, True)


def test_vendors_client_manages_templates_in_an_account(speaking: Client) -> None:
    """At the API of one account, where its test of the key works too."""
    speaking.seed({"account": "acme"})
    own = speaking.own("acme")
    calls = [
        ("message/template_add", {"name": "Newsletter", "html": "<p>Hello</p>", "template_scope": "all"}),
        ("message/template_list?ids=all", {}),
        ("message/template_view?id=1", {}),
        ("message/template_delete?id=1", {}),
        ("message/template_list?ids=all", {}),
    ]
    tested, added, listed, viewed, deleted, nothing = node("activecampaign", url=own.base, key=own.key, calls=calls)

    assert (tested["success"], added["success"], deleted["success"]) == (1, 1, 1)
    assert listed["0"]["name"] == viewed["name"] == "Newsletter"
    assert (nothing["success"], nothing["error"]) == (0, "Failed: Nothing is returned")


def test_other_client_manages_an_account_from_name_check_to_cancel(speaking: Client) -> None:
    """It sends the key in the query and the rest there or in the body."""
    calls = [
        ("post", f"account_{action}", {}, fields) if is_form else ("get", f"account_{action}", fields, None)
        for action, is_form, fields in LIFE
    ]
    answers = node("activecampaign-api", url=speaking.portal.agency_api, key=speaking.portal.agency_key, calls=calls)

    check_life(speaking, answers)
