"""States of accounts that no answer explains, and lists that contradict themselves: said, and left alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hostile_proxy import Rule, answer
from rehearsal import Rehearsal
from stories import agency, live_account

LIST, STATUS = "account_list", "account_status"


@pytest.fixture
def numbered(rehearsal: Rehearsal) -> Rehearsal:
    """A portal with states as numbers, and an account that the file wants disabled."""
    url = f"{rehearsal.portal.url}/_portal/settings"
    requests.post(url, json={"readings": {"status-words": "numbers"}}, timeout=600).raise_for_status()
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme="status: disabled"))
    return rehearsal


def enveloped(**fields: object) -> Rule:
    """The agency API's answer with these fields, as often as it is asked."""
    action = LIST if "accounts" in fields else STATUS
    body = json.dumps({"result_code": 1, "result_message": "Success", "result_output": "json", **fields}).encode()
    return Rule(action, answer(200, body), forward=False, times=99)


def told(document: dict[str, Any]) -> list[str]:
    """The rules of a plan's diagnostics."""
    return [each["rule"] for each in document["diagnostics"]]


@pytest.mark.parametrize("fields", [{"status": "0"}, {"status": "suspended"}, {"status": ""}, {}])
def test_numbers_that_nothing_explains_are_left_alone(
    numbered: Rehearsal, over: Callable[..., Any], fields: dict[str, object]
) -> None:
    """The state of one account is another number, an unknown word, or not told: nothing is disabled, and it is said."""
    with over(enveloped(**fields)) as proxy:
        document = numbered.plan()

    assert sorted(told(document)) == ["disabled-billed", "states-unreadable"]
    assert document["resource_changes"] == []
    assert proxy.sent(STATUS) == 1


def test_words_and_numbers_in_one_list_contradict_each_other(numbered: Rehearsal, over: Callable[..., Any]) -> None:
    """Each row is read as far as it can be, and the contradiction is said."""
    rows = [
        {"account": "acme", "client_name": "Acme", "notification": "ops@northwind.example", "reseller_status": state}
        | {"planid": "221", "account": name}
        for name, state in (("acme", "0"), ("other", "active"))
    ]
    with over(enveloped(accounts=rows)):
        document = numbered.plan()

    (change,) = [each for each in document["resource_changes"] if each["kind"] == "account"]
    assert (change["address"], [edit["attribute"] for edit in change["edits"]]) == ("account.acme", ["status"])
    assert "portal-reads-both" in told(document)
