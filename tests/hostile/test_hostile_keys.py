"""An answer that brings a key is hostile input: its address leads the key nowhere, and odd keys are not kept."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import evidence
import pytest
import requests
from hostile_proxy import Rule, answer
from rehearsal import Rehearsal
from stories import agency

from agencyfile.kinds.faults import Declined, NotSent
from agencyfile.portal import Endpoint
from agencyfile.portal.connection import Connection
from plan.call import Credential
from plan.values import Secret

KEY = "sentinel-fetched-key-0b7c5d3e9a1f"
CHARGES = ("--auto-approve", "--allow", "billed,guard")


@pytest.fixture
def newcomer(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    """A file with a new account and its newsletter, beside a portal that answers keys."""
    settings = f"{rehearsal.portal.url}/_portal/settings"
    requests.post(settings, json={"readings": {"user-me-login": "key"}}, timeout=600).raise_for_status()
    text = agency(rehearsal.recipient, "templates:\n  news: {type: basic, html: templates/news.html}\n", acme="")
    rehearsal.write(text.replace("  name: northwind\n", "  name: northwind\n  portal: {fetch_account_keys: true}\n"))
    rehearsal.write("<h1>News</h1>", "templates/news.html")
    evidence.add_secret(KEY)
    yield rehearsal
    requests.post(settings, json={"dialect": "today"}, timeout=600).raise_for_status()


def me(**fields: Any) -> bytes:
    """An answer of `user_me`."""
    return json.dumps({"result_code": 1, "result_message": "Success", "username": "admin", **fields}).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"apikey": ""},
        {"apikey": None},
        {"apikey": [KEY]},
        {"apikey": f"{KEY}\r\nX-Evil: 1"},
        {"apikey": "\x1b]52;c;a2V5\x07"},
        {"apikey": "k" * 5000},
    ],
    ids=["empty", "null", "list", "header injection", "escape", "long"],
)
def test_answer_that_holds_no_key_keeps_none(
    newcomer: Rehearsal, over: Callable[..., Any], fields: dict[str, Any]
) -> None:
    """The account is there, its login is kept, and nothing of the answer is shown or recorded."""
    rules = [Rule("user_me", answer(200, me(apiurl="https://acme.api-us1.com", **fields)), forward=False, times=99)]
    with over(*rules):
        ran = newcomer.run("apply", *CHARGES)

    assert ran.code == 7, ran
    assert "the answer holds no key" in ran.out + ran.err
    assert "account_key.acme" not in newcomer.run("credentials", "list").out
    assert newcomer.book("templates") == []
    assert len(newcomer.book("charges")) == 1


@pytest.mark.parametrize("url", ["https://listener.example", "http://127.0.0.1:9/x", "https://other.activehosted.com"])
def test_rehearsal_stays_at_its_portal_whatever_address_is_answered(
    newcomer: Rehearsal, over: Callable[..., Any], url: str
) -> None:
    """The template goes where the environment says, with whatever key was answered."""
    with over(Rule("user_me", answer(200, me(apiurl=url, apikey=KEY)), forward=False, times=99)) as proxy:
        ran = newcomer.run("apply", *CHARGES)

    assert proxy.sent("message_template_add") == 1
    assert KEY not in ran.out + ran.err
    assert url not in newcomer.ledger.read_text("utf-8")


ENDPOINT = Endpoint("https://www.activecampaign.com/api.php", "https://hub.example", Secret("agency-key"))


@pytest.mark.parametrize("url", ["https://listener.example", "http://127.0.0.1:9/x", "https://other.activehosted.com"])
def test_key_with_a_foreign_address_is_neither_kept_nor_used(url: str) -> None:
    """At the vendor's portal: refused when it is answered, and again where the ledger holds such an address."""
    connection = Connection(ENDPOINT)
    with pytest.raises(Declined, match=r"no known host|no usable address"):
        connection.accounts.keep_key("acme", Credential(url, "admin", Secret(KEY)))
    with pytest.raises(NotSent, match="nothing opens"):
        connection.accounts.of("acme", None)
    connection.close()

    kept = Endpoint(ENDPOINT.agency_api, ENDPOINT.hub_api, ENDPOINT.agency_key, open_key=lambda _: Secret(KEY))
    later = Connection(kept)
    with pytest.raises(NotSent, match=r"no known host|no usable address") as refused:
        later.accounts.of("acme", url)
    later.close()
    assert KEY not in str(refused.value)
