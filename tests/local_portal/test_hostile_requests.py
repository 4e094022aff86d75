"""Requests that no client sends: the portal answers each as its API would, and never with a mistake of its own."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from local_portal.portal_client import ACCOUNTS, CLONINGS, SNAPSHOTS, Client, client_of, wait_until

from agencyfile.local_portal.rate import AccountRates

HUGE = "9" * 18
BEYOND = "9" * 40
LARGEST = str(2**63 - 1)


def _spoken(client: Client, text: str, *, wait: float = 30.0) -> bytes:
    """Send bytes as they are and return what comes back until the portal closes or falls silent."""
    place = urlsplit(client.portal.url)
    assert place.hostname
    with socket.create_connection((place.hostname, place.port or 80), timeout=wait) as wire:
        wire.sendall(text.encode())
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65536), b""))


@pytest.mark.parametrize("page", [HUGE, "9" * 19, BEYOND])
def test_pages_after_the_last_one_are_empty_however_large_their_number(client: Client, page: str) -> None:
    """No number of a page is a mistake, and none reads as another one."""
    client.seed({"account": "acme"})

    assert client.listed(page=page) == []


@pytest.mark.parametrize("page", [HUGE, LARGEST, "1263005846373073158144", BEYOND])
def test_hub_pages_after_the_last_one_are_empty(client: Client, page: str) -> None:
    """The hub counts in pages too; its document gives this number no largest value, though it gives an id one."""
    client.seed({"account": "acme"})
    answer = client.hub("GET", ACCOUNTS, page=page, limit=1000)

    assert (answer.status_code, answer.json()["hosted_accounts"]) == (200, [])


def test_hub_takes_every_id_that_the_document_allows(client: Client) -> None:
    """Its integers have 64 bits, and it rounds the largest one up (portal.md 1.8); one more is refused."""
    for number in (LARGEST, "9223372036854776000"):
        answer = client.hub("GET", ACCOUNTS, id=number)
        assert (answer.status_code, answer.json()["hosted_accounts"]) == (200, [])
    assert client.hub("GET", ACCOUNTS, id="9223372036854776001").status_code == 400
    assert client.hub("GET", ACCOUNTS, id=BEYOND).status_code == 400
    assert client.hub("DELETE", SNAPSHOTS + LARGEST).status_code == 404
    body = {"account_id": 2**63 - 1, "name": "gym"}
    assert client.hub("POST", SNAPSHOTS, json=body).status_code in (404, 422)


def test_hub_takes_the_last_one_of_a_parameter_that_is_repeated(client: Client) -> None:
    """As PHP does, which has no list where a name does not end with brackets."""
    client.seed({"account": "acme"}, {"account": "globex"})

    answer = client.hub("GET", f"{ACCOUNTS}?search=globex&search=acme")

    assert [account["account_name"] for account in answer.json()["hosted_accounts"]] == ["acme"]


@pytest.mark.parametrize("page", ["0", "-1", "1e3", ""])
def test_hub_refuses_a_page_that_is_no_whole_number_from_one(client: Client, page: str) -> None:
    """And says what it should be."""
    answer = client.hub("GET", ACCOUNTS, page=page)

    assert (answer.status_code, answer.json()["detail"]) == (400, "page: This value should be 1 or more.")


@pytest.mark.parametrize("after", ["9" * 20, "-1", "1e3", "٣"])
def test_cursor_that_the_portal_never_gave_out_is_refused(client: Client, after: str) -> None:
    """400, and no mistake of the database."""
    cursor = base64.urlsafe_b64encode(f"after:{after}".encode()).decode()

    assert client.hub("GET", SNAPSHOTS, next_cursor=cursor).status_code == 400


def test_charges_have_an_end_and_their_sum_too(client: Client) -> None:
    """Neither a number of seats nor the sum of all charges goes beyond what the books can hold."""
    client.seed({"account": "acme"})
    client.order("settings", {"seat_price": 10**9 - 1})
    more = {"account": "acme", "status": "paid"}

    assert "seats" in client.refused("account_conversations", method="POST", seats=LARGEST, **more)
    for status in ("cancel", "paid") * 4:
        client.done("account_conversations", method="POST", account="acme", status=status, seats=10**6)
    assert client.session.get(f"{client.portal.url}/_portal/", timeout=600).status_code == 200


def test_search_of_any_length_finds_nothing(client: Client) -> None:
    """Letters count in either case; signs of a pattern are letters."""
    client.seed({"account": "acme"})

    assert client.done("account_list", method="POST", search="%" * 60_000)["accounts"] in ([], {})
    assert client.listed(search="ACM") == ["acme"]
    assert client.hub("GET", ACCOUNTS, search="x" * 30_000).json()["hosted_accounts"] == []


@pytest.mark.parametrize("path", ["/api.php", "/_portal/", ACCOUNTS, "/accounts/acme/api/3/brandings", "/"])
@pytest.mark.parametrize("host", ["[", "[::1", "]", "a b"])
def test_host_that_is_none_is_no_mistake_of_the_portal(client: Client, path: str, host: str) -> None:
    """It is answered, and not with 5xx."""
    answer = _spoken(client, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 "), answer
    assert not answer.startswith(b"HTTP/1.1 5"), answer


@pytest.mark.parametrize("path", ["/api/%0A", SNAPSHOTS + "1%0A", SNAPSHOTS + "%0Astatus", ACCOUNTS + "%0A"])
def test_hub_answers_in_json_whatever_the_path(client: Client, path: str) -> None:
    """A line end in a path leads past no API."""
    answer = client.hub("DELETE", path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert answer.json()["detail"] == "Not Found"


@pytest.mark.parametrize("tail", ["1%092", "%0A12", "12%0D", "12%20", "%2012", "12;x", "12%3F"])
def test_path_names_a_snapshot_exactly(client: Client, tail: str) -> None:
    """Neither a tab nor a line end is dropped from a path."""
    client.seed({"account": "box", "planid": 2})
    for _ in range(12):
        client.seed(snapshots=[{"name": "gym", "source": "box"}])
    before = client.book("snapshots")["snapshots"]
    answer = _spoken(
        client,
        f"DELETE {SNAPSHOTS}{tail} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"api-key: {client.portal.hub_key}\r\n\r\n",
    )

    assert answer.split(b" ")[1] in (b"400", b"404"), answer
    assert client.book("snapshots")["snapshots"] == before


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(ACCOUNTS, "GET, POST"), (SNAPSHOTS, "GET, POST"), (SNAPSHOTS + "7", "DELETE"), (CLONINGS, "GET")],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE"])
def test_hub_names_the_methods_of_a_path(client: Client, path: str, allowed: str, method: str) -> None:
    """405 with `Allow`, as RFC 9110 (section 15.5.6) has it and the hub's framework does (portal.md R21, INF)."""
    answer = client.hub(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert client.hub(method, "/api/nothing/v1/").status_code == 404


def test_empty_parameters_of_the_hub_are_empty_texts(client: Client) -> None:
    """As the vendor's description has it: a search may be empty; a number, a truth value and a choice may not."""
    client.seed({"account": "acme"})
    answer = client.hub("GET", ACCOUNTS, search="", sort="")

    assert (answer.status_code, len(answer.json()["hosted_accounts"])) == (200, 1)
    for name in ("page", "limit", "id", "is_archived", "sort_by", "sort_direction"):
        refused = client.hub("GET", ACCOUNTS, **{name: ""})
        assert (refused.status_code, refused.json()["detail"].split(":")[0]) == (400, name)


@pytest.mark.parametrize("path", ["/api.php", ACCOUNTS, "/accounts/acme/admin/api.php", "/_portal/faults", "/_portal/"])
def test_body_without_an_end_is_refused_and_holds_nobody_up(client: Client, path: str) -> None:
    """Neither one that says how long it is, nor one in chunks, of which only so much is read."""
    client.seed({"account": "acme"})

    def chunks() -> Iterator[bytes]:
        for _ in range(1024):
            yield b"a=" + b"x" * 65_536 + b"&"

    url = client.portal.url + path
    for body in (b"x" * (64 * 1024 * 1024), chunks()):
        try:
            status = requests.post(url, data=body, timeout=60).status_code
        except requests.ConnectionError:  # refused before all of it was sent
            status = 413
        assert status == 413
    assert client.listed() == ["acme"]


def _trickled(client: Client, head: str, *, seconds: float) -> bytes:
    """Send a head, then a byte now and then, and return what has come back when the portal closes."""
    place = urlsplit(client.portal.url)
    assert place.hostname
    with socket.create_connection((place.hostname, place.port or 80), timeout=60) as wire:
        wire.sendall(head.encode())
        wire.settimeout(seconds)
        while True:
            try:
                return wire.recv(65_536)
            except TimeoutError:
                wire.sendall(b"a")
            except ConnectionResetError:
                return b""


@pytest.mark.parametrize("seconds", [60.0, 0.1])
def test_headers_that_never_end_are_given_up(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """A connection that says half a head is closed, also where a byte comes now and then; one that is used goes on."""
    monkeypatch.setattr("agencyfile.local_portal.delivery.HEAD_PATIENCE", 0.5)
    with client_of() as client:
        assert _trickled(client, "GET / HTTP/1.1\r\nHost: local", seconds=seconds) == b""
        for _ in range(3):
            assert client.listed() == []
            time.sleep(0.3)


@pytest.mark.parametrize("seconds", [60.0, 0.1])
@pytest.mark.parametrize("path", ["/api.php", ACCOUNTS, "/accounts/acme/api/3/brandings", "/_portal/seed"])
def test_bodies_that_never_come_are_given_up(monkeypatch: pytest.MonkeyPatch, path: str, seconds: float) -> None:
    """408, and the connection ends, also where a byte comes now and then."""
    monkeypatch.setattr("agencyfile.local_portal.bodies.PATIENCE", 0.5)
    with client_of() as client:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"
        answer = _trickled(client, head, seconds=seconds)

        assert answer.startswith(b"HTTP/1.1 408 "), answer
        assert client.listed() == []


@pytest.mark.parametrize("part", ["ffffffffffffffffff\r\n", "3\r\na=b\r\n"])
def test_chunks_without_a_last_one_are_given_up(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Nor does a length of 72 bits hold the portal up."""
    monkeypatch.setattr("agencyfile.local_portal.bodies.PATIENCE", 0.5)
    with client_of() as client:
        head = f"POST /api.php HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{part}"

        assert _trickled(client, head, seconds=60).startswith(b"HTTP/1.1 408 ")


def test_crowd_that_says_nothing_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many connections, the one that has waited longest makes room; those in use stay."""
    monkeypatch.setattr("agencyfile.local_portal.delivery.MOST_CONNECTIONS", 20)
    with client_of() as client, ExitStack() as stack:
        assert client.listed() == []
        place = urlsplit(client.portal.url)
        assert place.hostname
        crowd = [
            stack.enter_context(socket.create_connection((place.hostname, place.port or 80), timeout=60))
            for _ in range(60)
        ]

        assert requests.get(f"{client.portal.url}/_portal/credits", timeout=600).status_code == 200
        assert {wire.recv(1) for wire in crowd[:30]} == {b""}
        crowd[-1].sendall(b"GET /_portal/credits HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert crowd[-1].recv(15) == b"HTTP/1.1 200 OK"


def _state_of(port: int, peer: int) -> str:
    """Return how Linux calls the state of the portal's end of a connection: 01 while it is open."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if (local[-4:], remote[-4:]) == (f"{port:04X}", f"{peer:04X}"):
            return state
    return ""


def test_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes no byte of a long answer does not hold its memory for ever; one that reads gets it whole."""
    monkeypatch.setattr("agencyfile.local_portal.delivery.READER_PATIENCE", 0.5)
    with client_of() as client:
        letters = [{"name": f"news {number}", "html": "x" * 6_000_000} for number in range(4)]
        client.seed({"account": "acme", "templates": letters})
        place = urlsplit(client.portal.url)
        assert place.hostname
        with socket.create_connection((place.hostname, place.port or 80)) as wire:
            wire.sendall(b"GET /_portal/templates HTTP/1.1\r\nHost: localhost\r\n\r\n")
            ports = (place.port or 80, wire.getsockname()[1])

            wait_until(lambda: _state_of(*ports) != "01")
            wire.settimeout(60)
            assert sum(len(part) for part in iter(lambda: wire.recv(1 << 20), b"")) < 24_000_000
        assert len(client.book("templates")["templates"]) == len(letters)


def test_limits_of_hosts_that_nobody_calls_again_are_forgotten() -> None:
    """Names of accounts are anybody's: a limit for each of them fills no memory."""
    rates = AccountRates(5.0)
    for number in range(25_000):
        assert rates.wait(f"host{number}", now=float(number)) == 0
    assert [rates.wait("busy", now=25_000.0) > 0 for _ in range(6)] == [False] * 5 + [True]

    assert len(rates._buckets) <= 10_001


def test_accounts_of_the_control_api_come_in_pages(client: Client) -> None:
    """So that a portal of 100,000 accounts can be read."""
    client.seed(*({"account": f"client{number}"} for number in range(5)))
    names = [row["account"] for row in client.book("accounts")["accounts"]]
    pages = [client.book(f"accounts?limit=2&after={after}")["accounts"] for after in (0, 2, 4, 5)]

    assert [[row["account"] for row in page] for page in pages] == [names[:2], names[2:4], names[4:], []]
