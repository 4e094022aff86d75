"""PyPI's `active-campaign-python`, unchanged, against the local portal (portal.md 1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from activecampaign.ActiveCampaign import ActiveCampaign
from public_clients.reseller import LIFE, check_life

if TYPE_CHECKING:
    from local_portal.portal_client import Client


def test_public_client_tests_its_key(speaking: Client) -> None:
    """Its own test of the credentials succeeds."""
    assert ActiveCampaign(speaking.portal.url, speaking.portal.agency_key).credentials_test() is True


def test_public_client_manages_an_account_from_name_check_to_cancel(speaking: Client) -> None:
    """Everything the client can ask of a reseller works: check, plans, add, list, edit, status, disable, cancel."""
    api = ActiveCampaign(speaking.portal.url, speaking.portal.agency_key).api
    answers = [
        (api(f"account/{action}", fields) if is_form else api(f"account/{action}?{urlencode(fields)}")).json()
        for action, is_form, fields in LIFE
    ]

    check_life(speaking, answers)
