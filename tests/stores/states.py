"""A server that behaves as GitLab's Terraform state does: serials are unique, locks have a holder and no end."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stores.http_server import serving

USER, PASSWORD = "gitlab-ci-token", "sentinel-of-the-state-server"


class States:
    """What it keeps, and how it is to misbehave."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.versions: dict[str, dict[int, bytes]] = {}
        self.locks: dict[str, dict[str, Any]] = {}
        self.is_blind = False  # does it take a serial twice, as a plain server of the protocol does?
        self.largest = 100_000_000
        self.fail_after_commit: list[int] = []  # the next posts are stored and answered so; 0 is no answer at all
        self.fail_before_commit: list[int] = []
        self.fail_reads: list[int] = []
        self.on_post: Callable[[], bool] = lambda: False  # asked before and after a post is stored: drop it?


SERVED: list[States] = []  # of every server of this process


class Handler(BaseHTTPRequestHandler):
    """GET, POST, LOCK and UNLOCK of /api/v4/projects/1/terraform/state/NAME."""

    protocol_version = "HTTP/1.1"
    states: States

    def do_GET(self) -> None:
        with self.states.lock:
            versions = self.states.versions.get(self._name())
            newest = versions[max(versions)] if versions else b""
            status = self.states.fail_reads.pop(0) if self.states.fail_reads else 200
        if not self._is_known():
            self._answer(401)
        elif status != 200:
            self._answer(status)
        else:
            self._answer(200 if newest else 404, newest)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.states.on_post():
            self.close_connection = True
            return
        with self.states.lock:
            status, body, is_silent = self._store(content)
        is_silent |= self.states.on_post()
        if is_silent:
            self.close_connection = True
            return
        self._answer(status, body)

    def _store(self, content: bytes) -> tuple[int, bytes, bool]:
        states = self.states
        refused = self._refusal(content)
        if refused:
            return *refused, False
        document = json.loads(content)
        states.versions.setdefault(self._name(), {})[document["serial"]] = content
        status = states.fail_after_commit.pop(0) if states.fail_after_commit else 200
        return status, b"", status == 0

    def _refusal(self, content: bytes) -> tuple[int, bytes] | None:
        states, name = self.states, self._name()
        if not self._is_known():
            return 401, b""
        if states.fail_before_commit:
            return states.fail_before_commit.pop(0), b""
        held = states.locks.get(name)
        if held and parse_qs(urlsplit(self.path).query).get("ID", [""])[0] != held["ID"]:
            return 409, json.dumps(held).encode()
        if len(content) > states.largest:
            return 413, b""
        is_taken = json.loads(content)["serial"] in states.versions.get(name, {})
        return (422, b'{"message":"Version has already been taken"}') if is_taken and not states.is_blind else None

    def do_LOCK(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        with self.states.lock:
            held = self.states.locks.setdefault(self._name(), content)
        self._answer(200 if held["ID"] == content["ID"] else 423, json.dumps(held).encode())

    def do_UNLOCK(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.states.locks.pop(self._name(), None)
        self._answer(200)

    def _name(self) -> str:
        return urlsplit(self.path).path.rpartition("/")[2]

    def _is_known(self) -> bool:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {token}"

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def state_server() -> Iterator[tuple[dict[str, str], States]]:
    """Serve it; yield the environment of whoever uses it, and what it keeps."""
    states = States()
    SERVED.append(states)
    with serving(type("StatesHandler", (Handler,), {"states": states})) as address:
        yield (
            {
                "TF_HTTP_ADDRESS": f"{address}/api/v4/projects/1/terraform/state",
                "TF_HTTP_USERNAME": USER,
                "TF_HTTP_PASSWORD": PASSWORD,
            },
            states,
        )
