"""A proxy between the command line and the local portal, on raw sockets: it can break every rule of HTTP.

Each request is read whole and handed to a fault, which may forward it, once, twice or never, and may answer anything.
Without a fault it is forwarded once and the answer is passed on. What was forwarded is counted: the books of the portal
say what came of it.
"""

import contextlib
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import urllib3

from agencyfile.local_portal import RunningPortal

PATIENCE = 30.0  # seconds: a thread of the proxy never stays longer
WRITES = frozenset(
    {
        "account_add",
        "account_edit",
        "account_cancel",
        "account_credits_apply",
        "account_emailtest_credits_apply",
        "account_scoring",
        "account_conversations",
        "message_template_add",
        "message_template_edit",
        "branding_edit",
        "snapshot_create",
        "snapshot_delete",
        "child_account_create",
    }
)
_BY_PATH = {
    ("POST", "child-account-snapshots"): "snapshot_create",
    ("DELETE", "child-account-snapshots"): "snapshot_delete",
    ("GET", "child-account-snapshots"): "snapshot_list",
    ("POST", "child-accounts"): "child_account_create",
    ("GET", "child-accounts"): "child_account_list",
    ("PUT", "brandings"): "branding_edit",
    ("GET", "brandings"): "branding_list",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; its body is as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Asked:
    """One request: `operation` is the action of the API."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    operation: str

    @property
    def is_write(self) -> bool:
        """Does it change the portal?"""
        return self.operation in WRITES

    @property
    def account(self) -> str:
        """The account that it names, if any."""
        path = urlsplit(self.target).path.split("/")
        if "accounts" in path:  # its own API
            return path[path.index("accounts") + 1]
        found = parse_qs(f"{urlsplit(self.target).query}&{self.body.decode('utf-8', 'replace')}").get("account", [""])
        return found[0]


class Gone(Exception):
    """The client has gone, or the fault ended the connection."""


@dataclass
class Exchange:
    """One request at the proxy, and what a fault can do with it."""

    proxy: "Proxy"
    client: socket.socket
    asked: Asked
    times: int = 0
    is_answered: bool = False

    def forward(self) -> Answer:
        """Send it to the portal; return what that answers."""
        self.times += 1
        asked = self.asked
        headers = {name: value for name, value in asked.headers.items() if name not in _HOP_BY_HOP}
        with self.proxy.under_way():
            answer = self.proxy.pool.urlopen(
                asked.method, asked.target, body=asked.body or None, headers=headers, retries=False, redirect=False
            )
        kept = Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.data)
        if self.times > 1:
            self.proxy.repeated[asked.operation, asked.account] += 1
        self.proxy.answers.setdefault(asked.operation, []).append(kept)
        return kept

    def reply(self, status: int, body: bytes | str = b"", **headers: str | None) -> None:
        """Answer properly; a header of None is left out."""
        content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        all_headers: dict[str, str | None] = {"content-type": "text/html", "content-length": str(len(content))}
        all_headers |= {"connection": "close"} | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items() if value is not None)
        self.raw(f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1", "replace") + content)

    def pass_on(self, answer: Answer) -> None:
        """Answer what the portal answered."""
        kept = answer.headers.get("content-type", "text/html")
        more = {"retry_after": answer.headers["retry-after"]} if "retry-after" in answer.headers else {}
        self.reply(answer.status, answer.body, content_type=kept, **more)

    def raw(self, content: bytes) -> None:
        """Send these bytes."""
        self.is_answered = True
        try:
            self.client.sendall(content)
        except OSError:
            raise Gone from None

    def close(self) -> None:
        """End the connection without another word."""
        raise Gone

    def reset(self) -> None:
        """End it with a reset."""
        with contextlib.suppress(OSError):
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def stay_silent(self) -> None:
        """Say nothing until the client gives up."""
        with contextlib.suppress(OSError):
            self.client.settimeout(PATIENCE)
            while self.client.recv(4096):
                pass
        raise Gone

    def is_client_gone(self, seconds: float) -> bool:
        """Wait; has the client gone meanwhile?"""
        try:
            self.client.settimeout(seconds)
            return not self.client.recv(4096)
        except TimeoutError:
            return False
        except OSError:
            return True


_HOP_BY_HOP = ("connection", "content-length", "host", "accept-encoding", "transfer-encoding", "proxy-connection")
Act = Callable[[Exchange], None]


@dataclass
class Armed:
    """A fault that waits for its request: the `nth` that `fits`, and `times` in all."""

    act: Act
    fits: Callable[[Asked], bool]
    nth: int
    times: int
    seen: int = field(default=0)

    def takes(self, asked: Asked) -> bool:
        """Count a request; is it hit?"""
        if not self.fits(asked):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Proxy:
    """A listening socket with a thread for each connection."""

    def __init__(self, portal: RunningPortal) -> None:
        self._portal = urlsplit(portal.url)
        self.pool = urllib3.HTTPConnectionPool(self._portal.hostname or "", self._portal.port, maxsize=16, timeout=600)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        self.armed: Sequence[Armed] = ()
        self.repeated: Counter[tuple[str, str]] = Counter()
        self.answers: dict[str, list[Answer]] = {}
        self.requests = 0
        self.hits = 0
        self._under_way = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="chaos-proxy", daemon=True).start()

    def url(self, url: str) -> str:
        """An address of the portal as one of the proxy."""
        return url.replace(f"{self._portal.hostname}:{self._portal.port}", f"127.0.0.1:{self.port}")

    def arm(self, *armed: Armed) -> None:
        """Have these faults from now on, and none else."""
        with self._lock:
            self.armed = armed

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """Count what is at the portal now."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def settle(self) -> None:
        """Return when nothing is at the portal any more: a client may have given up before that."""
        while self._under_way:
            time.sleep(0.001)

    def forget(self) -> None:
        """Begin the next history."""
        self.arm()
        with self._lock:
            self.repeated.clear()
            self.answers.clear()
            self.requests = self.hits = 0

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self.pool.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(Gone, OSError, urllib3.exceptions.HTTPError):
            client.settimeout(PATIENCE)
            asked = _read(client)
            if asked is not None:
                self._answer(Exchange(self, client, asked))

    def _answer(self, exchange: Exchange) -> None:
        with self._lock:
            self.requests += 1
            hits = [armed for armed in self.armed if armed.takes(exchange.asked)]
            self.hits += bool(hits)
        if hits:
            hits[0].act(exchange)
        else:
            exchange.pass_on(exchange.forward())


def _read(client: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(65536)
        if not piece:
            return None
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        piece = client.recv(65536)
        if not piece:
            return None
        body += piece
    method, target, _ = first.split(" ", 2)
    return Asked(method, target, headers, body, _operation(method, target, body))


def _operation(method: str, target: str, body: bytes) -> str:
    found = re.search(r"api_action=([a-z_]+)", f"{target}&{body.decode('latin-1')}")
    if found:
        return found[1]
    for (verb, part), name in _BY_PATH.items():
        if verb == method and f"/{part}/" in f"{urlsplit(target).path}/":
            return name
    return method.lower()
