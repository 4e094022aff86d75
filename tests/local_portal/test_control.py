"""The control API and the page: books, seeds and who may see them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
from local_portal.portal_client import ACCOUNTS, AGENCY_KEY, HUB_KEY, SNAPSHOTS, TRIAL, Client, client_of


def test_request_book_holds_every_request_without_a_secret(client: Client) -> None:
    """Parameters are kept, keys and passwords never, wherever a caller puts them."""
    client.done("account_add", method="POST", account="acme", plan=TRIAL, password="hunter2", API_KEY=AGENCY_KEY)
    client.refused("account_status", account=HUB_KEY)
    client.hub("GET", ACCOUNTS, search=AGENCY_KEY)
    client.hub("POST", SNAPSHOTS, json={"account_id": client.account("acme")["id"], "name": HUB_KEY})

    book = client.requests()
    assert [(row["serial"], row["api"], row["action"], row["write"], row["committed"]) for row in book] == [
        (1, "agency", "account_add", True, True),
        (2, "agency", "account_status", False, False),
        (3, "hub", "child_account_list", False, False),
        (4, "hub", "snapshot_create", True, False),
    ]
    assert book[0]["parameters"] == {"account": "acme", "plan": str(TRIAL)}
    assert (book[0]["status"], book[0]["result_code"], book[3]["status"]) == (200, 1, 422)
    assert [row["account"] for row in book] == ["acme", "[removed]", None, "acme"]
    text = json.dumps(book)
    assert all(secret not in text for secret in (AGENCY_KEY, HUB_KEY, "hunter2"))


def test_request_book_continues_after_a_serial(client: Client) -> None:
    """A long book can be read in parts."""
    for _ in range(3):
        client.done("account_list")

    assert [row["serial"] for row in client.book("requests?after=2")["requests"]] == [3]


def test_wrong_key_is_written_down_without_the_key(client: Client) -> None:
    """A call that was turned away is in the book as well."""
    requests.get(client.portal.agency_api, params={"api_key": "nope", "api_action": "account_list"}, timeout=600)

    (row,) = client.requests()
    assert (row["action"], row["result_code"], row["parameters"]) == ("account_list", 0, {})


def test_seed_makes_accounts_without_charges_or_writes(client: Client) -> None:
    """A seed is how things are, not something that was done."""
    client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}},
        {"account": "acme", "planid": "221", "snapshot": "v1", "password": "s3cret", "country": "BE"},
        snapshots=[{"name": "v1", "source": "base", "created_at": "2024-05-01T10:00:00Z"}],
        credits={"email": 5},
    )

    kept = client.account("acme")
    assert (kept["planid"], kept["snapshot_id"], kept["country"]) == (
        221,
        client.book("snapshots")["snapshots"][0]["id"],
        "BE",
    )
    assert client.book("snapshots")["snapshots"][0]["created_at"] == "2024-05-01T10:00:00.000+00:00"
    assert client.order("login", {"account": "acme", "username": "admin", "password": "s3cret"}) == {"ok": True}
    assert client.book("credits")["pools"]["email"] == 5
    assert (client.charges(), client.requests()) == ([], [])


@pytest.mark.parametrize(
    "seed",
    [
        [],
        {"acounts": []},
        {"accounts": {}},
        {"accounts": [{"account": "two words"}]},
        {"accounts": [{"account": "b", "colour": "red"}]},
        {"accounts": [{"account": "b"}, {"account": "B"}]},
        {"accounts": [{"account": "first"}]},
        {"accounts": [{"account": "b", "planid": 9999}]},
        {"accounts": [{"account": "b", "plan": {"tier": "gold"}}]},
        {"accounts": [{"account": "b", "plan": {"contacts": "many"}}]},
        {"accounts": [{"account": "b", "status": "lost"}]},
        {"accounts": [{"account": "b", "created_at": 1e300}]},
        {"accounts": [{"account": "b", "created_at": 10**400}]},
        {"accounts": [{"account": "b", "subscribers": 10**30}]},
        {"accounts": [{"account": "b", "snapshot": "none"}]},
        {"accounts": [{"account": "b"}], "snapshots": [{"name": "v1", "source": "b"}]},
        {"accounts": [{"account": "b"}], "credits": {"sms": 5}},
        {"accounts": [{"account": "b"}], "credits": {"email": -5}},
    ],
)
def test_seed_that_cannot_be_used_adds_nothing(client: Client, seed: Any) -> None:
    """A seed is planted as a whole or not at all."""
    client.seed({"account": "first"})

    answer = requests.post(f"{client.portal.url}/_portal/seed", json=seed, timeout=600)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.names() == ["first"]


def test_ten_thousand_accounts_are_seeded_at_once_and_listed_to_the_last_page(client: Client) -> None:
    """Scale is part of the portal."""
    accounts = [{"account": f"acme-{number}", "plan": {"tier": "plus"}} for number in range(10_000)]

    client.seed(*accounts)

    assert len(client.listed(page=3333)) == 3
    assert len(client.listed(page=3334)) == 1
    assert client.listed(page=3335) == []


def test_reset_leaves_a_fresh_portal_with_the_same_keys(client: Client) -> None:
    """Everything goes, requests and faults too; ids start anew."""
    client.seed({"account": "acme"}, credits={"email": 1})
    client.fault("*", "garbage", times=None)

    client.order("reset")

    assert client.listed() == []
    assert client.book("credits") == {"pools": {"compatibility": 1000, "email": 100000}, "grants": []}
    client.seed({"account": "acme"})
    assert (client.account("acme")["id"], len(client.requests())) == (1, 1)


def test_page_escapes_everything_it_shows(client: Client) -> None:
    """What a client is called is text, never markup; the page loads nothing from anywhere."""
    client.seed(
        {"account": "acme", "client_name": "<script>alert(1)</script>", "client_email": "a&b@example.com"},
        {"account": "base", "plan": {"tier": "sandbox"}},
        snapshots=[{"name": "<img src=x>", "source": "base"}],
    )
    client.refused("account_status", account="<i>ghost</i>")

    answer = client.session.get(f"{client.portal.url}/", timeout=600)

    assert answer.url.endswith("/_portal/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "&lt;img src=x&gt;" in answer.text
    shown = answer.text.replace('<a href="/partner/">', "").replace('<a href="?live=1">', "")
    assert all(mark not in shown for mark in ("<script", "<img", "<i>", "url(", "href="))
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "headers", [{"host": "portal.example.com"}, {"origin": "https://evil.example"}, {"origin": "null"}]
)
def test_control_by_way_of_a_foreign_web_page_is_forbidden(client: Client, headers: dict[str, str]) -> None:
    """The control API has no key, so that it answers this machine alone, and no web page that is open on it."""
    client.seed({"account": "acme"})

    answer = requests.post(f"{client.portal.url}/_portal/reset", headers=headers, timeout=600)

    assert answer.status_code == 403
    assert client.names() == ["acme"]


def test_page_shows_templates_brandings_addons_countries_and_acts(client: Client) -> None:
    """All that an account holds is on the page; long texts are cut, and no key is there."""
    client.seed(
        {
            "account": "acme",
            "country": "BE",
            "currency": "EUR",
            "templates": [{"name": "Spring news", "html": "<p>" + "x" * 5000}],
            "branding": {"siteName": "Acme Mail", "headerTextValue": "<script>" + "y" * 500},
            "addons": {"conversations": "paid", "seats": 3},
        }
    )
    client.own("acme").done("message_template_add", method="POST", name="Hi", html="<b>" + "z" * 5000)
    client.order("act", {"action": "edit", "account": "acme", "client_name": "Acme NV"})

    text = client.session.get(f"{client.portal.url}/_portal/", timeout=600).text

    for shown in ("Spring news", "Acme Mail", "paid", "BE EUR", "5,003 characters", "Acme NV", "Done by hand"):
        assert shown in text
    assert all(mark not in text for mark in ("<script", "<b>", "yyyyyyyyyy" * 10, "zzzzzzzzzz" * 10))
    assert client.own("acme").key not in text
    assert "in acme" in text


def test_keys_of_accounts_are_told_to_whoever_asks_for_them(client: Client) -> None:
    """A POST, for they are secrets; each account has one, from its creation on."""
    client.seed({"account": "acme"})
    client.done("account_add", account="added", plan=TRIAL)

    keys = client.order("keys")["keys"]

    assert set(keys) == {"acme", "added"}
    assert len({*keys.values(), AGENCY_KEY, HUB_KEY}) == 4
    assert client.order("keys", {"account": "acme.activehosted.com"}) == {"account": "acme", "api_key": keys["acme"]}
    answer = requests.post(f"{client.portal.url}/_portal/keys", json={"account": "nobody"}, timeout=600)
    assert answer.status_code == 400
    for name in ("accounts", "requests", "templates", "brandings", "acts"):
        text = client.session.get(f"{client.portal.url}/_portal/{name}", timeout=600).text
        assert keys["acme"] not in text


def test_settings_are_changed_while_the_portal_runs_and_reset_with_it(client: Client) -> None:
    """What no source tells can be tried both ways; a reset brings back what the portal was started with."""
    before = client.order("settings", {})
    assert before["account_login"] is True

    changed = client.order("settings", {"account_login": False, "provisioning": 30, "account_rate_limit": 5})
    assert changed == before | {"account_login": False, "provisioning": 30, "account_rate_limit": 5}
    client.done("account_add", account="acme", plan=TRIAL)
    assert client.account("acme")["status"] == "creating"

    client.order("reset")
    assert client.order("settings", {}) == before


@pytest.mark.parametrize(
    "settings",
    [
        [],
        {"colour": 1},
        {"seat_price": 1.5},
        {"seat_price": -1},
        {"account_login": 1},
        {"latency": None},
        {"latency": "1"},
    ],
)
def test_settings_that_cannot_be_used_change_nothing(client: Client, settings: Any) -> None:
    """All of them or none."""
    before = client.order("settings", {})

    answer = requests.post(f"{client.portal.url}/_portal/settings", json=settings, timeout=600)

    assert answer.status_code == 400
    assert client.order("settings", {}) == before


@pytest.mark.parametrize(("method", "name"), [("GET", "secrets"), ("POST", "accounts"), ("GET", "reset"), ("PUT", "")])
def test_control_page_that_is_not_known_is_not_found(client: Client, method: str, name: str) -> None:
    """Orders are POST, books are GET."""
    assert requests.request(method, f"{client.portal.url}/_portal/{name}", timeout=600).status_code == 404


def test_rate_limit_answers_429_with_whole_seconds() -> None:
    """Beyond the rate, both APIs say when to come back, and the control API is never limited."""
    with client_of(rate_limit=2) as limited:
        answers = [limited.raw("account_list") for _ in range(2)]
        while (answer := limited.raw("account_list")).status_code == 200:
            answers.append(answer)  # so slow is this machine that the portal has room again
        over = [answer, _turned_away(limited)]

        assert [each.status_code for each in answers[:2]] == [200, 200]
        assert [(each.status_code, each.headers["retry-after"]) for each in over] == [(429, "1"), (429, "1")]
        assert {row["status"] for row in limited.requests()} == {200, 429}
        time.sleep(1)
        assert limited.raw("account_list").status_code == 200


def _turned_away(limited: Client) -> requests.Response:
    """The first answer of the other API that is 429."""
    while (answer := limited.hub("GET", ACCOUNTS)).status_code == 200:
        pass
    return answer
