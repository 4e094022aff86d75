"""What a portal does when it is told to misbehave, and what is true afterwards."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from local_portal.portal_client import ACCOUNTS, SLOW, SNAPSHOTS, TRIAL, Client, client_of, wait_until

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def _add(client: Client, account: str = "acme") -> requests.Response:
    return client.raw("account_add", method="POST", account=account, plan=TRIAL)


def _last(client: Client) -> tuple[Any, ...]:
    row = client.requests()[-1]
    return (row["fault"], row["committed"], row["status"], row["result_code"])


@pytest.mark.parametrize(("kind", "is_committed"), [("drop_after_commit", True), ("drop_before_commit", False)])
def test_dropped_connection_tells_nothing_of_the_commit(client: Client, kind: str, is_committed: bool) -> None:  # noqa: FBT001
    """Not a byte is answered; only the books know whether the account was made."""
    client.fault("account_add", kind)

    with pytest.raises(requests.ConnectionError):
        _add(client)

    assert client.names() == (["acme"] if is_committed else [])
    assert _last(client) == (kind, is_committed, None, None)


def test_late_answer_comes_whole_after_its_time(client: Client) -> None:
    """The commit is at once, the answer is late; an impatient client loses it."""
    client.fault("account_add", "late_answer", seconds=0.4, times=2)

    begin = time.monotonic()
    assert _add(client, "acme").json()["result_code"] == 1
    assert time.monotonic() - begin >= 0.4

    with pytest.raises(requests.Timeout):
        client.raw("account_add", account="b", plan=TRIAL, timeout=0.1)
    wait_until(lambda: client.names() == ["acme", "b"])  # who has hung up does not know when it is read


@pytest.mark.parametrize("answer", ["drop", "timeout", "5xx"])
def test_late_commit_happens_when_it_is_due_and_not_before(client: Client, answer: str) -> None:
    """The account appears later, whatever the client was told."""
    client.fault("account_add", "late_commit", seconds=SLOW, answer=answer, hold=0.2)

    if answer == "5xx":
        assert _add(client).status_code == 504
    else:
        with pytest.raises(requests.ConnectionError):
            _add(client)

    assert client.names() == []
    client.done("account_name_check", account="acme")
    wait_until(lambda: client.names() == ["acme"])
    add = next(row for row in client.requests() if row["action"] == "account_add")
    assert (add["committed"], add["result_code"]) == (True, 1)


def test_late_commit_that_comes_too_late_is_refused_then(client: Client) -> None:
    """A late call is judged by the state at its own time: the name is taken by then."""
    client.fault("account_add", "late_commit", seconds=SLOW)
    with pytest.raises(requests.ConnectionError):
        _add(client)
    assert _add(client).json()["result_code"] == 1

    wait_until(lambda: client.requests()[0]["result_code"] is not None)

    assert client.requests()[0]["result_code"] == 0
    assert client.requests()[0]["committed"] is False
    assert client.names() == ["acme"]


def test_late_commit_of_the_hub_is_carried_out_as_well(client: Client) -> None:
    """Both APIs can commit late."""
    client.seed({"account": "base", "plan": {"tier": "sandbox"}})
    client.fault("snapshot_create", "late_commit", seconds=0.1)

    with pytest.raises(requests.ConnectionError):
        client.hub("POST", SNAPSHOTS, json={"account_id": client.account("base")["id"], "name": "v1"})

    wait_until(lambda: client.hub("GET", SNAPSHOTS).json()["snapshots"] is not None)


def test_late_commit_survives_a_restart(tmp_path: Any) -> None:
    """What is put off is kept with the data, and done by the next server."""
    with client_of(data=tmp_path) as before:
        before.fault("account_add", "late_commit", seconds=0.3)
        with pytest.raises(requests.ConnectionError):
            _add(before)

    time.sleep(0.3)
    with client_of(data=tmp_path) as after:
        assert after.names() == ["acme"]


def test_rate_limited_call_is_not_processed(client: Client) -> None:
    """429 says when to come back."""
    client.fault("account_add", "rate_limited", retry_after=7)

    answer = _add(client)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert client.names() == []


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize(("kind", "is_committed"), [("error_before_commit", False), ("error_after_commit", True)])
def test_error_status_tells_nothing_of_the_commit(client: Client, kind: str, is_committed: bool, status: int) -> None:  # noqa: FBT001
    """A 5xx looks the same before and after the commit."""
    client.fault("account_add", kind, status=status)

    assert _add(client).status_code == status
    assert client.names() == (["acme"] if is_committed else [])
    assert _last(client)[:3] == (kind, is_committed, status)


def test_truncated_answer_announces_more_than_it_sends(client: Client) -> None:
    """The length is that of the whole body, half of it comes."""
    client.fault("account_add", "truncated")

    with pytest.raises(LOST):
        _add(client)

    assert client.names() == ["acme"]


def test_garbage_is_a_page_with_status_200(client: Client) -> None:
    """An answer that is no envelope, though all went well."""
    client.fault("account_add", "garbage")

    answer = _add(client)

    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert client.names() == ["acme"]


def test_stale_list_shows_accounts_before_the_last_writes(client: Client) -> None:
    """Creations, edits and cancellations of the last writes are not in the list yet, in either API."""
    client.seed({"account": "old", "notification": "a@example.com"}, {"account": "kept"})
    client.done("account_edit", account="old", notification="b@example.com")
    client.done("account_edit", account="old", notification="c@example.com")
    client.done("account_cancel", account="kept")
    _add(client, "new")

    client.fault("*", "stale_list", writes=3, times=None)
    items = {each["account"]: each for each in client.done("account_list")["accounts"]}
    assert set(items) == {"old", "kept"}
    assert (items["old"]["notification"], items["kept"]["cancelled"]) == ("b@example.com", False)
    assert client.hub("GET", ACCOUNTS).json()["pagination"]["total"] == 2
    assert client.done("account_status", account="new")["status"] == "active"

    client.order("faults", [])
    assert client.listed() == ["old", "kept", "new"]


@pytest.mark.parametrize("option", [{"seconds": 60}, {"serial": 1}])
def test_stale_list_goes_back_by_time_or_by_request(client: Client, option: dict[str, int]) -> None:
    """How far back a list is can be told in seconds, or as the serial of a request."""
    client.seed({"account": "old"})
    _add(client)

    client.fault("account_list", "stale_list", **option)

    assert client.listed() == ["old"]
    assert client.listed() == ["old", "acme"]


def test_stale_list_of_snapshots_forgets_creation_and_deletion(client: Client) -> None:
    """A deleted snapshot is still shown, a new one not yet."""
    planted = client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}}, snapshots=[{"name": "v1", "source": "base"}]
    )
    client.hub("DELETE", f"{SNAPSHOTS}{planted['snapshots'][0]['id']}")
    client.hub("POST", SNAPSHOTS, json={"account_id": client.account("base")["id"], "name": "v2"})

    client.fault("snapshot_list", "stale_list", writes=2)

    assert [each["name"] for each in client.hub("GET", SNAPSHOTS).json()["snapshots"]] == ["v1"]
    assert [each["name"] for each in client.hub("GET", SNAPSHOTS).json()["snapshots"]] == ["v2"]


def test_repeated_page_is_the_page_before(client: Client) -> None:
    """Page two answers page one once, then itself."""
    client.seed(*({"account": f"acme-{number}"} for number in range(5)))

    client.fault("account_list", "repeat_page", nth=2)

    assert [client.listed(page=1), client.listed(page=2), client.listed(page=2)] == [
        ["acme-0", "acme-1", "acme-2"],
        ["acme-0", "acme-1", "acme-2"],
        ["acme-3", "acme-4"],
    ]


def test_repeated_page_of_snapshots_gives_the_same_cursor_again(client: Client) -> None:
    """By cursor, the page before the cursor comes again, and the way on stays the same."""
    client.seed(
        {"account": "base", "plan": {"tier": "sandbox"}},
        snapshots=[{"name": f"v{number}", "source": "base"} for number in range(4)],
    )
    first = client.hub("GET", SNAPSHOTS, limit=2).json()

    client.fault("snapshot_list", "repeat_page")
    again = client.hub("GET", SNAPSHOTS, limit=2, next_cursor=first["next_cursor"]).json()

    assert again == first


def test_reordered_pages_repeat_and_miss_rows(client: Client) -> None:
    """Every page has an order of its own, so that the pages together are not the list."""
    everything = {f"acme-{number}" for number in range(30)}
    client.seed(*({"account": name} for name in sorted(everything)))

    client.fault("account_list", "reorder_pages", times=None)
    rows = [name for page in range(1, 11) for name in client.listed(page=page)]

    assert len(rows) == 30
    assert set(rows) < everything


def test_mapped_list_is_keyed_by_position(client: Client) -> None:
    """PHP writes a list with gaps as a map; both APIs may do so."""
    client.seed({"account": "acme"})

    client.fault("*", "mapped_list", times=2)

    assert client.done("account_list")["accounts"]["0"]["account"] == "acme"
    assert client.hub("GET", ACCOUNTS).json()["hosted_accounts"]["0"]["account_name"] == "acme"


def test_empty_plans_come_as_a_list(client: Client) -> None:
    """PHP writes an empty map as an empty list."""
    client.fault("account_plans", "empty_plans_list")

    assert client.done("account_plans")["plans"] == []
    assert isinstance(client.done("account_plans")["plans"], dict)


def test_fault_counts_calls_of_its_action_from_when_it_was_set(client: Client) -> None:
    """`nth` and `times` select calls of one action; others do not count."""
    client.done("account_list")
    client.fault("account_list", "error_before_commit", nth=2, times=2)

    client.done("account_plans")
    statuses = [client.raw("account_list").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]


@pytest.mark.parametrize(
    "fault",
    [
        7,
        {"kind": "explode"},
        {"kind": "garbage", "action": "account_delete"},
        {"kind": "garbage", "action": {}},
        {"kind": "garbage", "nth": 0},
        {"kind": "garbage", "times": "always"},
        {"kind": "garbage", "seconds": 1},
        {"kind": "late_answer", "seconds": -1},
        {"kind": "late_commit", "seconds": 10**400},
        {"kind": "stale_list", "serial": 10**19},
        {"kind": "stale_list", "writes": 10**400},
        {"kind": "error_after_commit", "status": 200},
        {"kind": "late_commit", "answer": "perhaps"},
    ],
)
def test_fault_that_makes_no_sense_is_refused(client: Client, fault: Any) -> None:
    """A mistyped fault must not pass for a portal that behaves."""
    answer = requests.post(f"{client.portal.url}/_portal/faults", json=[fault], timeout=600)

    assert answer.status_code == 400
    assert answer.json()["error"]
