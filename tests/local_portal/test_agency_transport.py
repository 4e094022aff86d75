"""The transport of the agency API (portal.md 1.1)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from local_portal.portal_client import STARTER_MONTHLY, TRIAL, Client


def test_key_that_is_wrong_is_echoed_in_the_vendors_words(client: Client) -> None:
    """A bad key is a logical failure: HTTP 200, result_code 0, and the key in the message."""
    answer = requests.get(
        client.portal.agency_api,
        params={"api_key": "nope", "api_action": "account_list", "api_output": "json"},
        timeout=600,
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "result_code": 0,
        "result_message": "Authentication for API key 'nope' failed.",
        "result_output": "json",
    }


@pytest.mark.parametrize("path", ["/api.php", "/admin/api.php"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_action_by_either_method_on_either_path_is_answered(client: Client, path: str, method: str) -> None:
    """Public clients differ in the path and in the method; all of them are served."""
    parameters = {"api_key": client.portal.agency_key, "api_action": "account_list", "api_output": "json"}

    answer = requests.request(method, client.portal.url + path, params=parameters, timeout=600).json()

    assert answer == {"accounts": [], "result_code": 1, "result_message": "Success.", "result_output": "json"}


def test_parameters_in_query_and_body_are_merged_and_the_body_wins(client: Client) -> None:
    """Some clients send the key in the query and others in the body."""
    answer = requests.post(
        client.portal.agency_api,
        params={"api_action": "account_add", "account": "from-query", "api_output": "json"},
        data={"api_key": client.portal.agency_key, "account": "from-body", "plan": TRIAL},
        timeout=600,
    ).json()

    assert answer["result_code"] == 1
    assert client.names() == ["from-body"]


def test_body_of_json_is_refused(client: Client) -> None:
    """POST bodies must be form encoded."""
    answer = requests.post(
        client.portal.agency_api,
        params={"api_key": client.portal.agency_key, "api_action": "account_add", "api_output": "json"},
        json={"account": "acme", "plan": TRIAL},
        timeout=600,
    ).json()

    assert answer["result_code"] == 0
    assert "application/x-www-form-urlencoded" in answer["result_message"]
    assert client.names() == []


@pytest.mark.parametrize("action", ["", "account_delete", "contact_add", "<b>"])
def test_action_that_is_not_known_is_a_logical_failure(client: Client, action: str) -> None:
    """An unknown action is HTTP 200 with result_code 0."""
    assert client.refused(action) == "The api_action is not known."


def test_output_without_a_wish_is_xml(client: Client) -> None:
    """The default of api_output is XML, one row for each account, numbers as digits."""
    client.seed({"account": "acme", "client_name": "A & <B>\x01", "subscribers": 7})
    transport = {"api_key": client.portal.agency_key, "api_action": "account_list"}

    answer = requests.get(client.portal.agency_api, params=transport, timeout=600)

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.tag == "account_list"
    assert root.findtext("result_code") == "1"
    assert root.findtext("accounts/row/account") == "acme"
    assert root.findtext("accounts/row/client_name") == "A & <B>"
    assert root.findtext("accounts/row/subscribers") == "7"
    assert root.findtext("accounts/row/cancelled") == "0"


def test_output_of_plans_as_xml_is_a_row_for_each_plan(client: Client) -> None:
    """A number is no element name, so a map keyed by plan id becomes rows."""
    root = ET.fromstring(client.raw("account_plans", output="xml").content)

    assert len(root.findall("plans/row")) == len(client.done("account_plans")["plans"])


def test_output_serialized_is_what_php_writes(client: Client) -> None:
    """Lengths count bytes, and an empty list is an empty array."""
    body = client.raw("account_status", output="serialize", account="caf\u00e9").content

    assert (
        body
        == (
            'a:3:{s:11:"result_code";i:0;s:14:"result_message";s:31:"Account \'caf\u00e9\' does not exist.";'
            's:13:"result_output";s:9:"serialize";}'
        ).encode()
    )
    assert client.raw("account_list", output="serialize").content.startswith(b'a:4:{s:8:"accounts";a:0:{}s:11:')


def test_numbers_of_json_answers_are_integers(client: Client) -> None:
    """A client that tests `!result_code` takes "0" for a success, so integers are never texts."""
    client.seed({"account": "acme"})

    (item,) = client.done("account_list")["accounts"]
    plan = client.done("account_plans")["plans"][str(STARTER_MONTHLY)]

    assert {name: type(value) for name, value in item.items()} == {
        "account": str,
        "cname": str,
        "planid": str,
        "client_name": str,
        "notification": str,
        "subscribers": int,
        "emails_sent": int,
        "expire": str,
        "expired": bool,
        "reseller_status": str,
        "cancelled": bool,
        "foreverfree": bool,
    }
    numbers = ("id", "term", "tier", "price", "limit_mail", "limit_sub", "emailtestcredits", "smscredits", "price2show")
    assert {type(plan[name]) for name in numbers} == {int}


@pytest.mark.parametrize(("action", "parameters"), [("user_me", {}), ("group_view", {"id": 3})])
def test_key_test_of_public_clients_succeeds(client: Client, action: str, parameters: dict[str, Any]) -> None:
    """Public clients test their key with an account-level call."""
    assert client.done(action, **parameters)["id"] in (1, 3)
