"""Prices that change while a portal runs: shown, charged, kept, and gone with a reset."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import requests
from local_portal.portal_client import PLUS_MONTHLY, STARTER_MONTHLY, Client, client_of

PLUS_2500 = 231


def _price(client: Client, planid: int) -> Any:
    return client.done("account_plans")["plans"][str(planid)]["price"]


def test_new_price_is_shown_and_charged(client: Client) -> None:
    """What account_plans says is what the card is charged, by either API call that charges (portal.md rule 32)."""
    before = _price(client, PLUS_2500)

    assert client.order("prices", {str(PLUS_MONTHLY): 59}) == {"prices": {str(PLUS_MONTHLY): 59}}

    item = client.done("account_plans")["plans"][str(PLUS_MONTHLY)]
    assert (item["price"], item["price2show"], item["price_formatted"]) == (59, 59, "$59")
    client.done("account_add", method="POST", account="acme", plan=PLUS_MONTHLY)
    client.done("account_edit", method="POST", account="acme", plan=PLUS_2500)
    assert client.charges() == [("acme", 59), ("acme", before - 59)]
    assert _price(client, STARTER_MONTHLY) == 20


def test_price_of_nothing_charges_nothing(client: Client) -> None:
    """A plan may become free."""
    client.order("prices", {str(PLUS_MONTHLY): 0})
    client.done("account_add", method="POST", account="acme", plan=PLUS_MONTHLY)

    assert client.charges() == []


def test_prices_are_those_of_the_start_after_a_reset(client: Client) -> None:
    """A fresh portal has the prices that everybody knows."""
    before = _price(client, PLUS_MONTHLY)
    client.order("prices", {str(PLUS_MONTHLY): before + 1})
    assert _price(client, PLUS_MONTHLY) == before + 1

    client.order("reset")

    assert _price(client, PLUS_MONTHLY) == before


@pytest.mark.parametrize(
    "prices", [[], {"999": 1}, {"plus": 1}, {"221": -1}, {"221": "59"}, {"221": True}, {"221": 1.5}, {"221": 10**9}]
)
def test_prices_that_cannot_be_used_change_nothing(client: Client, prices: Any) -> None:
    """New prices are set as a whole or not at all."""
    before = _price(client, STARTER_MONTHLY)
    body = {str(STARTER_MONTHLY): 1, **prices} if isinstance(prices, dict) else prices

    answer = requests.post(f"{client.portal.url}/_portal/prices", json=body, timeout=600)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert _price(client, STARTER_MONTHLY) == before


def test_prices_are_kept_with_the_data_of_any_release(tmp_path: Path) -> None:
    """A restart keeps them; a folder from before there were any is brought up to date."""
    with client_of(data=tmp_path) as first:
        first.order("prices", {str(PLUS_MONTHLY): 59})
    with client_of(data=tmp_path) as second:
        assert _price(second, PLUS_MONTHLY) == 59
    with sqlite3.connect(tmp_path / "portal.sqlite3") as old:
        old.execute("DROP TABLE prices")
    old.close()
    with client_of(data=tmp_path) as third:
        assert _price(third, PLUS_MONTHLY) == 50
