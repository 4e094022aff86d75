"""The local portal, a scripted server for answers that it never gives, and short ways to write resources."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from agencyfile import retries
from agencyfile.local_portal import RunningPortal, Settings, running
from agencyfile.portal import Endpoint
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, Secret, Value

AGENCY_KEY = "sentinel+agency/key=1"
HUB_KEY = "sentinel hub key 2"
ORIGIN = Origin("agency.yaml", 1, 1)


@dataclass(frozen=True, slots=True)
class Portal:
    """A running local portal and its control API."""

    running: RunningPortal

    def endpoint(self, **settings: Any) -> Endpoint:
        """Where to find it, without a rate limit to speak of."""
        known = {
            "agency_key": Secret(self.running.agency_key),
            "hub_key": Secret(self.running.hub_key),
            "rate_limit": 10_000.0,
            "timeout": (60.0, 60.0),
            "account_api": self.running.account_api,
            "account_rate_limit": 10_000.0,
        }
        return Endpoint(self.running.agency_api, self.running.hub_api, **{**known, **settings})

    def endpoint_under(self, kind: str | None) -> Endpoint:
        """The same for a client that meets a fault: impatient only where the answer never comes in time."""
        return self.endpoint(timeout=(60.0, 0.3 if kind == "late_answer" else 60.0))

    def seed(self, **seed: Any) -> None:
        """Give it accounts and snapshots."""
        self._control("POST", "seed", seed)

    def fault(self, kind: str, action: str = "*", **options: Any) -> None:
        """Let it misbehave, in nothing but this way."""
        self._control("POST", "faults", [{"kind": kind, "action": action, **options}])

    def prices(self, **prices: int) -> None:
        """Change list prices: `plan_221=59`."""
        self._control("POST", "prices", {name.removeprefix("plan_"): price for name, price in prices.items()})

    def credits(self) -> dict[str, Any]:
        """Its pools and what it granted."""
        return dict(self._control("GET", "credits"))

    def reset(self) -> None:
        """Empty it, with the settings that it had from the start."""
        self._control("POST", "reset", {})
        self.set(account_login=True, seat_price=0)

    def set(self, **settings: Any) -> None:
        """Change its settings."""
        self._control("POST", "settings", settings)

    def act(self, action: str, **words: Any) -> None:
        """Let a human do something on its pages."""
        self._control("POST", "act", {"action": action, **words})

    def book(self, name: str) -> list[dict[str, Any]]:
        """One of its books, as it really stands."""
        return list(self._control("GET", name)[name])

    def url_of(self, account: str) -> str:
        """The base URL of an account's own API."""
        return self.running.account_api.replace("{account}", account)

    def writes(self) -> list[tuple[str, str]]:
        """The writes that it took, as (operation, account or snapshot)."""
        return [
            (row["action"], row["account"] or row["parameters"].get("name") or row["parameters"].get("snapshotId"))
            for row in self.requests()
            if row["write"]
        ]

    def requests(self, action: str | None = None) -> list[dict[str, Any]]:
        """What was asked of it."""
        found = self._control("GET", "requests")["requests"]
        return [request for request in found if action in (None, request["action"])]

    def charges(self) -> list[dict[str, Any]]:
        """What it charged."""
        return list(self._control("GET", "charges")["charges"])

    def accounts(self) -> list[dict[str, Any]]:
        """The accounts that it really holds."""
        return list(self._control("GET", "accounts")["accounts"])

    def snapshots(self) -> list[dict[str, Any]]:
        """The snapshots that it really holds."""
        return list(self._control("GET", "snapshots")["snapshots"])

    def _control(self, method: str, name: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.running.url}/_portal/{name}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def _portal(**settings: Any) -> Iterator[Portal]:
    known = {"agency_key": AGENCY_KEY, "hub_key": HUB_KEY, "provisioning": 0, "snapshot_time": 0}
    with running(Settings(**{**known, **settings})) as portal:
        yield Portal(portal)


@pytest.fixture(autouse=True)
def _is_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is, and nobody waits long for it."""
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.005)


@pytest.fixture(scope="session")
def _started() -> Iterator[Portal]:
    yield from _portal(page_size=3)


@pytest.fixture(scope="session")
def _started_zero() -> Iterator[Portal]:
    yield from _portal(page_size=3, first_page=0)


@pytest.fixture(scope="session")
def _started_slow() -> Iterator[Portal]:
    yield from _portal(page_size=3, provisioning=3600, snapshot_time=3600)


@pytest.fixture
def slow_portal(_started_slow: Portal) -> Portal:
    """A local portal on which nothing is ever ready."""
    _started_slow.reset()
    return _started_slow


@pytest.fixture
def portal(_started: Portal) -> Portal:
    """A local portal with pages of three accounts, counted from 1."""
    _started.reset()
    return _started


@pytest.fixture
def portal_from_zero(_started_zero: Portal) -> Portal:
    """A local portal with pages of three accounts, counted from 0."""
    _started_zero.reset()
    return _started_zero


@dataclass(slots=True)
class Scripted:
    """A server that gives the answers it was given, the last one for ever, and remembers what it was asked."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def endpoint(self, **settings: Any) -> Endpoint:
        """Where to find it."""
        known = {"hub_key": Secret(HUB_KEY), "rate_limit": 10_000.0, "timeout": (2.0, 2.0)}
        return Endpoint(f"{self.url}/api.php", self.url, Secret(AGENCY_KEY), **{**known, **settings})

    def answer(self, status: int, body: object = "", **headers: str) -> None:
        """Give one more answer."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, text))

    def take(self) -> tuple[int, dict[str, str], str]:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A scripted server."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or the body waits for the client's word that it has the head

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            form = dict(parse_qsl(body)) if "json" not in self.headers.get("Content-Type", "") else json.loads(body)
            script.asked.append((self.command, self.path, {**dict(parse_qsl(urlsplit(self.path).query)), **form}))
            status, headers, text = script.take()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that the standard library looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    yield script
    server.shutdown()
    server.server_close()
    thread.join()


Make = Callable[..., Resource]


def _resource(kind: str, name: str, attributes: dict[str, Value]) -> Resource:
    return Resource(Address(kind, name), attributes, ORIGIN)


@pytest.fixture
def account() -> Make:
    """Makes an account resource: Plus, monthly, 1,000 contacts unless told otherwise."""

    def make(name: str, **attributes: Value) -> Resource:
        known: dict[str, Value] = {
            "client.name": name.title(),
            "client.email": f"owner@{name}.example",
            "notification": "ops@agency.example",
            "plan": {"tier": "plus", "billing": "monthly", "contacts": 1000},
        }
        return _resource("account", name, {**known, **attributes})

    return make


@pytest.fixture
def sandbox() -> Make:
    """Makes a sandbox resource."""

    def make(name: str, **attributes: Value) -> Resource:
        known: dict[str, Value] = {
            "client.name": "Lab",
            "client.email": "lab@agency.example",
            "notification": "ops@agency.example",
            "plan": {"tier": "sandbox"},
        }
        return _resource("sandbox", name, {**known, **attributes})

    return make


@pytest.fixture
def snapshot() -> Make:
    """Makes a snapshot resource."""

    def make(name: str, of: str) -> Resource:
        return _resource("snapshot", name, {"sandbox": Reference(Address("sandbox", of))})

    return make


@pytest.fixture
def paid() -> Callable[..., dict[str, Any]]:
    """Makes the seed of an account that is the one `account` declares."""

    def make(name: str, **fields: Any) -> dict[str, Any]:
        known = {
            "account": name,
            "client_name": name.title(),
            "notification": "ops@agency.example",
            "plan": {"tier": "plus", "billing": "monthly", "contacts": 1000},
        }
        return {**known, **fields}

    return make


@pytest.fixture
def lab() -> dict[str, Any]:
    """The seed of a sandbox named `lab`."""
    return {
        "account": "lab",
        "client_name": "Lab",
        "notification": "ops@agency.example",
        "plan": {"tier": "sandbox"},
    }


@pytest.fixture
def names() -> Callable[[Sequence[Any]], list[str]]:
    """The addresses of live objects as text."""
    return lambda live: [str(item.address) for item in live]
