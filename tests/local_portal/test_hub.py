"""The Partners Hub API, every answer held against the vendor's description (portal.md 1.8)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import requests
from local_portal.description import described, document
from local_portal.portal_client import (
    ACCOUNTS,
    CLONINGS,
    LOCALES,
    SLOW,
    SNAPSHOTS,
    SOURCES,
    Client,
    client_of,
    wait_until,
)
from openapi_schema_validator import OAS30Validator

ORDER: dict[str, Any] = {
    "account_name": "acme",
    "name": "Ann Acme",
    "email": "ann@acme.example",
    "notification": "agency@example.com",
    "billing_interval": 1,
    "products": [{"code": "ac", "tier": "starter", "entitlements": []}],
    "country": "BE",
}


@cache
def _description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document().read_text("utf-8"))
    return found


def _schema(value: Any) -> Any:
    """Return a schema whose references are resolved."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            found: Any = _description()
            for step in value["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return _schema(found)
        return {name: _schema(each) for name, each in value.items()}
    return [_schema(each) for each in value] if isinstance(value, list) else value


def hold(answer: requests.Response, path: str) -> Any:
    """Hold an answer against the description: its status is declared, and its body fits or is empty."""
    method = str(answer.request.method).lower()
    declared = _description()["paths"][path][method]["responses"][str(answer.status_code)]
    if "content" not in declared:
        assert answer.content == b""
        return None
    body = answer.json()
    OAS30Validator(_schema(declared["content"]["application/json"]["schema"])).validate(body)
    return body


def _sandbox(client: Client, **more: Any) -> int:
    client.seed({"account": "base", "plan": {"tier": "sandbox"}, **more})
    return int(client.account("base")["id"])


@described
@pytest.mark.parametrize("path", [ACCOUNTS, SOURCES, SNAPSHOTS, CLONINGS, LOCALES])
def test_key_that_is_wrong_is_unauthorized(client: Client, path: str) -> None:
    """401 with an error and a message, and never an echo of the key."""
    for headers in ({}, {"api-key": "nope"}, {"authorization": f"Bearer {client.portal.hub_key}"}):
        answer = requests.get(client.portal.hub_api + path, headers=headers, timeout=600)

        assert answer.status_code == 401
        assert hold(answer, path) == {"error": "Unauthorized", "message": "Invalid credentials"}


def test_locales_with_a_key_are_unauthorized(client: Client) -> None:
    """The catalogues want a JWT; an api-key caller gets 401."""
    assert client.hub("GET", LOCALES).status_code == 401


def test_key_of_the_agency_api_is_no_key_of_the_hub(client: Client) -> None:
    """The two APIs have a key each."""
    headers = {"api-key": client.portal.agency_key}

    assert requests.get(client.portal.hub_api + ACCOUNTS, headers=headers, timeout=600).status_code == 401


def test_path_that_is_not_known_is_not_found(client: Client) -> None:
    """Errors have one shape, also where the description is silent."""
    for method, path in (("GET", "/api/child-accounts/v1"), ("PUT", ACCOUNTS + "5"), ("GET", "/api/")):
        answer = client.hub(method, path)

        assert (answer.status_code, answer.json()["detail"]) == (404, "Not Found")


@described
def test_child_accounts_fit_the_description(client: Client) -> None:
    """Ids are whole numbers, times are ISO 8601, and there is nothing beyond the declared fields."""
    client.seed(*({"account": f"acme-{number}"} for number in range(5)))

    body = hold(client.hub("GET", ACCOUNTS, limit=2, page=2, sort_by="account_name", sort_direction="asc"), ACCOUNTS)

    assert [each["account_name"] for each in body["hosted_accounts"]] == ["acme-2", "acme-3"]
    assert body["pagination"] == {"total": 5, "page": 2, "limit": 2, "total_pages": 3}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", r["created_at"]) for r in body["hosted_accounts"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["old", "gone", "acme"]),
        ({"is_archived": "true"}, ["old", "gone"]),
        ({"is_archived": "false"}, ["acme"]),
        ({"search": "ACM"}, ["acme"]),
        ({"sort_by": "account_name", "sort_direction": "asc"}, ["acme", "gone", "old"]),
    ],
)
def test_child_accounts_are_filtered_and_sorted(client: Client, query: dict[str, Any], found: list[str]) -> None:
    """Cancelled and expired accounts are archived (portal.md rule 38)."""
    client.seed(
        {"account": "acme", "created_at": "2024-01-01"},
        {"account": "gone", "created_at": "2024-01-02", "status": "cancelled"},
        {"account": "old", "created_at": "2024-01-03", "plan": {"tier": "trial"}, "expire": "2024-01-17"},
    )

    rows = client.hub("GET", ACCOUNTS, **query).json()["hosted_accounts"]

    assert [each["account_name"] for each in rows] == found


def test_child_account_is_found_by_its_id(client: Client) -> None:
    """An id selects one account at most."""
    client.seed({"account": "acme"}, {"account": "other"})
    number = client.account("other")["id"]

    (row,) = client.hub("GET", ACCOUNTS, id=number).json()["hosted_accounts"]

    assert row["account_name"] == "other"
    assert client.hub("GET", ACCOUNTS, id=number + 1).json()["hosted_accounts"] == []


@described
@pytest.mark.parametrize(
    ("path", "query"),
    [
        (ACCOUNTS, {"limit": 0}),
        (ACCOUNTS, {"limit": 1001}),
        (ACCOUNTS, {"page": 0}),
        (ACCOUNTS, {"page": "two"}),
        (CLONINGS, {"page": "9" * 5000}),
        (ACCOUNTS, {"sort_by": "password"}),
        (ACCOUNTS, {"is_archived": "maybe"}),
        (SNAPSHOTS, {"limit": 101}),
        (SNAPSHOTS, {"next_cursor": "%%%"}),
        (CLONINGS, {"status": "in_progress,lost"}),
        (CLONINGS, {"per_page": 1001}),
        (SOURCES, {"sort_direction": "up"}),
    ],
)
def test_query_with_an_illegal_value_is_a_bad_request(client: Client, path: str, query: dict[str, Any]) -> None:
    """Reads declare 400 and no 422."""
    answer = client.hub("GET", path, **query)

    assert answer.status_code == 400
    hold(answer, path)


@described
def test_child_account_create_answers_nothing_and_both_apis_see_it(client: Client) -> None:
    """200 with an empty body; the account is found by listing, through either API."""
    answer = client.hub("POST", ACCOUNTS, json=ORDER)

    assert answer.status_code == 200
    hold(answer, ACCOUNTS)
    assert client.listed() == ["acme"]
    assert client.account("acme")["country"] == "BE"
    assert client.charges() == [("acme", 16)]


def test_child_account_create_keeps_country_and_currency_and_charges_as_account_add_does(client: Client) -> None:
    """The same rules as through the other API; no body shows a password, and none is in the books (portal.md 1.8)."""
    answer = client.hub("POST", ACCOUNTS, json=ORDER | {"country": "FR", "currency": "EUR", "profile": "main"})
    client.done("account_add", method="POST", account="other", plan=111)

    assert (answer.status_code, answer.content) == (200, b"")
    assert [each["account_name"] for each in client.hub("GET", ACCOUNTS, search="acme").json()["hosted_accounts"]] == [
        "acme"
    ]
    kept = client.account("acme")
    assert (kept["country"], kept["currency"], kept["language"]) == ("FR", "EUR", "english")
    assert client.charges() == [("acme", 16), ("other", 16)]
    assert (client.account("other")["country"], client.account("other")["currency"]) == ("US", "")
    assert [(row["action"], row["account"], row["write"]) for row in client.requests()[:1]] == [
        ("child_account_create", "acme", True)
    ]


@pytest.mark.parametrize(
    ("product", "interval", "planid"),
    [
        ({"tier": "Plus", "entitlements": []}, 12, 212),
        ({"tier": "lite", "entitlements": {}}, 1, 111),
        ({"tier": "sandbox", "entitlements": []}, 1, 2),
        ({"tier": "pro", "entitlements": [{"code": "contacts", "limit": {"included_units": 1000}}]}, 1, 321),
        (
            {
                "tier": "pro",
                "entitlements": {
                    "a": {"code": "sends", "limit": {"included_units": 7}, "pricing": None},
                    "b": {"code": "contacts", "limit": {"included_units": 500, "purchased_units": 2000}},
                },
            },
            1,
            331,
        ),
    ],
)
def test_child_account_create_maps_products_onto_the_catalogue(
    client: Client, product: dict[str, Any], interval: int, planid: int
) -> None:
    """Tier, interval and contact limit select a plan; without a limit it is the smallest of the tier."""
    body = ORDER | {"products": [{"code": "ac", **product}], "billing_interval": interval}

    answer = client.hub("POST", ACCOUNTS, json=body)

    assert answer.status_code == 200, answer.text
    assert client.account("acme")["planid"] == planid


@described
@pytest.mark.parametrize(
    ("change", "path", "title"),
    [
        ({"extra": 1}, "extra", "This field was not expected."),
        ({"email": None}, "email", "This value should be of type string."),
        ({"billing_interval": "1"}, "billing_interval", "This value should be of type int."),
        ({"billing_interval": True}, "billing_interval", "This value should be of type int."),
        ({"snapshot_id": 10**30}, "snapshot_id", "This value should be of type int."),
        ({"name": ""}, "name", "This value should not be blank."),
        ({"products": []}, "products", "This collection should contain 1 element or more."),
        ({"products": [7]}, "products[0]", "This value should be of type object."),
        ({"products": [{"code": "ac", "tier": "pro"}]}, "products[0].entitlements", "This field is missing."),
        (
            {"products": [{"code": "ac", "tier": "pro", "entitlements": [{"limit": {"x": 1}}]}]},
            "products[0].entitlements[0].limit.x",
            "This field was not expected.",
        ),
        (
            {"products": [{"code": "sms", "tier": "pro", "entitlements": []}]},
            "products[0].code",
            "The product does not exist.",
        ),
        ({"billing_interval": 7}, "products[0]", "No plan of this tier and size is sold for 7 months."),
        ({"account_name": "taken"}, "account_name", "The account name 'taken' is already taken."),
        ({"currency": "euro"}, "currency", "'euro' is not an ISO currency code."),
        ({"country": "UK"}, "country", "'UK' is not an ISO country code."),
        ({"cname": "acme"}, "cname", "'acme' is not a valid domain: it needs a domain and a top level."),
        ({"snapshot_id": 9}, "snapshot_id", "Snapshot 9 does not exist."),
    ],
)
def test_child_account_create_that_breaks_a_rule_names_the_violation(
    client: Client, change: dict[str, Any], path: str, title: str
) -> None:
    """422 names the field and the rule, and nothing is created."""
    client.seed({"account": "taken"})

    answer = client.hub("POST", ACCOUNTS, json=ORDER | change)

    assert answer.status_code == 422
    violations = hold(answer, ACCOUNTS)["violations"]
    assert (path, title) in [(each["propertyPath"], each["title"]) for each in violations]
    assert client.names() == ["taken"]
    assert client.charges() == []


@described
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b'{"name": "\\ud800"}', b'{"name": 1e999}', b"[" * 100_000]
)
def test_body_that_is_no_object_is_a_bad_request(client: Client, body: bytes) -> None:
    """A body that cannot be read is 400, not 422, and never a breakdown."""
    headers = {"api-key": client.portal.hub_key}
    answer = requests.post(client.portal.hub_api + SNAPSHOTS, data=body, headers=headers, timeout=600)

    assert answer.status_code == 400
    hold(answer, SNAPSHOTS)


@described
def test_snapshot_sources_are_active_sandboxes_alone(client: Client) -> None:
    """Only a sandbox can be the source of a snapshot (portal.md rule 12)."""
    client.seed(
        {"account": "paid"},
        {"account": "base", "plan": {"tier": "sandbox"}, "client_email": "a@example.com"},
        {"account": "gone", "plan": {"tier": "sandbox"}, "status": "cancelled"},
    )

    (row,) = hold(client.hub("GET", SOURCES), SOURCES)["accounts"]

    assert (row["account_name"], row["email"]) == ("base", "a@example.com")
    answer = client.hub("POST", SNAPSHOTS, json={"account_id": client.account("paid")["id"], "name": "v1"})
    assert answer.status_code == 422
    assert hold(answer, SNAPSHOTS)["violations"][0]["propertyPath"] == "account_id"
    assert client.hub("POST", SNAPSHOTS, json={"account_id": 999, "name": "v1"}).status_code == 404


@described
def test_snapshots_are_null_when_there_are_none(client: Client) -> None:
    """`snapshots` itself may be null (portal.md 1.8)."""
    assert hold(client.hub("GET", SNAPSHOTS), SNAPSHOTS) == {"snapshots": None, "next_cursor": ""}


@described
def test_snapshot_goes_through_its_states() -> None:
    """initialized, in_progress, success; 201 with an empty body, so that the id is found by listing."""
    with client_of(snapshot_time=SLOW) as slow:
        source = _sandbox(slow)
        created = slow.hub("POST", SNAPSHOTS, json={"account_id": source, "name": "v1"})
        assert created.status_code == 201
        hold(created, SNAPSHOTS)

        seen: list[tuple[str, str, bool]] = []

        def is_done() -> bool:
            (row,) = hold(slow.hub("GET", SNAPSHOTS), SNAPSHOTS)["snapshots"]
            state = (row["status"], row["creation_status"], row["completed_at"] is not None)
            seen.extend([state] if state not in seen else [])
            return bool(row["status"] == "success")

        wait_until(is_done)
        assert seen == [
            ("in_progress", "initialized", False),
            ("in_progress", "in_progress", False),
            ("success", "success", True),
        ]


@described
def test_snapshots_come_in_pages_by_cursor(client: Client) -> None:
    """Each page names the next one; names may repeat, and a name filter narrows."""
    source = _sandbox(client)
    for name in ("v1", "v2", "v2", "v3", "other"):
        client.hub("POST", SNAPSHOTS, json={"account_id": source, "name": name})

    pages, cursor = [], ""
    while True:
        body = hold(client.hub("GET", SNAPSHOTS, limit=2, next_cursor=cursor), SNAPSHOTS)
        pages.append([each["name"] for each in body["snapshots"]])
        cursor = body["next_cursor"]
        if not cursor:
            break

    assert pages == [["v1", "v2"], ["v2", "v3"], ["other"]]
    assert len(client.hub("GET", SNAPSHOTS, name="V2").json()["snapshots"]) == 2


@described
def test_snapshot_delete_is_final_and_spares_accounts(client: Client) -> None:
    """Deleted once it is gone; an account made from it stays as it is (portal.md rule 15)."""
    source = _sandbox(client, contents={"templates": ["t"]}, templates=[{"name": "News"}])
    client.hub("POST", SNAPSHOTS, json={"account_id": source, "name": "v1"})
    number = client.hub("GET", SNAPSHOTS).json()["snapshots"][0]["id"]
    client.hub("POST", ACCOUNTS, json=ORDER | {"snapshot_id": number})

    path = f"{SNAPSHOTS}{{snapshotId}}"
    deleted = client.hub("DELETE", f"{SNAPSHOTS}{number}")
    assert deleted.status_code == 200
    hold(deleted, path)

    for wrong in (number, "0", "x", "9" * 40, "\u00b2"):
        again = client.hub("DELETE", f"{SNAPSHOTS}{wrong}")
        assert again.status_code == 404
        hold(again, path)
    assert client.hub("GET", SNAPSHOTS).json()["snapshots"] is None
    assert client.account("acme")["contents"] == {"templates": ["t"]}
    assert [each["account"] for each in client.book("templates")["templates"]] == ["base", "acme"]
    assert "does not exist" in client.refused("account_add", account="late", plan=121, snapshot=number)


def test_snapshot_is_not_changed_by_its_sandbox(client: Client) -> None:
    """A snapshot holds the contents of its moment (portal.md rule 14)."""
    source = _sandbox(client, contents={"templates": ["t"]}, templates=[{"name": "News"}])
    client.hub("POST", SNAPSHOTS, json={"account_id": source, "name": "v1"})

    client.done("account_cancel", account="base", retaindata=0)

    assert client.book("snapshots")["snapshots"][0]["contents"] == {"templates": ["t"]}


@described
def test_cloning_job_ends_when_its_account_is_active() -> None:
    """A job names source, target and snapshot; the filter is a comma separated list."""
    with client_of(provisioning=SLOW) as slow:
        planted = slow.seed(
            {"account": "base", "plan": {"tier": "sandbox"}}, snapshots=[{"name": "v1", "source": "base"}]
        )
        slow.hub("POST", ACCOUNTS, json=ORDER | {"snapshot_id": planted["snapshots"][0]["id"]})

        (job,) = hold(slow.hub("GET", CLONINGS, status="in_progress,failed"), CLONINGS)["items"]
        assert (job["source_account"], job["target_account"], job["snapshot_id"]) == ("base", "acme", 1)
        assert hold(slow.hub("GET", CLONINGS, status="success"), CLONINGS)["items"] == []

        wait_until(lambda: bool(slow.hub("GET", CLONINGS, status="success").json()["items"]))
        assert slow.done("account_status", account="acme")["status"] == "active"
        assert hold(slow.hub("GET", CLONINGS, page=2, per_page=1), CLONINGS)["items"] == []


def test_account_cancelled_while_it_is_created_stays_cancelled() -> None:
    """Its cloning job ends with it, and time does not bring it back; the hub goes on listing its name."""
    with client_of(provisioning=SLOW) as client:
        client.seed({"account": "base", "plan": {"tier": "sandbox"}}, snapshots=[{"name": "v1", "source": "base"}])
        snapshot = client.book("snapshots")["snapshots"][0]["id"]
        client.done("account_add", method="POST", account="acme", plan=1, snapshot=snapshot)
        assert client.done("account_status", account="acme")["status"] == "creating"

        client.done("account_cancel", account="acme", reason="a mistake", retaindata="0")

        time.sleep(SLOW)
        assert client.done("account_status", account="acme")["status"] == "cancelled"
        assert [row["status"] for row in client.hub("GET", CLONINGS).json()["items"]] == ["cancelled"]
        archived = client.hub("GET", ACCOUNTS, search="acme", is_archived="true").json()["hosted_accounts"]
        assert [row["account_name"] for row in archived] == ["acme"]
        assert "taken" in client.refused("account_name_check", account="acme")
