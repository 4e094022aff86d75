"""A real HTTP receiver of messages that can be slow, down, or lie."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request that has come in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiver; `answers` are the statuses that it gives in turn, the last for ever. `manner` is how it answers."""

    port: int
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [204])
    manner: str = "honest"
    location: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    def status(self) -> int:
        """The status of the next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    @property
    def receiver(self) -> Receiver:
        """The receiver that this request is for."""
        return self.server.receiver

    def do_POST(self) -> None:
        """Note the request, then answer in the manner of the receiver."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.receiver.received.append(Received(self.path, dict(self.headers), body))
        getattr(self, f"_{self.receiver.manner}")()

    def do_GET(self) -> None:
        """A redirect that was followed."""
        self.do_POST()

    def _honest(self) -> None:
        self.send_response(self.receiver.status())
        if self.receiver.location:
            self.send_header("Location", self.receiver.location)
        self.end_headers()

    def _silent(self) -> None:
        self.receiver.released.wait(60)

    def _dripping(self) -> None:
        """Send a head that never ends, one byte at a time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.receiver.released.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()

    def _endless(self) -> None:
        """Say yes, and send a body that never ends."""
        self.send_response(200)
        self.end_headers()
        while not self.receiver.released.wait(0.001):
            self.wfile.write(b"x" * 65536)

    def _garbled(self) -> None:
        self.wfile.write(b"\x00\xffnot HTTP at all\r\n\r\n")

    def _hanging_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that has gone is no failure of the test."""


@contextmanager
def receiving(manner: str = "honest", answers: list[int] | None = None, location: str = "") -> Iterator[Receiver]:
    """Run a receiver in a thread for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    receiver = Receiver(server.server_address[1], answers=answers or [204], manner=manner, location=location)
    server.receiver = receiver
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
